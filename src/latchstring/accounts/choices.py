"""The organizations that people may act in, by name only, for many people in one query."""

from dataclasses import dataclass
from uuid import UUID

from latchstring.storage.database import Database, Transaction

_OF_USERS = """
SELECT m.user_id, o.id, o.name,
    (SELECT string_agg(r.name, ', ' ORDER BY r.name) FROM membership_roles mr
     JOIN roles r ON r.organization_id = mr.organization_id AND r.id = mr.role_id
     WHERE mr.organization_id = m.organization_id AND mr.user_id = m.user_id) AS roles
FROM memberships m JOIN organizations o ON o.id = m.organization_id AND o.disabled_at IS NULL
WHERE m.user_id = ANY($1::uuid[]) AND m.ended_at IS NULL
ORDER BY o.name, o.id
"""

_HOLDERS = """
SELECT u.name FROM memberships m
JOIN users u ON u.id = m.user_id AND u.disabled_at IS NULL
JOIN permission_sets p ON p.id = m.permission_set
WHERE m.organization_id = $1 AND m.ended_at IS NULL AND p.permissions @> ARRAY[$2::text]
ORDER BY u.name LIMIT 5
"""


@dataclass(frozen=True, slots=True)
class Choice:
    """An organization that somebody may make active, and their roles there."""

    id: UUID
    name: str
    roles: str


async def read_choices(database: Database, user_ids: list[UUID]) -> list[tuple[Choice, ...] | None]:
    """The organizations of these people, in order of their names."""
    found: dict[UUID, list[Choice]] = {user_id: [] for user_id in user_ids}
    for row in await database.fetch(_OF_USERS, list(found)):
        found[row["user_id"]].append(Choice(row["id"], row["name"], row["roles"] or ""))
    return [tuple(found[user_id]) for user_id in user_ids]


async def holders_of(work: Database | Transaction, organization_id: UUID, permission: str) -> tuple[str, ...]:
    """The names of some members who hold a permission, such as those who may change roles."""
    ask = work.fetch if isinstance(work, Database) else work.rows
    return tuple(row["name"] for row in await ask(_HOLDERS, organization_id, permission))
