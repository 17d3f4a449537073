"""The audit log as a file: streamed a thousand entries at a time, and never more than fifty thousand."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec
from starlette.responses import Response, StreamingResponse

from latchstring.audit.entries import Entry, Narrowed, entries
from latchstring.audit.naming import Names, names
from latchstring.storage.database import Database

Form = Literal["csv", "json"]
MOST: Final = 50_000
_AT_ONCE: Final = 1_000
#: What spreadsheets take for the beginning of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Exported(msgspec.Struct):
    """An entry of the file, with the names that its ids have now."""

    id: int
    at: datetime
    action: str
    actor: str
    actor_name: str | None
    client_id: UUID | None
    client_name: str | None
    subject: str
    details: Mapping[str, Any]
    request_id: str


class AuditFile(msgspec.Struct):
    """The file in JSON, newest first."""

    data: list[Exported]


_COLUMNS: Final = Exported.__struct_fields__


def export(database: Database, organization_id: UUID, narrowed: Narrowed, form: Form) -> Response:
    """The file."""
    written = _csv if form == "csv" else _json
    headers = {
        "cache-control": "no-store",
        "content-disposition": f'attachment; filename="audit-{organization_id}.{form}"',
    }
    media_type = "text/csv; charset=utf-8" if form == "csv" else "application/json"
    return StreamingResponse(written(_pages(database, organization_id, narrowed)), 200, headers, media_type)


def neutral(cell: str) -> str:
    """A cell that no spreadsheet runs: what looks like a formula is led by an apostrophe."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


async def _pages(
    database: Database, organization_id: UUID, narrowed: Narrowed
) -> AsyncIterator[tuple[list[Entry], Names]]:
    before, left = None, MOST
    while left > 0:
        async with database.transaction() as tx:
            found = await entries(tx, organization_id, narrowed, before=before, limit=min(_AT_ONCE, left))
            known = await names(tx, organization_id, found)
        if not found:
            return
        yield found, known
        before, left = found[-1].id, left - len(found)


async def _csv(pages: AsyncIterator[tuple[list[Entry], Names]]) -> AsyncIterator[bytes]:
    # Spreadsheets need the mark to read UTF-8.
    yield "\ufeff".encode() + _lines([_COLUMNS])
    async for found, known in pages:
        yield _lines([[neutral(cell) for cell in _cells(one, known)] for one in found])


async def _json(pages: AsyncIterator[tuple[list[Entry], Names]]) -> AsyncIterator[bytes]:
    yield b'{"data":['
    first = True
    async for found, known in pages:
        told = (_told(one, known) for one in found)
        text = b",\n".join(msgspec.json.encode(one) for one in told)
        yield text if first else b",\n" + text
        first = False
    yield b"]}\n"


def _told(entry: Entry, known: Names) -> Exported:
    human = known.actor(entry.actor)
    return Exported(
        id=entry.id,
        at=entry.at,
        action=entry.action,
        actor=entry.actor,
        actor_name=human.name if human else None,
        client_id=entry.client_id,
        client_name=known.client(entry.client_id),
        subject=entry.subject,
        details=entry.details,
        request_id=entry.request_id,
    )


def _cells(entry: Entry, known: Names) -> list[str]:
    told = msgspec.structs.asdict(_told(entry, known))
    told |= {"at": entry.at.isoformat(), "details": msgspec.json.encode(entry.details).decode()}
    return ["" if told[name] is None else str(told[name]) for name in _COLUMNS]


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
