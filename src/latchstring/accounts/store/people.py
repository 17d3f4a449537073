"""SQL of people and their memberships."""

# ruff: noqa: S608 - only constants are put together

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from latchstring.accounts.model import Locale, Member, Membership, RoleName, User
from latchstring.storage.database import Row, Transaction

_USER = "id, email, name, locale, created_at, disabled_at"


async def insert(tx: Transaction, new: User, password_hash: str | None) -> bool:
    """Write it; False when somebody has this e-mail address."""
    return bool(
        await tx.execute(
            "INSERT INTO users (id, email, name, locale, created_at, password_hash, password_changed_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $6::text IS NULL THEN NULL ELSE $5::timestamptz END)"
            " ON CONFLICT DO NOTHING",
            new.id, new.email, new.name, new.locale, new.created_at, password_hash,
        )
    )  # fmt: skip


async def find(tx: Transaction, user_id: UUID) -> User | None:
    """The person, or None."""
    row = await tx.row(f"SELECT {_USER} FROM users WHERE id = $1", user_id)
    return User(**row) if row else None


async def find_by_email(tx: Transaction, email: str) -> User | None:
    """The person with this address in any case, or None."""
    row = await tx.row(f"SELECT {_USER} FROM users WHERE lower(email) = lower($1)", email)
    return User(**row) if row else None


async def password_of(tx: Transaction, user_id: UUID) -> str | None:
    """The hash of somebody's password, or None when they have none."""
    found: str | None = await tx.value("SELECT password_hash FROM users WHERE id = $1", user_id)
    return found


async def set_password(
    tx: Transaction, user_id: UUID, password_hash: str, changed_at: datetime | None
) -> None:
    """Write a hash. `changed_at` is None when only the parameters of the hash changed."""
    await tx.execute(
        "UPDATE users SET password_hash = $2, password_changed_at = coalesce($3, password_changed_at)"
        " WHERE id = $1",
        user_id, password_hash, changed_at,
    )  # fmt: skip


async def set_profile(tx: Transaction, user_id: UUID, name: str, locale: Locale | None) -> None:
    """Change somebody's name and language."""
    await tx.execute("UPDATE users SET name = $2, locale = $3 WHERE id = $1", user_id, name, locale)


async def set_disabled(tx: Transaction, user_id: UUID, at: datetime | None) -> bool:
    """Disable (with a time) or enable (None); False when it was so before."""
    return bool(
        await tx.execute(
            "UPDATE users SET disabled_at = $2"
            " WHERE id = $1 AND (disabled_at IS NULL) <> ($2::timestamptz IS NULL)",
            user_id, at,
        )
    )  # fmt: skip


async def page(tx: Transaction, after: UUID | None, limit: int, email: str | None) -> list[User]:
    """People in order of their ids, after `after`; only the one with `email` when it is given."""
    rows = await tx.rows(
        f"SELECT {_USER} FROM users WHERE ($1::uuid IS NULL OR id > $1)"
        " AND ($3::text IS NULL OR lower(email) = lower($3)) ORDER BY id LIMIT $2",
        after, limit, email,
    )  # fmt: skip
    return [User(**row) for row in rows]


async def begin_membership(tx: Transaction, organization_id: UUID, user_id: UUID, at: datetime) -> None:
    """Make somebody a member, again when they were one before."""
    await tx.execute(
        "INSERT INTO memberships (organization_id, user_id, created_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (organization_id, user_id) DO UPDATE SET ended_at = NULL",
        organization_id, user_id, at,
    )  # fmt: skip


async def is_member(tx: Transaction, organization_id: UUID, user_id: UUID) -> bool:
    """Whether somebody is a member now."""
    return bool(
        await tx.value(
            "SELECT true FROM memberships WHERE organization_id = $1 AND user_id = $2 AND ended_at IS NULL",
            organization_id, user_id,
        )
    )  # fmt: skip


# Every revocation has its line in the audit log, whatever caused it.
_REVOKE_AUTHORIZATIONS = """
WITH revoked AS (
    UPDATE authorizations SET state = 'revoked', revoked_at = $3, revoked_because = 'membership_ended',
        redirect_uri = NULL, code_challenge = NULL, code_expires_at = NULL
    WHERE organization_id = $1 AND user_id = $2 AND state IN ('pending', 'active')
    RETURNING id, client_id
)
INSERT INTO audit_entries (organization_id, at, action, actor, client_id, subject, details, request_id)
SELECT $1, $3, 'authorization.revoked', $4, client_id, id::text,
    '{"because": "membership_ended"}'::jsonb, $5 FROM revoked"""


async def end_membership(
    tx: Transaction, organization_id: UUID, user_id: UUID, *, at: datetime, actor: str, request_id: str
) -> bool:
    """End it, with its roles, authorizations and credentials; False when there is none."""
    ended = await tx.execute(
        "UPDATE memberships SET ended_at = $3"
        " WHERE organization_id = $1 AND user_id = $2 AND ended_at IS NULL",
        organization_id, user_id, at,
    )  # fmt: skip
    await tx.execute(
        "DELETE FROM membership_roles WHERE organization_id = $1 AND user_id = $2", organization_id, user_id
    )
    await tx.execute(_REVOKE_AUTHORIZATIONS, organization_id, user_id, at, actor, request_id)
    await tx.execute(
        "UPDATE platform_credentials SET revoked_at = $3"
        " WHERE organization_id = $1 AND user_id = $2 AND revoked_at IS NULL",
        organization_id, user_id, at,
    )  # fmt: skip
    return bool(ended)


async def set_roles(tx: Transaction, organization_id: UUID, user_id: UUID, role_ids: Sequence[UUID]) -> None:
    """Give a member exactly these roles; two that do so at once take turns."""
    await tx.execute(
        "SELECT 1 FROM memberships WHERE organization_id = $1 AND user_id = $2 FOR UPDATE",
        organization_id, user_id,
    )  # fmt: skip
    await tx.execute(
        "DELETE FROM membership_roles WHERE organization_id = $1 AND user_id = $2 AND role_id <> ALL ($3)",
        organization_id, user_id, list(role_ids),
    )  # fmt: skip
    await tx.execute(
        "INSERT INTO membership_roles (organization_id, user_id, role_id)"
        " SELECT $1, $2, unnest($3::uuid[]) ON CONFLICT DO NOTHING",
        organization_id, user_id, list(role_ids),
    )  # fmt: skip


_MEMBER = """
SELECT u.id AS user_id, u.email, u.name, m.created_at, u.disabled_at,
       coalesce(array_agg(r.id ORDER BY r.name) FILTER (WHERE r.id IS NOT NULL), '{}') AS role_ids,
       coalesce(array_agg(r.name ORDER BY r.name) FILTER (WHERE r.id IS NOT NULL), '{}') AS role_names
FROM memberships m
JOIN users u ON u.id = m.user_id
LEFT JOIN membership_roles mr ON mr.organization_id = m.organization_id AND mr.user_id = m.user_id
LEFT JOIN roles r ON r.organization_id = mr.organization_id AND r.id = mr.role_id
WHERE m.organization_id = $1 AND m.ended_at IS NULL AND {which}
GROUP BY u.id, u.email, u.name, m.created_at, u.disabled_at ORDER BY u.id LIMIT $3"""


async def members(tx: Transaction, organization_id: UUID, after: UUID | None, limit: int) -> list[Member]:
    """Members in order of their ids, after `after`."""
    sql = _MEMBER.replace("{which}", "($2::uuid IS NULL OR u.id > $2)")
    return [_member(row) for row in await tx.rows(sql, organization_id, after, limit)]


async def member(tx: Transaction, organization_id: UUID, user_id: UUID) -> Member | None:
    """One member, or None."""
    row = await tx.row(_MEMBER.replace("{which}", "u.id = $2"), organization_id, user_id, 1)
    return _member(row) if row else None


def _member(row: Row) -> Member:
    roles = [RoleName(*pair) for pair in zip(row["role_ids"], row["role_names"], strict=True)]
    return Member(row["user_id"], row["email"], row["name"], row["created_at"], row["disabled_at"], roles)


async def memberships(tx: Transaction, user_id: UUID) -> list[Membership]:
    """The organizations that somebody can be active in now, in order of their names."""
    rows = await tx.rows(
        "SELECT o.id, o.name, o.subdomain, o.kind, p.permissions FROM memberships m"
        " JOIN organizations o ON o.id = m.organization_id AND o.disabled_at IS NULL"
        " JOIN permission_sets p ON p.id = m.permission_set"
        " WHERE m.user_id = $1 AND m.ended_at IS NULL ORDER BY o.name, o.id",
        user_id,
    )
    return [
        Membership(row["id"], row["name"], row["subdomain"], row["kind"], frozenset(row["permissions"]))
        for row in rows
    ]
