"""Browser sessions: read in batches, limited by what is true now, and ended."""

from uuid import UUID, uuid4

import pytest
from tests.accounts.conftest import LIFETIMES, Office

from latchstring.accounts import organizations, people, sessions
from latchstring.accounts.refused import Missing
from latchstring.accounts.sessions import BrowserSession
from latchstring.storage.keys import Key, KeyRing


async def begin(office: Office, user_id: UUID) -> bytes:
    """A new session's digest."""
    async with office.tx() as tx:
        cookie = await sessions.begin(
            tx, office.keys, office.entropy, office.now, user_id,
            lifetimes=LIFETIMES, address="198.51.100.7", user_agent="Fire\x00fox",
        )  # fmt: skip
    return sessions.digest_of(office.keys, cookie)


async def read(office: Office, *digests: bytes) -> list[BrowserSession | None]:
    """The sessions of some digests now."""
    return await sessions.read_sessions(office.database, digests, office.now, LIFETIMES.idle)


async def test_a_session_knows_its_person_organization_and_permissions(office: Office) -> None:
    """One query answers for many digests, in their order; the unknown are None."""
    acme, mina = await office.organization(subdomain="acme"), await office.user()
    await office.join(acme.id, mina.id, "Read Only")
    digest = await begin(office, mina.id)
    missing, session, again = await read(office, b"unknown", digest, digest)
    assert missing is None
    assert session == again
    assert session is not None
    assert (session.user_id, session.email, session.user_name) == (mina.id, mina.email, mina.name)
    assert (session.organization_id, session.organization_subdomain) == (acme.id, "acme")
    assert "monitors_read" in session.permissions


async def test_a_session_ends_at_its_age_and_without_use(office: Office) -> None:
    """Idle for longer than a day, or older than two weeks, it is over."""
    mina = await office.user()
    digest = await begin(office, mina.id)
    for _ in range(13):
        office.move(hours=23)
        (session,) = await read(office, digest)
        assert session is not None
        async with office.tx() as tx:
            await sessions.touch(tx, session, office.now)
    office.move(hours=24.1)
    assert await read(office, digest) == [None]
    other = await begin(office, mina.id)
    for _ in range(15):
        office.move(hours=23)
        async with office.tx() as tx:
            await tx.execute("UPDATE browser_sessions SET last_seen_at = $1 WHERE id = $2", office.now, other)
    assert await read(office, other) == [None]


async def test_losing_the_membership_or_the_organization_leaves_a_session_without_one(office: Office) -> None:
    """R14: the session lives, but acts nowhere and may do nothing."""
    acme, other, mina = await office.organization(), await office.organization("Other"), await office.user()
    await office.join(acme.id, mina.id, "Admin")
    digest = await begin(office, mina.id)
    async with office.tx() as tx:
        await organizations.disable(tx, office.act, acme.id)
    (session,) = await read(office, digest)
    assert session is not None
    assert (session.organization_id, session.organization_name, session.permissions) == (
        None,
        None,
        frozenset(),
    )
    async with office.tx() as tx:
        await organizations.enable(tx, office.act, acme.id)
        await people.end_membership(tx, office.act, acme.id, mina.id)
    (session,) = await read(office, digest)
    assert session is not None
    assert session.organization_id is None
    async with office.tx() as tx:
        for organization_id in (acme.id, other.id, uuid4()):
            with pytest.raises(Missing):
                await sessions.switch_organization(tx, session, organization_id)


async def test_the_active_organization_can_be_switched_to_own_ones_only(office: Office) -> None:
    """B063: another's organization is as good as none."""
    acme, other, third = [await office.organization(name) for name in ("Acme", "Other", "Third")]
    mina = await office.user()
    await office.join(acme.id, mina.id, "Admin")
    await office.join(other.id, mina.id, "Read Only")
    digest = await begin(office, mina.id)
    (session,) = await read(office, digest)
    assert session is not None
    assert session.organization_id == acme.id
    async with office.tx() as tx:
        await sessions.switch_organization(tx, session, other.id)
        with pytest.raises(Missing):
            await sessions.switch_organization(tx, session, third.id)
    (session,) = await read(office, digest)
    assert session is not None
    assert session.organization_id == other.id
    assert "audit_read" not in session.permissions


@pytest.mark.row("B038")
async def test_sessions_are_listed_and_ended_by_their_owner_only(office: Office) -> None:
    """Each has a public id that opens nothing; a stranger's is as good as none."""
    mina, eve = await office.user(), await office.user()
    here, there = await begin(office, mina.id), await begin(office, mina.id)
    async with office.tx() as tx:
        lines = await sessions.sessions_of(tx, mina.id, office.now, LIFETIMES.idle)
        assert {line.id for line in lines} == {sessions.public_id(here), sessions.public_id(there)}
        assert {line.user_agent for line in lines} == {"Fire fox"}
        with pytest.raises(Missing):
            await sessions.end_one_of(tx, eve.id, sessions.public_id(there), office.now, LIFETIMES.idle)
        await sessions.end_one_of(tx, mina.id, sessions.public_id(there), office.now, LIFETIMES.idle)
        assert tx.revoking
    assert [session is not None for session in await read(office, here, there)] == [True, False]
    async with office.tx() as tx:
        assert await sessions.end_all_of(tx, mina.id, office.now, but=here) == 0
        assert await sessions.end_all_of(tx, mina.id, office.now) == 1
    assert await read(office, here) == [None]


@pytest.mark.row("B084")
async def test_one_person_has_a_bounded_number_of_sessions(office: Office) -> None:
    """The least used ones give way to new ones, and ended ones are deleted."""
    mina = await office.user()
    digests = []
    for _ in range(55):
        office.move(seconds=1)
        digests.append(await begin(office, mina.id))
    found = await read(office, *digests)
    assert [session is not None for session in found] == [False] * 5 + [True] * 50


def test_a_csrf_token_is_bound_to_the_session_and_to_its_purpose() -> None:
    """B034: another session's token, or one for another purpose, does not fit; nor does nonsense."""
    keys = KeyRing([Key(1, "11" * 32)])
    token = sessions.csrf_token(keys, b"session one", "sign-out")
    assert sessions.csrf_token_fits(keys, token, b"session one", "sign-out")
    assert not sessions.csrf_token_fits(keys, token, b"session two", "sign-out")
    assert not sessions.csrf_token_fits(keys, token, b"session one", "consent")
    assert not sessions.csrf_token_fits(keys, token, b"session onesign-", "out")
    for nonsense in ("", "x", token[:-1], token + "0", "é", "\ud800"):
        assert not sessions.csrf_token_fits(keys, nonsense, b"session one", "sign-out")


@pytest.mark.row("B110")
def test_a_csrf_token_survives_the_rotation_of_the_keys() -> None:
    """Made under the old key, it fits while that key is still in the ring."""
    old, new = Key(1, "11" * 32), Key(2, "22" * 32)
    token = sessions.csrf_token(KeyRing([old]), "visit", "sign-in")
    assert sessions.csrf_token_fits(KeyRing([old, new]), token, "visit", "sign-in")
    assert not sessions.csrf_token_fits(KeyRing([new]), token, "visit", "sign-in")
