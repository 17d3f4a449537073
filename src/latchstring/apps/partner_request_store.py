"""SQL of what partners ask of the host."""

from datetime import datetime
from uuid import UUID

from latchstring.apps.partner_request import Kind, PartnerRequest, State
from latchstring.storage.database import Transaction

_REQUEST = """r.organization_id, r.id, p.name AS partner_name, r.kind, r.subject, r.reason, r.state,
    r.asked_by, u.name AS asked_by_name, r.asked_at, r.answered_by, r.answered_at, r.answer, r.used_at"""
_FROM = """FROM partner_requests r
    JOIN users u ON u.id = r.asked_by
    JOIN partners p ON p.organization_id = r.organization_id"""


async def insert(
    tx: Transaction,
    organization_id: UUID,
    request_id: UUID,
    *,
    kind: Kind,
    subject: str,
    reason: str,
    user_id: UUID,
    at: datetime,
    client_id: UUID | None = None,
) -> bool:
    """Write a request; False while one is open for the same."""
    return bool(
        await tx.execute(
            "INSERT INTO partner_requests (organization_id, id, kind, subject, reason, asked_by, asked_at, client_id)"
            " VALUES ($1, $2, $7, $3, $4, $5, $6, $8)"
            " ON CONFLICT (organization_id, kind, subject) WHERE state = 'open' DO NOTHING",
            organization_id, request_id, subject, reason, user_id, at, kind, client_id,
        )
    )  # fmt: skip


async def find(tx: Transaction, organization_id: UUID, request_id: UUID) -> PartnerRequest | None:
    """The request, locked until the transaction ends, or None."""
    row = await tx.row(
        f"SELECT {_REQUEST} {_FROM} WHERE r.organization_id = $1 AND r.id = $2 FOR UPDATE OF r",
        organization_id, request_id,
    )  # fmt: skip
    return PartnerRequest(**row) if row else None


async def answer(
    tx: Transaction,
    organization_id: UUID,
    request_id: UUID,
    *,
    state: State,
    answer: str,
    by: str,
    at: datetime,
) -> None:
    """Write the host's answer to an open request."""
    await tx.execute(
        "UPDATE partner_requests SET state = $3, answer = $4, answered_by = $5, answered_at = $6"
        " WHERE organization_id = $1 AND id = $2 AND state = 'open'",
        organization_id, request_id, state, answer, by, at,
    )  # fmt: skip


async def find_any(tx: Transaction, request_id: UUID) -> PartnerRequest | None:
    """The request of whichever organization, for the host, locked until the transaction ends, or None."""
    row = await tx.row(f"SELECT {_REQUEST} {_FROM} WHERE r.id = $1 FOR UPDATE OF r", request_id)
    return PartnerRequest(**row) if row else None


async def of_subject(
    tx: Transaction, organization_id: UUID, kind: Kind, subject: str
) -> PartnerRequest | None:
    """The last request of an organization for this, or None."""
    row = await tx.row(
        f"SELECT {_REQUEST} {_FROM} WHERE r.organization_id = $1 AND r.kind = $2 AND r.subject = $3"
        " ORDER BY r.asked_at DESC LIMIT 1",
        organization_id, kind, subject,
    )  # fmt: skip
    return PartnerRequest(**row) if row else None


async def use_secret(tx: Transaction, organization_id: UUID, client_id: UUID, at: datetime) -> bool:
    """Use up the permission to make another secret of a published client; False when there is none."""
    return bool(
        await tx.execute(
            "UPDATE partner_requests SET used_at = $3 WHERE organization_id = $1 AND client_id = $2"
            " AND kind = 'published_secret' AND state = 'granted' AND used_at IS NULL",
            organization_id, client_id, at,
        )
    )  # fmt: skip


async def page(
    tx: Transaction,
    organization_id: UUID | None,
    *,
    state: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[PartnerRequest]:
    """Requests of an organization, or for the host's reviewers (None) of all, oldest first."""
    moment, request_id = after or (None, None)
    rows = await tx.rows(
        f"SELECT {_REQUEST} {_FROM} WHERE ($1::uuid IS NULL OR r.organization_id = $1)"
        " AND ($2::text IS NULL OR r.state = $2)"
        " AND ($3::timestamptz IS NULL OR (r.asked_at, r.id) > ($3, $4::uuid))"
        " ORDER BY r.asked_at, r.id LIMIT $5",
        organization_id, state, moment, request_id, limit,
    )  # fmt: skip
    return [PartnerRequest(**row) for row in rows]


async def latest_by_scope(tx: Transaction, organization_id: UUID) -> dict[str, PartnerRequest]:
    """For each private scope that was asked for, the last request."""
    rows = await tx.rows(
        f"SELECT DISTINCT ON (r.subject) {_REQUEST} {_FROM}"
        " WHERE r.organization_id = $1 AND r.kind = 'private_scope' ORDER BY r.subject, r.asked_at DESC",
        organization_id,
    )
    return {row["subject"]: PartnerRequest(**row) for row in rows}
