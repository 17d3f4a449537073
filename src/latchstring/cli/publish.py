"""Publishing on the command line: `latchstring publish check DIR` for a partner's pipeline; and the host's side."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from latchstring.accounts.refused import Refused
from latchstring.apps.manifest import LARGEST, read_manifest
from latchstring.apps.model import ClientFields
from latchstring.cli import finding
from latchstring.cli.finding import Named, Person
from latchstring.cli.remote import site_at
from latchstring.cli.running import AsJson, Desk, print_json, refuse, run
from latchstring.protocol.client_authentication import uuid_of
from latchstring.publishing import reviewers, roll_back, store, tiles
from latchstring.publishing.archive import LARGEST_ZIP, read_directory, read_zip
from latchstring.publishing.check import Check, Registered, as_fields, check_all
from latchstring.publishing.check_texts import Language, sentence, title
from latchstring.publishing.folder import Folder, json_object
from latchstring.publishing.store import Narrowed

group = typer.Typer(
    no_args_is_help=True, help="What partners publish: checks, submissions, tiles, roll-back."
)
people = typer.Typer(no_args_is_help=True, help="Who reviews for the host, for which party.")

_SIGNS = {"passed": "✓", "warning": "!", "failed": "✗"}
_COMMANDS = {"passed": "notice", "warning": "warning", "failed": "error"}
Party = Annotated[str, typer.Option(help="One of the parties that must approve.")]
Because = Annotated[str, typer.Option("--reason", help="Why; the partner reads it.")]


def register(app: typer.Typer) -> None:
    """Add `latchstring publish …` and `latchstring reviewer …` to the command line."""
    app.add_typer(group, name="publish")
    app.add_typer(people, name="reviewer")


@group.command("check")
def check(
    folder: Annotated[Path, typer.Argument(help="The integration's folder, or a zip of it.")],
    client: Annotated[
        Path | None, typer.Option(help="The registered client: a manifest, or an oauth_clients.json.")
    ] = None,
    site_url: Annotated[
        str | None,
        typer.Option(help="Ask this site what is registered, with the credential in LATCHSTRING_CREDENTIAL."),
    ] = None,
    app: Annotated[str | None, typer.Option(help="With --site-url: the app's id.")] = None,
    organization: Annotated[str | None, typer.Option(help="With --site-url: the sandbox's id.")] = None,
    form: Annotated[str, typer.Option("--format", help="text, json or github.")] = "text",
    language: Annotated[str, typer.Option(help="en or ko.")] = "en",
    strict: Annotated[bool, typer.Option("--strict", help="A warning fails too.")] = False,
) -> None:
    """Check an integration's folder before reviewers do. Exit status: 0 all passed, 1 something failed."""
    try:
        found = _checked(folder, client, site_url, app, organization)
        _show(found, form, _language(language))
    except Refused as refused:
        refuse(refused)
    bad = {"failed", "warning"} if strict else {"failed"}
    if any(one.outcome in bad for one in found):
        raise typer.Exit(1)


@group.command("list")
def list_submissions(
    every: Annotated[bool, typer.Option("--all", help="Also what is decided.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what partners have submitted, the last first."""

    async def work(desk: Desk) -> Any:
        narrowed = Narrowed(sent=True, state=None if every else "submitted")
        found = await store.page(desk.tx, narrowed, before=None, limit=100_000)
        return found if as_json else [_line(one) for one in found]

    run(work, as_json=as_json)


@group.command("roll-back")
def roll_back_client(
    organization: Named,
    client: Annotated[str, typer.Argument(help="The published client's ID.")],
    live: Annotated[int, typer.Option(help="The revision that is live, as you saw it.")],
    reason: Because,
    as_json: AsJson = False,
) -> None:
    """Restore the revision before the live one, as a new revision."""

    async def work(desk: Desk) -> Any:
        found = await finding.organization(desk, organization)
        return await roll_back.roll_back(
            desk.tx, desk.platform.house, desk.act, found.id, uuid_of(client), live=live, reason=reason
        )

    run(work, as_json=as_json)


@group.command("withdraw")
def withdraw_integration(
    app: Annotated[str, typer.Argument(help="The integration's app_uuid.")],
    reason: Because,
    as_json: AsJson = False,
) -> None:
    """Show an integration's tile to its partner's sandbox alone again."""

    async def work(desk: Desk) -> Any:
        site = desk.platform.site.key
        return await tiles.take_back(desk.tx, site, desk.act, None, uuid_of(app), reason)

    run(work, as_json=as_json)


@people.command("appoint")
def appoint(user: Person, party: Party, as_json: AsJson = False) -> None:
    """Let somebody decide for a party."""

    async def work(desk: Desk) -> Any:
        person = await finding.user(desk, user)
        parties = frozenset(desk.platform.house.parties)
        return await reviewers.appoint(desk.tx, parties, desk.act, person.id, party)

    run(work, as_json=as_json)


@people.command("dismiss")
def dismiss(user: Person, party: Party, as_json: AsJson = False) -> None:
    """Let somebody decide for a party no more, at once."""

    async def work(desk: Desk) -> Any:
        person = await finding.user(desk, user)
        await reviewers.dismiss(desk.tx, desk.act, person.id, party)

    run(work, as_json=as_json)


@people.command("list")
def list_reviewers(as_json: AsJson = False) -> None:
    """List who reviews, for which party."""
    run(lambda desk: reviewers.page(desk.tx, None, 100_000), as_json=as_json)


def _checked(
    path: Path, client: Path | None, site_url: str | None, app: str | None, organization: str | None
) -> list[Check]:
    folder = _folder(path)
    if site_url is None:
        return check_all(folder, _registered(client) if client else None)
    if app is None or client is not None:
        raise Refused("name the app with --app, and no --client" if app is None else "is for a check without a site",
                      field="app" if app is None else "client")  # fmt: skip
    site = site_at(site_url)
    path_of_app = f"/organizations/{site.organization(organization)}/apps/{app}"
    body = msgspec.json.encode({"files": dict(folder.files)})
    return site.read(list[Check], "POST", f"{path_of_app}/folder_checks", body)


def _folder(path: Path) -> Folder:
    if path.is_dir():
        return read_directory(path)
    return read_zip(_content(path, LARGEST_ZIP))


def _registered(path: Path) -> Registered:
    """The client in a file: its ID too where the file has it."""
    content = _content(path, LARGEST)
    manifest = read_manifest(content)
    if len(manifest.clients) != 1:
        raise Refused("must name one client", field="client")
    said = (json_object(content.decode("utf-8", "replace")) or {}).get(manifest.places[0])
    named = said.get("id") if isinstance(said, dict) else None
    fields: ClientFields = as_fields(manifest.clients[0])
    return Registered(fields, named if isinstance(named, str) else None)


def _content(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as problem:
        raise Refused(f"{path} can't be read: {problem.strerror}") from None


def _show(found: list[Check], form: str, language: Language) -> None:
    match form:
        case "json":
            print_json([_told(one, language) for one in found])
        case "github":
            for one in found:
                print(_command(one, language))
        case "text":
            for one in found:
                words = sentence(one, language).replace("\n", "\n    ")
                print(f"{_SIGNS[one.outcome]} {title(one.name, language)}\n    {_plain(words)}")
        case _:
            raise Refused("must be text, json or github", field="format")


def _told(one: Check, language: Language) -> dict[str, object]:
    said = {"title": title(one.name, language), "text": sentence(one, language)}
    return {"name": one.name, "outcome": one.outcome, **said, "file": one.file, "line": one.line}


def _command(one: Check, language: Language) -> str:
    """One workflow command, which a pull request shows beside the file's line."""
    where = f"file={one.file},line={max(one.line, 1)}," if one.file else ""
    words = _plain(sentence(one, language))
    for character, escaped in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
        words = words.replace(character, escaped)
    return f"::{_COMMANDS[one.outcome]} {where}title={title(one.name, language)}::{words}"


def _plain(text: str) -> str:
    """Without what would move a terminal's cursor."""
    return "".join(character for character in text if character == "\n" or character.isprintable())


def _language(text: str) -> Language:
    match text:
        case "en" | "ko":
            return text
        case _:
            raise Refused("must be en or ko", field="language")


def _line(one: Any) -> dict[str, object]:
    return {
        "id": one.id,
        "app": one.app_name,
        "partner": one.partner_name,
        "kind": one.kind,
        "state": one.state,
        "sent": one.submitted_at,
    }
