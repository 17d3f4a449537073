"""Roles: what the managed ones hold, how custom ones are made, and that permissions follow at once."""

import asyncio
from dataclasses import replace
from types import MappingProxyType

import pytest
from tests.accounts.conftest import CONTRACT, Office

from latchstring.accounts import roles
from latchstring.accounts.permissions import PLATFORM_PERMISSIONS
from latchstring.accounts.refused import Conflict, Forbidden, Missing, Refused
from latchstring.accounts.store import roles as store


def test_the_managed_roles_follow_from_the_contract() -> None:
    """Admin holds all; Standard reads all and writes what is not high-risk; Read Only reads all."""
    held = roles.managed_permissions(CONTRACT)
    scopes = CONTRACT.scopes
    assert set(held["Admin"]) == set(scopes) | set(PLATFORM_PERMISSIONS)
    assert not set(held["Standard"]) & set(PLATFORM_PERMISSIONS)
    assert "api_keys_write" not in held["Standard"]
    for name in held["Standard"]:
        assert scopes[name].access == "read" or scopes[name].risk in ("low", "medium")
    assert set(held["Read Only"]) == {name for name, scope in scopes.items() if scope.access == "read"}


async def test_managed_roles_are_brought_up_to_date_with_a_changed_contract(office: Office) -> None:
    """A scope that leaves the contract leaves every holder; nothing changes when nothing has."""
    acme, mina = await office.organization(), await office.user()
    await office.join(acme.id, mina.id, "Admin")
    scopes = {name: scope for name, scope in CONTRACT.scopes.items() if name != "monitors_write"}
    smaller = replace(CONTRACT, scopes=MappingProxyType(scopes))
    async with office.tx() as tx:
        assert await roles.sync_managed(tx, smaller, office.now) > 0
        assert tx.revoking
    assert "monitors_write" not in await office.permissions(acme.id, mina.id)
    async with office.tx() as tx:
        assert await roles.sync_managed(tx, smaller, office.now) == 0
        assert not tx.revoking


async def test_a_member_holds_the_sum_of_their_roles_and_no_more(office: Office) -> None:
    """Permissions follow when roles are given, changed and deleted."""
    acme, mina = await office.organization(), await office.user()
    async with office.tx() as tx:
        custom = await roles.create(
            tx, office.contract, office.entropy, office.act, acme.id,
            name="Responders", permissions=["monitors_write", "audit_read"], ceiling=None,
        )  # fmt: skip
    await office.join(acme.id, mina.id, "Read Only", "Responders")
    held = await office.permissions(acme.id, mina.id)
    assert {"monitors_read", "monitors_write", "audit_read"} <= held
    async with office.tx() as tx:
        await roles.update(
            tx, office.contract, office.act, acme.id, custom.id, permissions=["events_read"], ceiling=None
        )
        assert tx.revoking
    assert "monitors_write" not in await office.permissions(acme.id, mina.id)
    async with office.tx() as tx:
        await roles.delete(tx, office.act, acme.id, custom.id)
    assert "audit_read" not in await office.permissions(acme.id, mina.id)


async def test_a_managed_role_cannot_be_changed_or_deleted(office: Office) -> None:
    """They follow from the contract alone."""
    acme = await office.organization()
    async with office.tx() as tx:
        admin = next(role for role in await store.roles(tx, acme.id) if role.name == "Admin")
        with pytest.raises(Conflict):
            await roles.update(
                tx, office.contract, office.act, acme.id, admin.id, permissions=[], ceiling=None
            )
        with pytest.raises(Conflict):
            await roles.delete(tx, office.act, acme.id, admin.id)


async def test_nobody_gives_what_they_do_not_hold(office: Office) -> None:
    """Who may manage members can't make themselves an administrator by it."""
    acme, mina = await office.organization(), await office.user()
    await office.join(acme.id, mina.id, "Read Only")
    mine = frozenset({"members_manage", "monitors_read"})
    async with office.tx() as tx:
        with pytest.raises(Forbidden):
            await roles.create(
                tx, office.contract, office.entropy, office.act, acme.id,
                name="More", permissions=["audit_read"], ceiling=mine,
            )  # fmt: skip
        (admin,) = await roles.named(tx, acme.id, ["Admin"])
        with pytest.raises(Forbidden):
            await roles.assign(tx, office.act, acme.id, mina.id, [admin], ceiling=mine)


async def test_a_role_of_another_organization_does_not_exist(office: Office) -> None:
    """R21: a foreign role can be neither read nor given."""
    acme, other, mina = await office.organization(), await office.organization("Other"), await office.user()
    await office.join(acme.id, mina.id, "Read Only")
    async with office.tx() as tx:
        (foreign,) = await roles.named(tx, other.id, ["Admin"])
        with pytest.raises(Missing):
            await roles.get(tx, acme.id, foreign)
        with pytest.raises(Missing):
            await roles.assign(tx, office.act, acme.id, mina.id, [foreign], ceiling=None)


async def test_a_role_needs_known_permissions_and_a_name_of_its_own(office: Office) -> None:
    """Unknown permissions are named, and two roles can't share a name."""
    acme = await office.organization()

    async def make(name: str, permissions: list[str]) -> None:
        async with office.tx() as tx:
            await roles.create(
                tx, office.contract, office.entropy, office.act, acme.id,
                name=name, permissions=permissions, ceiling=None,
            )  # fmt: skip

    with pytest.raises(Refused, match="bogus"):
        await make("Role", ["monitors_read", "bogus"])
    await make("Role", [])
    for name in ("Role", "Admin"):
        with pytest.raises(Conflict):
            await make(name, [])


@pytest.mark.row("R14", "R26")
@pytest.mark.parametrize("role_first", [True, False])
async def test_two_changes_at_once_leave_no_permission_behind(office: Office, role_first: bool) -> None:
    """A role loses a permission while its holder is given another role: the member ends with exactly their roles."""
    acme, mina = await office.organization(), await office.user()
    async with office.tx() as tx:
        first, second = [
            await roles.create(
                tx, office.contract, office.entropy, office.act, acme.id,
                name=name, permissions=held, ceiling=None,
            )
            for name, held in (("First", ["audit_read", "monitors_read"]), ("Second", ["events_read"]))
        ]  # fmt: skip
    await office.join(acme.id, mina.id, "First")

    async def lose() -> None:
        async with office.tx() as tx:
            await roles.update(
                tx,
                office.contract,
                office.act,
                acme.id,
                first.id,
                permissions=["monitors_read"],
                ceiling=None,
            )
            await asyncio.sleep(0.2)

    async def gain() -> None:
        async with office.tx() as tx:
            both = [first.id, second.id]
            await roles.assign(tx, office.act, acme.id, mina.id, both, ceiling=None)
            await asyncio.sleep(0.2)

    started = asyncio.create_task(lose() if role_first else gain())
    await asyncio.sleep(0.1)
    await (gain() if role_first else lose())
    await started
    assert await office.permissions(acme.id, mina.id) == {"monitors_read", "events_read"}
