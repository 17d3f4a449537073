"""SQL of browser sessions."""

from datetime import datetime
from uuid import UUID

from latchstring.storage.database import Row, Transaction

#: One row for each live session among the digests `$1`, at the time `$2`, used since `$3`.
LIVE = """
SELECT s.id, s.user_id, u.name AS user_name, u.email, u.locale,
       o.id AS organization_id, o.name AS organization_name, o.subdomain AS organization_subdomain,
       o.kind AS organization_kind, coalesce(p.permissions, '{}') AS permissions,
       ARRAY(SELECT r.party FROM reviewers r WHERE r.user_id = s.user_id) AS reviews_for,
       s.created_at, s.expires_at, s.last_seen_at
FROM browser_sessions s
JOIN users u ON u.id = s.user_id AND u.disabled_at IS NULL
LEFT JOIN memberships m
    ON m.organization_id = s.organization_id AND m.user_id = s.user_id AND m.ended_at IS NULL
LEFT JOIN organizations o ON o.id = m.organization_id AND o.disabled_at IS NULL
LEFT JOIN permission_sets p ON p.id = m.permission_set AND o.id IS NOT NULL
WHERE s.id = ANY ($1::bytea[]) AND s.ended_at IS NULL AND s.expires_at > $2 AND s.last_seen_at > $3"""


async def insert(
    tx: Transaction,
    digest: bytes,
    user_id: UUID,
    organization_id: UUID | None,
    *,
    created_at: datetime,
    expires_at: datetime,
    address: str,
    user_agent: str,
) -> None:
    """Write a new session."""
    await tx.execute(
        "INSERT INTO browser_sessions"
        " (id, user_id, organization_id, created_at, expires_at, last_seen_at, address, user_agent)"
        " VALUES ($1, $2, $3, $4, $5, $4, $6, $7)",
        digest, user_id, organization_id, created_at, expires_at, address, user_agent,
    )  # fmt: skip


async def clear(tx: Transaction, user_id: UUID, now: datetime, keep: int) -> None:
    """Delete somebody's sessions that are over, and the oldest of more than `keep`."""
    await tx.execute(
        "DELETE FROM browser_sessions WHERE user_id = $1 AND (expires_at <= $2 OR ended_at IS NOT NULL"
        " OR id IN (SELECT id FROM browser_sessions WHERE user_id = $1"
        " ORDER BY last_seen_at DESC OFFSET $3))",
        user_id, now, keep,
    )  # fmt: skip


async def touch(tx: Transaction, digest: bytes, now: datetime) -> None:
    """Note that the session was used, at most once a minute."""
    await tx.execute(
        "UPDATE browser_sessions SET last_seen_at = $2"
        " WHERE id = $1 AND last_seen_at < $2::timestamptz - interval '1 minute'",
        digest, now,
    )  # fmt: skip


async def end(tx: Transaction, digest: bytes, now: datetime) -> bool:
    """End one; False when it is over already."""
    return bool(
        await tx.execute(
            "UPDATE browser_sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", digest, now
        )
    )


async def end_all(tx: Transaction, user_id: UUID, but: bytes | None, now: datetime) -> int:
    """End all of somebody's sessions, but for one when it is given; how many."""
    return await tx.execute(
        "UPDATE browser_sessions SET ended_at = $3"
        " WHERE user_id = $1 AND ended_at IS NULL AND ($2::bytea IS NULL OR id <> $2)",
        user_id, but, now,
    )  # fmt: skip


async def of_user(tx: Transaction, user_id: UUID, now: datetime, used_since: datetime) -> list[Row]:
    """Somebody's live sessions, the last used first."""
    return await tx.rows(
        "SELECT id, created_at, last_seen_at, expires_at, address, user_agent FROM browser_sessions"
        " WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2 AND last_seen_at > $3"
        " ORDER BY last_seen_at DESC, id",
        user_id, now, used_since,
    )  # fmt: skip


async def set_organization(tx: Transaction, digest: bytes, organization_id: UUID) -> bool:
    """Make an organization active; False unless the session's user is a live member of it."""
    return bool(
        await tx.execute(
            "UPDATE browser_sessions s SET organization_id = m.organization_id"
            " FROM memberships m JOIN organizations o ON o.id = m.organization_id AND o.disabled_at IS NULL"
            " WHERE s.id = $1 AND s.ended_at IS NULL AND m.organization_id = $2 AND m.user_id = s.user_id"
            " AND m.ended_at IS NULL",
            digest, organization_id,
        )
    )  # fmt: skip
