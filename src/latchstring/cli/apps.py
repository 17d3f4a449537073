"""Apps as code: `latchstring app plan|apply|export|list`, on the database or over HTTP on a site."""

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar
from uuid import UUID

import typer

from latchstring.accounts.refused import Missing, Refused
from latchstring.apps import imports, store
from latchstring.apps.imports import Applied, Target, target_of
from latchstring.apps.manifest import LARGEST, read_manifest
from latchstring.apps.plan import Plan
from latchstring.cli import finding
from latchstring.cli.plans import applied_lines, plan_lines
from latchstring.cli.remote import RemoteSite, site_at
from latchstring.cli.running import AsJson, Desk, done, print_json, refuse, run
from latchstring.protocol.client_authentication import uuid_of

T = TypeVar("T")
group = typer.Typer(no_args_is_help=True, help="Apps and their OAuth clients, as manifest files.")

File = Annotated[Path, typer.Argument(help="The manifest, or an integration's oauth_clients.json.")]
In = Annotated[
    str | None,
    typer.Option(
        "--organization",
        help="The sandbox: id, subdomain or name. With --site-url its id, and not needed for a personal credential.",
    ),
]
For = Annotated[
    str,
    typer.Option("--app", help="matching (by app_uuid, else by name), new, or the id of an app."),
]
LeavingOut = Annotated[bool, typer.Option("--leave-out", help="Go on without what this site can't do.")]
Existing = Annotated[
    bool,
    typer.Option(
        "--existing", help="Refuse to make an app or a client: a pipeline's log would keep its secret."
    ),
]
At = Annotated[
    str | None,
    typer.Option(
        "--site-url", help="Ask this site over HTTP, with the credential in LATCHSTRING_CREDENTIAL."
    ),
]


def register(app: typer.Typer) -> None:
    """Add `latchstring app …` to the command line."""
    app.add_typer(group, name="app")


@group.command("plan")
def plan(
    file: File,
    organization: In = None,
    app: For = "matching",
    leave_out: LeavingOut = False,
    site_url: At = None,
    as_json: AsJson = False,
) -> None:
    """Say what applying the manifest would do. Exit status: 0 file and site agree, 2 they differ, 1 an error."""
    content, target = _content(file), _target(app)

    async def work(desk: Desk, organization_id: UUID) -> Plan:
        contract = desk.platform.contract
        return await imports.plan(desk.tx, contract, organization_id, read_manifest(content), target)

    def ask(site: RemoteSite, base: str) -> Plan:
        return site.read(Plan, "POST", f"{base}/manifest_plans", content, app=app)

    found = _answer(work, ask, organization, site_url)
    _show(found, plan_lines(found, leaves_out=leave_out), as_json)
    if found.differs or (found.problems and not leave_out):
        raise typer.Exit(2)


@group.command("apply")
def apply(
    file: File,
    organization: In = None,
    app: For = "matching",
    leave_out: LeavingOut = False,
    existing: Existing = False,
    site_url: At = None,
    as_json: AsJson = False,
) -> None:
    """Bring an app and its test clients to what the manifest says; a new client's secret is printed once."""
    content, target = _content(file), _target(app)

    async def work(desk: Desk, organization_id: UUID) -> Applied:
        manifest, contract, tx = read_manifest(content), desk.platform.contract, desk.tx
        found = await imports.plan(tx, contract, organization_id, manifest, target) if existing else None
        seen = _without_new(found)
        return await imports.apply(
            tx, contract, desk.smithy, desk.act, organization_id, manifest, target,
            leave_out=leave_out, fingerprint=seen,
        )  # fmt: skip

    def ask(site: RemoteSite, base: str) -> Applied:
        found = site.read(Plan, "POST", f"{base}/manifest_plans", content, app=app) if existing else None
        query = {"app": app, "leave_out": "true" if leave_out else "false"}
        seen = _without_new(found)
        query |= {"fingerprint": seen} if seen else {}
        return site.read(Applied, "POST", f"{base}/manifests", content, **query)

    applied = _answer(work, ask, organization, site_url)
    _show(applied, applied_lines(applied, leaves_out=leave_out), as_json)


@group.command("export")
def export(app_id: str, organization: In = None, site_url: At = None) -> None:
    """Print the manifest of an app and its OAuth clients."""

    async def work(desk: Desk, organization_id: UUID) -> bytes:
        origin = desk.platform.site.app_origin
        return await imports.export(desk.tx, organization_id, _app_id(app_id), origin=origin)

    def ask(site: RemoteSite, base: str) -> bytes:
        return site.ask("GET", f"{base}/apps/{_app_id(app_id)}/manifest")

    print(_answer(work, ask, organization, site_url).decode(), end="")


@group.command("list")
def list_clients(
    organization: Annotated[str, typer.Option("--organization", help="The sandbox: id, subdomain or name.")],
    as_json: AsJson = False,
) -> None:
    """List a sandbox organization's OAuth clients."""

    async def work(desk: Desk) -> Any:
        found = await finding.organization(desk, organization)
        return await store.clients(desk.tx, found.id, None, None, 100_000)

    run(work, as_json=as_json)


def _answer(
    work: Callable[[Desk, UUID], Awaitable[T]],
    ask: Callable[[RemoteSite, str], T],
    organization: str | None,
    site_url: str | None,
) -> T:
    """What the database says, or the site; what is refused ends the command."""

    async def here(desk: Desk) -> T:
        if organization is None:
            raise Refused("say which sandbox it is", field="--organization")
        return await work(desk, (await finding.organization(desk, organization)).id)

    if site_url is None:
        return done(here)
    try:
        site = site_at(site_url)
        return ask(site, f"/organizations/{site.organization(organization)}")
    except Refused as refused:
        refuse(refused)


def _content(file: Path) -> bytes:
    """The file, known to be a manifest: whatever is wrong with it is said before anything else is asked."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
        read_manifest(content)
    except OSError as problem:
        _refuse_file(file, problem.strerror or type(problem).__name__)
    except Refused as refused:
        _refuse_file(file, f"{refused.field or 'manifest'}: {refused.reason}")
    return content


def _refuse_file(file: Path, reason: str) -> NoReturn:
    refuse(Refused(reason, field=str(file)))


def _target(text: str) -> Target:
    found = target_of(text)
    if found is None:
        refuse(Refused("must be matching, new, or the id of an app", field="--app"))
    return found


def _without_new(plan: Plan | None) -> str | None:
    """The fingerprint of a plan that makes nothing new.

    Raises:
        Refused: it would.
    """
    if plan is None:
        return None
    for step in (plan.app, *plan.clients):
        if step is not None and step.kind == "create":
            raise Refused("would be made, and --existing says not to", field=step.place)
    return plan.fingerprint


def _app_id(text: str) -> UUID:
    found = uuid_of(text)
    if found is None:
        raise Missing("app")
    return found


def _show(answer: object, lines: Iterable[str], as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    for line in lines:
        print(line)
