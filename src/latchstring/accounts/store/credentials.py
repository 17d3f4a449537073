"""SQL of platform credentials."""

# ruff: noqa: S608 - only constants are put together

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from latchstring.storage.database import Row, Transaction

#: One row for each live credential among the digests `$1`; a personal one needs its user and membership.
LIVE = """
SELECT c.id, c.kind, c.name, c.digest, c.organization_id, c.user_id, c.last_used_at,
       coalesce(p.permissions, '{}') AS permissions,
       ARRAY(SELECT r.party FROM reviewers r WHERE r.user_id = c.user_id) AS reviews_for
FROM platform_credentials c
LEFT JOIN users u ON u.id = c.user_id AND u.disabled_at IS NULL
LEFT JOIN organizations o ON o.id = c.organization_id AND o.disabled_at IS NULL
LEFT JOIN memberships m
    ON m.organization_id = o.id AND m.user_id = u.id AND m.ended_at IS NULL
LEFT JOIN permission_sets p ON p.id = m.permission_set
WHERE c.digest = ANY ($1::bytea[]) AND c.revoked_at IS NULL
  AND (c.kind = 'operator' OR m.user_id IS NOT NULL)"""

_LINE = "id, kind, name, last4, organization_id, user_id, created_at, last_used_at"


async def insert(
    tx: Transaction,
    digest: bytes,
    last4: str,
    *,
    credential_id: UUID,
    name: str,
    organization_id: UUID | None,
    user_id: UUID | None,
    at: datetime,
) -> None:
    """Write a new one: personal when it has a user, else an operator's."""
    await tx.execute(
        "INSERT INTO platform_credentials (id, kind, name, digest, last4, organization_id, user_id,"
        " created_at)"
        " VALUES ($1, CASE WHEN $6::uuid IS NULL THEN 'operator' ELSE 'personal' END, $2, $3, $4, $5, $6,"
        " $7)",
        credential_id, name, digest, last4, organization_id, user_id, at,
    )  # fmt: skip


async def page(
    tx: Transaction, organization_id: UUID | None, user_id: UUID | None, after: UUID | None, limit: int
) -> list[Row]:
    """Live ones in order of their ids: all of the host, or of one person in one organization."""
    return await tx.rows(
        f"SELECT {_LINE} FROM platform_credentials WHERE revoked_at IS NULL"
        " AND ($1::uuid IS NULL OR organization_id = $1) AND ($2::uuid IS NULL OR user_id = $2)"
        " AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4",
        organization_id, user_id, after, limit,
    )  # fmt: skip


async def find(tx: Transaction, credential_id: UUID) -> Row | None:
    """One live credential, without its digest, or None."""
    return await tx.row(
        f"SELECT {_LINE} FROM platform_credentials WHERE id = $1 AND revoked_at IS NULL", credential_id
    )


async def count_of_person(tx: Transaction, organization_id: UUID, user_id: UUID) -> int:
    """How many live ones somebody has in an organization."""
    number: int = await tx.value(
        "SELECT count(*) FROM platform_credentials"
        " WHERE organization_id = $1 AND user_id = $2 AND revoked_at IS NULL",
        organization_id, user_id,
    )  # fmt: skip
    return number


async def any_operator(tx: Transaction) -> bool:
    """Whether there is a live operator credential. Two that ask at once take turns until the end."""
    await tx.execute("LOCK TABLE platform_credentials IN SHARE ROW EXCLUSIVE MODE")
    return bool(
        await tx.value(
            "SELECT true FROM platform_credentials WHERE kind = 'operator' AND revoked_at IS NULL LIMIT 1"
        )
    )


async def revoke(tx: Transaction, credential_id: UUID, at: datetime) -> bool:
    """Revoke it; False when it is dead already."""
    return bool(
        await tx.execute(
            "UPDATE platform_credentials SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
            credential_id, at,
        )
    )  # fmt: skip


async def touch(tx: Transaction, ids: Sequence[UUID], now: datetime) -> None:
    """Note that they were used, at most once a minute."""
    await tx.execute(
        "UPDATE platform_credentials SET last_used_at = $2"
        " WHERE id = ANY ($1) AND (last_used_at IS NULL OR last_used_at < $2::timestamptz - interval '1 minute')",
        list(ids), now,
    )  # fmt: skip
