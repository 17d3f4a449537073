"""Is the audit log what was sealed? Every hash is computed again, and the first place that differs is named."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from latchstring.audit.chain import entry_of, link_hash
from latchstring.storage.database import Database, Row, Transaction

Fault = Literal["changed", "removed", "inserted", "link_removed", "other_head"]
_PAGE = 1_000

_ORGANIZATIONS = """
SELECT DISTINCT organization_id FROM audit_chain UNION SELECT DISTINCT organization_id FROM audit_entries
ORDER BY 1
"""
_LINKS = """
SELECT c.sequence, c.entry_id, c.hash, e.id, e.at, e.action, e.actor, e.client_id, e.subject, e.details, e.request_id
FROM audit_chain c LEFT JOIN audit_entries e ON e.organization_id = c.organization_id AND e.id = c.entry_id
WHERE c.organization_id = $1 AND c.sequence > $2 ORDER BY c.sequence LIMIT $3
"""
# Entries below the cursor were all sealed; what is there now without a link was written by another way.
_INSERTED = """
SELECT e.id FROM audit_entries e, audit_sealing s
WHERE e.organization_id = $1 AND (e.xid, e.id) <= (s.xid, s.entry_id)
  AND NOT EXISTS (SELECT FROM audit_chain c WHERE c.organization_id = e.organization_id AND c.entry_id = e.id)
ORDER BY e.id LIMIT 1
"""
_NOTE = """
INSERT INTO audit_verified (organization_id, sequence, at, broken) VALUES ($1, $2, $3, $4)
ON CONFLICT (organization_id) DO UPDATE SET sequence = $2, at = $3, broken = $4
"""
_STATE = """
SELECT coalesce(c.sequence, 0) AS sequence, c.sealed_at, v.sequence AS verified, v.at AS verified_at,
    coalesce(v.broken, '') AS broken
FROM (SELECT) AS nothing
LEFT JOIN LATERAL (
    SELECT sequence, sealed_at FROM audit_chain WHERE organization_id = $1 ORDER BY sequence DESC LIMIT 1
) c ON true
LEFT JOIN audit_verified v ON v.organization_id = $1
"""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain. Kept elsewhere, it proves later that nothing up to it was taken away or replaced."""

    organization_id: UUID
    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{self.organization_id}:{self.sequence}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place of a chain that is not as it was sealed; `entry_id` is None when only a number is known."""

    organization_id: UUID
    fault: Fault
    sequence: int | None
    entry_id: int | None


@dataclass(frozen=True, slots=True)
class Verified:
    """A chain that was followed to its end, or to where it is broken."""

    head: Head
    broken: Broken | None


@dataclass(frozen=True, slots=True)
class ChainState:
    """What an organization's page tells of its chain."""

    sequence: int
    sealed_at: datetime | None
    verified: int | None
    verified_at: datetime | None
    broken: str


async def organizations(database: Database) -> list[UUID]:
    """Whoever has a log."""
    return [row["organization_id"] for row in await database.fetch(_ORGANIZATIONS)]


async def state_of(tx: Transaction, organization_id: UUID) -> ChainState:
    """How far the organization's log is sealed, and what was found when it was last verified."""
    (row,) = await tx.rows(_STATE, organization_id)
    return ChainState(**row)


async def verify(
    database: Database, organization_id: UUID, now: datetime, heads: Iterable[Head] = ()
) -> Verified:
    """Follow an organization's chain from its beginning; `heads` that were kept must lie on it."""
    kept = {head.sequence: head.hash for head in heads if head.organization_id == organization_id}
    found = await _follow(database, organization_id, kept)
    if found.broken is None:
        found = await _complete(database, found, kept)
    fault = found.broken.fault if found.broken else ""
    await database.fetch(_NOTE, organization_id, found.head.sequence, now, fault)
    return found


async def _follow(database: Database, organization_id: UUID, kept: dict[int, str]) -> Verified:
    sequence, before = 0, bytes(32)
    while rows := await database.fetch(_LINKS, organization_id, sequence, _PAGE):
        for row in rows:
            fault = _fault(row, organization_id, sequence + 1, before, kept)
            if fault is not None:
                head = Head(organization_id, sequence, before.hex())
                return Verified(head, Broken(organization_id, fault, sequence + 1, row["entry_id"]))
            sequence, before = row["sequence"], row["hash"]
    return Verified(Head(organization_id, sequence, before.hex()), None)


def _fault(
    row: Row, organization_id: UUID, sequence: int, before: bytes, kept: dict[int, str]
) -> Fault | None:
    if row["sequence"] != sequence:
        return "link_removed"
    if row["id"] is None:
        return "removed"
    if link_hash(before, organization_id, sequence, entry_of(row)) != row["hash"]:
        return "changed"
    if kept.get(sequence, row["hash"].hex()) != row["hash"].hex():
        return "other_head"
    return None


async def _complete(database: Database, found: Verified, kept: dict[int, str]) -> Verified:
    """A chain that is whole as far as it goes: is it cut off, or is there an entry beside it?"""
    organization_id = found.head.organization_id
    if any(sequence > found.head.sequence for sequence in kept):
        return Verified(found.head, Broken(organization_id, "link_removed", found.head.sequence + 1, None))
    if rows := await database.fetch(_INSERTED, organization_id):
        return Verified(found.head, Broken(organization_id, "inserted", None, rows[0]["id"]))
    return found
