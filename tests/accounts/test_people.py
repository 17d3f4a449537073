"""People: made once, members of several organizations, taken out of one, disabled."""

import pytest
from tests.accounts.conftest import LIFETIMES, Office

from latchstring.accounts import people, sessions
from latchstring.accounts.refused import Conflict, Missing
from latchstring.accounts.store import people as store
from latchstring.audit.entries import HOST


async def test_an_email_address_is_one_persons_in_whatever_case(office: Office) -> None:
    """Found in any case and trimmed; a second account with it is refused."""
    mina = await office.user()
    async with office.tx() as tx:
        assert await people.find_by_email(tx, " PERSON1@EXAMPLE.COM ") == mina
        assert await people.find_by_email(tx, "per\x00son1@example.com") is None
    with pytest.raises(Conflict):
        async with office.tx() as tx:
            await people.create(tx, office.entropy, office.act, email="pERSON1@example.com", name="Twin")


async def test_a_person_belongs_to_several_organizations_with_their_own_roles(office: Office) -> None:
    """What somebody may do is said per organization."""
    acme, other, mina = await office.organization(), await office.organization("Other"), await office.user()
    await office.join(acme.id, mina.id, "Admin")
    await office.join(other.id, mina.id, "Read Only")
    async with office.tx() as tx:
        found = {
            membership.organization_id: membership
            for membership in await sessions.memberships_of(tx, mina.id)
        }
        lines = await store.members(tx, acme.id, None, 10)
    assert "audit_read" in found[acme.id].permissions
    assert "monitors_write" not in found[other.id].permissions
    assert [(line.user_id, [role.name for role in line.roles]) for line in lines] == [(mina.id, ["Admin"])]


async def test_leaving_an_organization_ends_what_was_held_there_and_coming_back_brings_nothing(
    office: Office,
) -> None:
    """Roles go with the membership; a new membership begins with the roles it is given."""
    acme, mina = await office.organization(), await office.user()
    await office.join(acme.id, mina.id, "Admin")
    async with office.tx() as tx:
        await people.end_membership(tx, office.act, acme.id, mina.id)
        assert tx.revoking
        assert not await store.is_member(tx, acme.id, mina.id)
        with pytest.raises(Missing):
            await people.end_membership(tx, office.act, acme.id, mina.id)
    assert await office.permissions(acme.id, mina.id) == frozenset()
    await office.join(acme.id, mina.id)
    assert await office.permissions(acme.id, mina.id) == frozenset()
    assert "member.removed" in await office.audited(acme.id)


async def test_disabling_a_person_ends_their_sessions_for_good(office: Office) -> None:
    """B069: the session is gone at once, and enabling does not bring it back."""
    mina = await office.user()
    async with office.tx() as tx:
        cookie = await sessions.begin(
            tx, office.keys, office.entropy, office.now, mina.id, lifetimes=LIFETIMES
        )
    digest = sessions.digest_of(office.keys, cookie)
    async with office.tx() as tx:
        await people.disable(tx, office.act, mina.id)
        assert tx.revoking
    assert await sessions.read_sessions(office.database, [digest], office.now, LIFETIMES.idle) == [None]
    async with office.tx() as tx:
        await people.enable(tx, office.act, mina.id)
    assert await sessions.read_sessions(office.database, [digest], office.now, LIFETIMES.idle) == [None]
    assert await office.audited(HOST) == ["user.created", "user.disabled", "user.enabled"]
