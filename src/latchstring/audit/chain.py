"""The audit log, sealed: committed entries are taken in a safe order, and each organization's form a chain of hashes.

Writers pay nothing for it. An entry carries the number of its transaction, and is taken once every transaction
below the oldest one still running has ended: none of those can bring another entry any more.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from latchstring.audit.entries import Entry
from latchstring.storage.columns import columns
from latchstring.storage.database import Row, Transaction

_VERSION = "latchstring-audit-1"
_NONE_BEFORE = bytes(32)
_ENTRY = tuple(field.name for field in fields(Entry))
_COLUMNS = ", ".join(f"e.{name}" for name in _ENTRY)

# The row is also the lock: one worker seals at a time, the others have nothing to wait for.
_CURSOR = """
SELECT cluster, xid::text, entry_id, silent_until::text,
    (SELECT system_identifier::text FROM pg_control_system()) AS here,
    pg_snapshot_xmin(pg_current_snapshot())::text AS oldest_running
FROM audit_sealing FOR UPDATE SKIP LOCKED
"""
_UNSEALED = """NOT EXISTS (
    SELECT FROM audit_chain c WHERE c.organization_id = e.organization_id AND c.entry_id = e.id)"""
_TAKE = f"""
SELECT e.organization_id, e.xid::text, e.xid <= $4::text::xid8 AS silent, {_COLUMNS} FROM audit_entries e
WHERE (e.xid, e.id) > ($1::text::xid8, $2::bigint) AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
  AND {_UNSEALED}
ORDER BY e.xid, e.id LIMIT $3
"""  # noqa: S608 - constants only
_TAKE_ALL = f"""
SELECT e.organization_id, e.xid::text, e.xid <= $1::text::xid8 AS silent, {_COLUMNS} FROM audit_entries e
WHERE {_UNSEALED} ORDER BY e.id
"""  # noqa: S608 - constants only
_ALL_BEFORE = """
SELECT xid::text, id FROM audit_entries WHERE xid < $1::text::xid8 ORDER BY xid DESC, id DESC LIMIT 1
"""
_HEADS = """
SELECT o.id, c.sequence, c.hash FROM unnest($1::uuid[]) AS o (id) CROSS JOIN LATERAL (
    SELECT sequence, hash FROM audit_chain WHERE organization_id = o.id ORDER BY sequence DESC LIMIT 1) c
"""
_SEAL = """
INSERT INTO audit_chain (organization_id, sequence, entry_id, hash, sealed_at)
SELECT *, $5 FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bytea[])
"""
_MOVE = "UPDATE audit_sealing SET cluster = $1, xid = $2::text::xid8, entry_id = $3"


@dataclass(frozen=True, slots=True)
class Link:
    """An entry's place in the chain of its organization."""

    organization_id: UUID
    sequence: int
    entry_id: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry that was just sealed. `silent`: it is older than messages are, and nobody is told of it."""

    link: Link
    entry: Entry
    silent: bool


def link_hash(before: bytes, organization_id: UUID, sequence: int, entry: Entry) -> bytes:
    """The hash of an entry after the hash `before`; everything that the log tells of it is covered."""
    told = (
        _VERSION,
        str(organization_id),
        sequence,
        entry.id,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.action,
        entry.actor,
        str(entry.client_id) if entry.client_id else None,
        entry.subject,
        entry.details,
        entry.request_id,
    )
    return hashlib.sha256(before + msgspec.json.encode(told, order="sorted")).digest()


def entry_of(row: Row) -> Entry:
    """The entry in a row that has its columns."""
    return Entry(*(row[name] for name in _ENTRY))


async def seal(tx: Transaction, now: datetime, limit: int = 500) -> list[Sealed]:
    """Seal the next entries, at most `limit`; none when there are none, or while another worker is at it."""
    cursor = await tx.row(_CURSOR)
    if cursor is None:
        return []
    if cursor["cluster"] not in ("", cursor["here"]):
        return await _seal_after_restore(tx, cursor, now)
    rows = await tx.rows(_TAKE, cursor["xid"], cursor["entry_id"], limit, cursor["silent_until"])
    sealed = await _write(tx, rows, now)
    if rows:
        await tx.execute(_MOVE, cursor["here"], rows[-1]["xid"], rows[-1]["id"])
    return sealed


async def _seal_after_restore(tx: Transaction, cursor: Row, now: datetime) -> list[Sealed]:
    """In another cluster the numbers of transactions mean nothing: whatever is there and unsealed is taken, and
    counting goes on from what had ended before that was read."""
    sealed = await _write(tx, await tx.rows(_TAKE_ALL, cursor["silent_until"]), now)
    last = await tx.row(_ALL_BEFORE, cursor["oldest_running"])
    await tx.execute(_MOVE, cursor["here"], last["xid"] if last else "0", last["id"] if last else 0)
    return sealed


async def _write(tx: Transaction, rows: Sequence[Row], now: datetime) -> list[Sealed]:
    heads = await _heads(tx, {row["organization_id"] for row in rows}) if rows else {}
    sealed: list[Sealed] = []
    for row in rows:
        organization_id, entry = row["organization_id"], entry_of(row)
        sequence, before = heads.get(organization_id, (0, _NONE_BEFORE))
        link = Link(
            organization_id,
            sequence + 1,
            entry.id,
            link_hash(before, organization_id, sequence + 1, entry),
        )
        heads[organization_id] = link.sequence, link.hash
        sealed.append(Sealed(link, entry, row["silent"]))
    if sealed:
        await tx.execute(_SEAL, *columns(Link, [one.link for one in sealed]), now)
    return sealed


async def _heads(tx: Transaction, organization_ids: set[UUID]) -> dict[UUID, tuple[int, bytes]]:
    rows = await tx.rows(_HEADS, list(organization_ids))
    return {row["id"]: (row["sequence"], row["hash"]) for row in rows}
