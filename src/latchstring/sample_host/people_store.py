"""The SQL of users and roles: the platform's own people, as one organization sees them. Read only."""

from collections.abc import Sequence
from uuid import UUID

from latchstring.storage.database import Database, Row

_MEMBERS = """
    SELECT u.id, u.email, u.name, m.created_at,
        m.ended_at IS NOT NULL OR u.disabled_at IS NOT NULL AS disabled,
        coalesce(u.disabled_at, m.ended_at, m.created_at) AS modified_at,
        array(SELECT role_id FROM membership_roles r WHERE r.organization_id = m.organization_id
              AND r.user_id = m.user_id ORDER BY role_id) AS roles
    FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.organization_id = $1
"""
_ROLES = """
    SELECT r.id, r.name, r.permissions, r.created_at,
        (SELECT count(*) FROM membership_roles mr JOIN memberships m USING (organization_id, user_id)
         WHERE mr.organization_id = r.organization_id AND mr.role_id = r.id AND m.ended_at IS NULL)
         AS user_count
    FROM roles r WHERE r.organization_id = $1
"""
_USER_ORDER = {"name": "lower(name)", "email": "lower(email)", "modified_at": "modified_at"}
_ROLE_ORDER = {"name": "lower(name)", "modified_at": "created_at", "user_count": "user_count"}


async def list_users(
    database: Database,
    organization_id: UUID,
    *,
    like: str,
    disabled: bool | None,
    role_id: UUID | None,
    sort: str,
    descending: bool,
    offset: int,
    limit: int,
) -> list[Row]:
    """Members with `like` in their name or address; each row holds the number of all in `matching`."""
    return await database.fetch(
        f"""SELECT *, count(*) OVER () AS matching FROM ({_MEMBERS}) members
        WHERE position($2 in lower(name || ' ' || email)) > 0 AND ($3::boolean IS NULL OR disabled = $3)
        AND ($4::uuid IS NULL OR $4 = ANY(roles))
        ORDER BY {_USER_ORDER[sort]} {_direction(descending)}, id OFFSET $5 LIMIT $6""",  # noqa: S608
        organization_id,
        like.lower(),
        disabled,
        role_id,
        offset,
        limit,
    )


async def count_users(database: Database, organization_id: UUID) -> int:
    """How many members there are, former ones too."""
    rows = await database.fetch(
        "SELECT count(*) AS all FROM memberships WHERE organization_id = $1", organization_id
    )
    return int(rows[0]["all"])


async def user_by_id(database: Database, organization_id: UUID, user_id: UUID) -> Row | None:
    """The member with that id, or None."""
    rows = await database.fetch(
        f"SELECT * FROM ({_MEMBERS}) members WHERE id = $2",  # noqa: S608
        organization_id,
        user_id,
    )
    return rows[0] if rows else None


async def handles_of(
    database: Database, organization_id: UUID, user_ids: Sequence[UUID]
) -> dict[UUID, tuple[str, str]]:
    """Address and name of members by their id."""
    rows = await database.fetch(
        """SELECT u.id, u.email, u.name FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.organization_id = $1 AND m.user_id = ANY($2)""",
        organization_id,
        list(user_ids),
    )
    return {row["id"]: (row["email"], row["name"]) for row in rows}


async def list_roles(
    database: Database,
    organization_id: UUID,
    *,
    like: str,
    sort: str,
    descending: bool,
    offset: int,
    limit: int,
) -> list[Row]:
    """Roles with `like` in their name; each row holds the number of all in `matching`."""
    return await database.fetch(
        f"""SELECT *, count(*) OVER () AS matching FROM ({_ROLES}) roles
        WHERE position($2 in lower(name)) > 0
        ORDER BY {_ROLE_ORDER[sort]} {_direction(descending)}, id OFFSET $3 LIMIT $4""",  # noqa: S608
        organization_id,
        like.lower(),
        offset,
        limit,
    )


async def count_roles(database: Database, organization_id: UUID) -> int:
    """How many roles there are."""
    rows = await database.fetch(
        "SELECT count(*) AS all FROM roles WHERE organization_id = $1", organization_id
    )
    return int(rows[0]["all"])


async def roles_by_id(database: Database, organization_id: UUID, role_ids: Sequence[UUID]) -> list[Row]:
    """The roles with these ids."""
    return await database.fetch(
        f"SELECT * FROM ({_ROLES}) roles WHERE id = ANY($2) ORDER BY lower(name)",  # noqa: S608
        organization_id,
        list(role_ids),
    )


async def permissions_of(database: Database, organization_id: UUID) -> list[str]:
    """The permissions that some role of the organization holds."""
    rows = await database.fetch(
        "SELECT DISTINCT unnest(permissions) AS name FROM roles WHERE organization_id = $1 ORDER BY 1",
        organization_id,
    )
    return [row["name"] for row in rows]


def _direction(descending: bool) -> str:
    return "DESC" if descending else "ASC"
