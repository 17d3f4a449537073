"""SQL of roles. The permissions of their holders follow by triggers of the schema."""

# ruff: noqa: S608 - only constants are put together

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import UniqueViolationError

from latchstring.accounts.model import Role
from latchstring.storage.database import Transaction

_ROLE = "id, name, permissions, managed, created_at"


async def insert(tx: Transaction, organization_id: UUID, new: Role) -> bool:
    """Write it; False when the organization has a role of that name."""
    return bool(
        await tx.execute(
            "INSERT INTO roles (organization_id, id, name, permissions, managed, created_at)"
            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (organization_id, name) DO NOTHING",
            organization_id, new.id, new.name, new.permissions, new.managed, new.created_at,
        )
    )  # fmt: skip


async def find(tx: Transaction, organization_id: UUID, role_id: UUID) -> Role | None:
    """The role, locked until the transaction ends, or None."""
    row = await tx.row(
        f"SELECT {_ROLE} FROM roles WHERE organization_id = $1 AND id = $2 FOR UPDATE",
        organization_id,
        role_id,
    )
    return Role(**row) if row else None


async def roles(tx: Transaction, organization_id: UUID) -> list[Role]:
    """All roles of an organization: the managed ones first, then by name."""
    rows = await tx.rows(
        f"SELECT {_ROLE} FROM roles WHERE organization_id = $1 ORDER BY managed DESC, name", organization_id
    )
    return [Role(**row) for row in rows]


async def count(tx: Transaction, organization_id: UUID) -> int:
    """How many roles an organization has."""
    number: int = await tx.value("SELECT count(*) FROM roles WHERE organization_id = $1", organization_id)
    return number


async def update(
    tx: Transaction, organization_id: UUID, role_id: UUID, name: str, permissions: Sequence[str]
) -> bool:
    """Change a role's name and permissions; False, the transaction lost, when the name is taken."""
    try:
        await tx.execute(
            "UPDATE roles SET name = $3, permissions = $4 WHERE organization_id = $1 AND id = $2",
            organization_id, role_id, name, list(permissions),
        )  # fmt: skip
    except UniqueViolationError:
        return False
    return True


async def delete(tx: Transaction, organization_id: UUID, role_id: UUID) -> None:
    """Take the role from its holders and delete it."""
    await tx.execute(
        "DELETE FROM membership_roles WHERE organization_id = $1 AND role_id = $2", organization_id, role_id
    )
    await tx.execute("DELETE FROM roles WHERE organization_id = $1 AND id = $2", organization_id, role_id)


async def set_managed(
    tx: Transaction, lists: Mapping[str, list[str]], at: datetime, organization_id: UUID | None
) -> int:
    """Bring the managed roles of one or all organizations to these permissions; how many were not so before."""
    changed = 0
    for name, permissions in lists.items():
        changed += await tx.execute(
            "INSERT INTO roles (organization_id, id, name, permissions, managed, created_at)"
            " SELECT id, md5(id::text || ':' || $2)::uuid, $2, $3, true, $4 FROM organizations"
            " WHERE $1::uuid IS NULL OR id = $1 ORDER BY id"
            " ON CONFLICT (organization_id, name) DO UPDATE SET permissions = $3, managed = true"
            " WHERE roles.permissions <> $3 OR NOT roles.managed",
            organization_id,
            name,
            permissions,
            at,
        )
    return changed
