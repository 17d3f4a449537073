"""The audit log. An entry is written in the transaction of what it tells, and never holds a secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from latchstring.storage.database import Transaction

#: What belongs to no organization (people, operators, resource servers) is filed under this id.
HOST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, when, and in which request.

    `actor` is `user:<id>`, `operator:<credential id>`, `client:<id>` or `host` (the command line).
    """

    actor: str
    at: datetime
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    id: int
    at: datetime
    action: str
    actor: str
    client_id: UUID | None
    subject: str
    details: Mapping[str, Any]
    request_id: str


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which entries to look at; None leaves them all."""

    action: str | None = None
    actor: str | None = None
    client_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


ALL = Narrowed()


async def record(
    tx: Transaction,
    act: Act,
    organization_id: UUID,
    action: str,
    *,
    subject: object = "",
    client_id: UUID | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Write that `act` did `action` (such as `client.updated`) to `subject` in an organization."""
    await tx.execute(
        "INSERT INTO audit_entries (organization_id, at, action, actor, client_id, subject, details,"
        " request_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        organization_id,
        act.at,
        action,
        act.actor,
        client_id,
        str(subject),
        details or {},
        act.request_id,
    )


async def entries(
    tx: Transaction,
    organization_id: UUID,
    narrowed: Narrowed = ALL,
    *,
    before: int | None = None,
    limit: int = 50,
) -> list[Entry]:
    """The newest entries of an organization, older than the entry `before` when it is given."""
    rows = await tx.rows(
        "SELECT id, at, action, actor, client_id, subject, details, request_id FROM audit_entries"
        " WHERE organization_id = $1 AND ($2::bigint IS NULL OR id < $2)"
        " AND ($4::text IS NULL OR action = $4) AND ($5::text IS NULL OR actor = $5)"
        " AND ($6::uuid IS NULL OR client_id = $6) AND ($7::timestamptz IS NULL OR at >= $7)"
        " AND ($8::timestamptz IS NULL OR at < $8) ORDER BY id DESC LIMIT $3",
        organization_id, before, limit, narrowed.action, narrowed.actor, narrowed.client_id, narrowed.since,
        narrowed.until,
    )  # fmt: skip
    return [Entry(**row) for row in rows]
