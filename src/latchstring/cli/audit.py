"""The audit log on the command line: read it, and prove that it is what was sealed."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import typer

from latchstring.audit.entries import HOST, Narrowed, entries
from latchstring.audit.verification import Head, Verified, organizations, verify
from latchstring.cli import finding
from latchstring.cli.running import AsJson, Desk, print_json, run
from latchstring.wiring import open_platform

audit = typer.Typer(no_args_is_help=True, help="The audit log: list it, verify it.")
_WORDS = {
    "changed": "is not as it was when it was sealed",
    "removed": "was sealed and is gone",
    "inserted": "was slipped in beside the chain",
    "link_removed": "is missing from the chain",
    "other_head": "is not the one whose head was kept",
}


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(audit, name="audit")


@audit.command("list")
def list_entries(
    organization: Annotated[
        str | None, typer.Option(help="Name or ID; without it, what belongs to none.")
    ] = None,
    action: Annotated[str | None, typer.Option(help="Only this action.")] = None,
    actor: Annotated[str | None, typer.Option(help="Only this actor, such as user:<id>.")] = None,
    before: Annotated[int | None, typer.Option(help="Only entries older than this one.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List entries, newest first."""

    async def work(desk: Desk) -> Any:
        organization_id = HOST
        if organization is not None:
            organization_id = (await finding.organization(desk, organization)).id
        return await entries(desk.tx, organization_id, Narrowed(action, actor), before=before, limit=limit)

    run(work, as_json=as_json)


@audit.command("verify")
def verify_chains(
    organization: Annotated[UUID | None, typer.Option(help="Only the log of this organization.")] = None,
    head: Annotated[
        list[str] | None,
        typer.Option(help="A head that was kept, as this command prints it; may be said several times."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compute every hash again, and print the heads. Exits with 1 when anything is not as it was sealed."""
    found = asyncio.run(_verify(organization, [_head(text) for text in head or ()]))
    if as_json:
        print_json(found)
    else:
        for one in found:
            print(_line(one))
    if any(one.broken for one in found):
        raise typer.Exit(1)


async def _verify(organization_id: UUID | None, heads: Sequence[Head]) -> list[Verified]:
    async with open_platform() as platform:
        database, now = platform.database, platform.clock.now()
        wanted = (
            [organization_id]
            if organization_id
            else list(
                dict.fromkeys([*await organizations(database), *(head.organization_id for head in heads)])
            )
        )
        return [await verify(database, one, now, heads) for one in wanted]


def _head(text: str) -> Head:
    try:
        organization_id, sequence, hash_ = text.split(":")
        return Head(UUID(organization_id), int(sequence), hash_.lower())
    except ValueError:
        raise typer.BadParameter(f"{text} is no head, such as this command prints") from None


def _line(found: Verified) -> str:
    if found.broken is None:
        return f"whole   {found.head}"
    which = f"entry {found.broken.entry_id}" if found.broken.entry_id else "an entry"
    where = f" (number {found.broken.sequence} of the chain)" if found.broken.sequence else ""
    return f"BROKEN  {found.head.organization_id}: {which}{where} {_WORDS[found.broken.fault]}"
