"""Roles: three managed ones that follow from the contract, and custom ones of each organization."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from latchstring.accounts.model import Role
from latchstring.accounts.permissions import PLATFORM_PERMISSIONS, unknown
from latchstring.accounts.refused import Conflict, Forbidden, Missing, Refused
from latchstring.accounts.store import people
from latchstring.accounts.store import roles as store
from latchstring.accounts.texts import checked_name
from latchstring.audit.entries import Act, record
from latchstring.contract.model import Contract
from latchstring.kit.entropy import Entropy
from latchstring.storage.database import Transaction

ADMIN, STANDARD, READ_ONLY = "Admin", "Standard", "Read Only"
_MOST = 200


def managed_permissions(contract: Contract) -> dict[str, list[str]]:
    """What the managed roles may do.

    Admin: everything. Standard: read all, write what is of low or medium risk, administer nothing.
    Read Only: read all.
    """
    scopes = contract.scopes
    read = {name for name, scope in scopes.items() if scope.access == "read"}
    harmless = {name for name, scope in scopes.items() if scope.risk != "high"}
    return {
        ADMIN: sorted({*scopes, *PLATFORM_PERMISSIONS}),
        STANDARD: sorted(read | harmless),
        READ_ONLY: sorted(read),
    }


async def sync_managed(
    tx: Transaction, contract: Contract, now: datetime, organization_id: UUID | None = None
) -> int:
    """Bring managed roles up to date with the contract, of all organizations unless one is named.

    To be called after each migration. Answers how many roles changed.
    """
    changed = await store.set_managed(tx, managed_permissions(contract), now, organization_id)
    if changed and organization_id is None:
        tx.revokes()
    return changed


async def named(tx: Transaction, organization_id: UUID, names: Iterable[str]) -> list[UUID]:
    """The ids of roles by their names.

    Raises:
        Missing: the organization has no such role.
    """
    known = {role.name: role.id for role in await store.roles(tx, organization_id)}
    for name in names:
        if name not in known:
            raise Missing(f"role as {name}", field="roles")
    return [known[name] for name in names]


async def create(
    tx: Transaction,
    contract: Contract,
    entropy: Entropy,
    act: Act,
    organization_id: UUID,
    *,
    name: str,
    permissions: Sequence[str],
    ceiling: frozenset[str] | None,
) -> Role:
    """A custom role with at most `ceiling` in it: what its maker may do (None: the host)."""
    held = _checked_permissions(contract, permissions, ceiling)
    new = Role(entropy.uuid(), checked_name(name, limit=100), held, False, act.at)
    if await store.count(tx, organization_id) >= _MOST:
        raise Conflict(f"an organization can have at most {_MOST} roles")
    if not await store.insert(tx, organization_id, new):
        raise Conflict("is the name of another role", field="name")
    await record(tx, act, organization_id, "role.created", subject=new.name, details={"permissions": held})
    return new


async def update(
    tx: Transaction,
    contract: Contract,
    act: Act,
    organization_id: UUID,
    role_id: UUID,
    *,
    name: str | None = None,
    permissions: Sequence[str] | None = None,
    ceiling: frozenset[str] | None,
) -> Role:
    """Another name or other permissions for a custom role; in force at once for all who hold it."""
    role = await _custom(tx, organization_id, role_id)
    held = role.permissions if permissions is None else _checked_permissions(contract, permissions, ceiling)
    called = role.name if name is None else checked_name(name, limit=100)
    tx.revokes()
    if not await store.update(tx, organization_id, role_id, called, held):
        raise Conflict("is the name of another role", field="name")
    await record(tx, act, organization_id, "role.updated", subject=called, details={"permissions": held})
    return Role(role.id, called, held, False, role.created_at)


async def delete(tx: Transaction, act: Act, organization_id: UUID, role_id: UUID) -> None:
    """Delete a custom role and take it from all who hold it."""
    role = await _custom(tx, organization_id, role_id)
    tx.revokes()
    await store.delete(tx, organization_id, role_id)
    await record(tx, act, organization_id, "role.deleted", subject=role.name)


async def get(tx: Transaction, organization_id: UUID, role_id: UUID | None) -> Role:
    """The role.

    Raises:
        Missing: the organization has none of that id.
    """
    role = await store.find(tx, organization_id, role_id) if role_id else None
    if role is None:
        raise Missing("role")
    return role


async def assign(
    tx: Transaction,
    act: Act,
    organization_id: UUID,
    user_id: UUID,
    role_ids: Sequence[UUID],
    *,
    ceiling: frozenset[str] | None,
) -> None:
    """Give a member exactly these roles; none of them may hold more than `ceiling` (None: the host)."""
    found = {role.id: role for role in await store.roles(tx, organization_id)}
    for role_id in role_ids:
        if role_id not in found:
            raise Missing("role", field="roles")
    before = await people.member(tx, organization_id, user_id)
    had = {role.id for role in before.roles} if before else set()
    for role_id in set(role_ids) - had:
        _checked_ceiling(found[role_id].permissions, ceiling, field="roles")
    tx.revokes()
    await people.set_roles(tx, organization_id, user_id, role_ids)
    names = sorted(found[role_id].name for role_id in set(role_ids))
    await record(tx, act, organization_id, "member.roles_set", subject=user_id, details={"roles": names})


async def _custom(tx: Transaction, organization_id: UUID, role_id: UUID) -> Role:
    role = await get(tx, organization_id, role_id)
    if role.managed:
        raise Conflict("a managed role follows from the contract and can't be changed")
    return role


def _checked_permissions(
    contract: Contract, permissions: Sequence[str], ceiling: frozenset[str] | None
) -> list[str]:
    if strangers := unknown(contract, permissions):
        raise Refused(f"there is no permission {strangers[0][:100]!r}", field="permissions")
    held = sorted(set(permissions))
    _checked_ceiling(held, ceiling, field="permissions")
    return held


def _checked_ceiling(permissions: Iterable[str], ceiling: frozenset[str] | None, *, field: str) -> None:
    if ceiling is not None and (beyond := sorted(set(permissions) - ceiling)):
        raise Forbidden(f"you can't give {beyond[0]}, which you don't hold yourself", field=field)
