"""What partners ask of the host, answered on the command line: `latchstring request list|grant|decline`."""

from typing import Annotated, Any
from uuid import UUID

import typer

from latchstring.accounts.refused import Missing
from latchstring.apps import partner_request_store as store
from latchstring.apps import partner_requests
from latchstring.cli import finding
from latchstring.cli.finding import Named
from latchstring.cli.running import AsJson, Desk, run

group = typer.Typer(no_args_is_help=True, help="What partners ask of the host, such as a private scope.")

Id = Annotated[str, typer.Argument(metavar="REQUEST", help="The request's id.")]
Words = Annotated[str, typer.Option("--answer", help="What the partner reads.")]


def register(app: typer.Typer) -> None:
    """Add `latchstring request …` to the command line."""
    app.add_typer(group, name="request")


@group.command("list")
def list_requests(
    every: Annotated[bool, typer.Option("--all", help="Also what was answered.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what is open, oldest first."""

    async def work(desk: Desk) -> Any:
        return await store.page(desk.tx, None, state=None if every else "open", after=None, limit=100_000)

    run(work, as_json=as_json)


@group.command("grant")
def grant(organization: Named, request: Id, answer: Words = "", as_json: AsJson = False) -> None:
    """Grant a request, in force at once."""
    _answer(organization, request, answer, granted=True, as_json=as_json)


@group.command("decline")
def decline(organization: Named, request: Id, answer: Words = "", as_json: AsJson = False) -> None:
    """Decline a request, and say why."""
    _answer(organization, request, answer, granted=False, as_json=as_json)


def _answer(organization: str, request: str, answer: str, *, granted: bool, as_json: bool) -> None:
    async def work(desk: Desk) -> Any:
        found = await finding.organization(desk, organization)
        return await partner_requests.answer(
            desk.tx,
            desk.platform.contract,
            desk.act,
            found.id,
            _id(request),
            granted=granted,
            answer=answer,
        )

    run(work, as_json=as_json)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Missing("request") from None
