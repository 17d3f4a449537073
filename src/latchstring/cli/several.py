"""`latchstring app drift|sync`: one app at several sites, where its copies differ, and bringing them together."""

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

import msgspec
import typer

from latchstring.accounts.refused import Missing, Refused
from latchstring.apps.imports import Applied
from latchstring.apps.plan import Plan
from latchstring.cli.apps import group
from latchstring.cli.plans import applied_lines, plan_lines
from latchstring.cli.remote import VARIABLE, RemoteSite, site_at
from latchstring.cli.running import AsJson, print_json, refuse
from latchstring.protocol.client_authentication import uuid_of

App = Annotated[str, typer.Argument(help="The app's id at the site it is taken from.")]
From = Annotated[
    str,
    typer.Option(
        "--from",
        help="The site whose copy counts, as key=URL, such as us1=https://app.us1.example.com. Its credential is in"
        f" {VARIABLE}_US1: each site has its own.",
    ),
]
To = Annotated[
    list[str], typer.Option("--to", help="Another site, in the same way. May be given several times.")
]


class Copy(msgspec.Struct, frozen=True):
    """The copy of an app at another site: what would have to change there for it to be the same."""

    site: str
    plan: Plan

    @property
    def differs(self) -> bool:
        """Whether it is another than the one that counts."""
        return bool(self.plan.differs or self.plan.problems)


class Synced(msgspec.Struct, frozen=True):
    """What was done at a site."""

    site: str
    applied: Applied


def register(_: typer.Typer) -> None:
    """Add the commands to `latchstring app …`."""
    group.command("drift")(drift)
    group.command("sync")(sync)


def drift(app_id: App, from_: From, to: To, as_json: AsJson = False) -> None:
    """Say where the copies of an app differ from site to site. Exit status: 0 all are alike, 2 they differ, 1 an
    error."""
    try:
        manifest = _exported(_named(from_), app_id)
        found = [Copy(key, _plan(site, manifest)) for key, site in map(_named, to)]
    except Refused as refused:
        refuse(refused)
    if as_json:
        print_json(found)
    else:
        for line in _drift_lines(found):
            print(line)
    if any(copy.differs for copy in found):
        raise typer.Exit(2)


def sync(
    app_id: App,
    from_: From,
    to: To,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Go on without what a site can't do.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the copies of an app at other sites to what it is at one. What is missing there is made, and a new client's
    secret is printed once; nothing is deleted. A site that refuses does not keep the others from being done."""
    done: list[Synced] = []
    failed: list[Refused] = []
    try:
        manifest = _exported(_named(from_), app_id)
        sites = [_named(one) for one in to]
    except Refused as refused:
        refuse(refused)
    for key, site in sites:
        try:
            done.append(Synced(key, _apply(site, manifest, leave_out=leave_out)))
        except Refused as refused:
            failed.append(Refused(refused.reason, field=f"{key} {refused.field or ''}".strip()))
    if as_json:
        print_json(done)
    else:
        for one in done:
            print(f"{one.site}:")
            for line in applied_lines(one.applied, leaves_out=leave_out):
                print(f"  {line}")
    for problem in failed:
        typer.echo(f"latchstring: {problem.field}: {problem.reason}", err=True)
    if failed:
        raise typer.Exit(1)


def _drift_lines(found: list[Copy]) -> Iterator[str]:
    for copy in found:
        yield f"{copy.site}: {'differs' if copy.differs else 'the same'}"
        if copy.differs or copy.plan.others:
            yield from (f"  {line}" for line in plan_lines(copy.plan, leaves_out=False))


def _named(text: str) -> tuple[str, RemoteSite]:
    """A site as `key=URL`, with the credential that is kept for it."""
    key, _, url = text.partition("=")
    if not (key.isascii() and key.isalnum() and url):
        raise Refused("must be a key and an address, such as us1=https://app.us1.example.com", field=text)
    return key, site_at(url, f"{VARIABLE}_{key.upper()}")


def _base(site: RemoteSite) -> str:
    return f"/organizations/{site.organization(None)}"


def _exported(named: tuple[str, RemoteSite], app_id: str) -> bytes:
    found: UUID | None = uuid_of(app_id)
    if found is None:
        raise Missing("app")
    _, site = named
    return site.ask("GET", f"{_base(site)}/apps/{found}/manifest")


def _plan(site: RemoteSite, manifest: bytes) -> Plan:
    return site.read(Plan, "POST", f"{_base(site)}/manifest_plans", manifest, app="matching")


def _apply(site: RemoteSite, manifest: bytes, *, leave_out: bool) -> Applied:
    query = {"app": "matching", "leave_out": "true" if leave_out else "false"}
    return site.read(Applied, "POST", f"{_base(site)}/manifests", manifest, **query)
