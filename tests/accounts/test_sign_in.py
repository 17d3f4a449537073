"""Signing in: who gets in, and how guessing is limited without locking out the owner."""

import asyncio

import pytest
from tests.accounts.conftest import LIFETIMES, LIMITS, Office

from latchstring.accounts import devices, people, sessions
from latchstring.accounts.passwords import hash_password
from latchstring.accounts.sign_in import (
    AccountDisabled,
    Door,
    Outcome,
    SignedIn,
    Throttled,
    WrongCredentials,
    change_password,
    sign_in,
)
from latchstring.audit.entries import HOST

PASSWORD = "correct horse battery staple"
HOME = Door("198.51.100.7", "Firefox")
EMAIL = "person1@example.com"


async def attempt(office: Office, password: str, door: Door = HOME, email: str = EMAIL) -> Outcome:
    """One attempt in a transaction of its own."""
    async with office.tx() as tx:
        return await sign_in(
            tx, office.keys, office.entropy, office.act,
            email=email, password=password, door=door, limits=LIMITS, lifetimes=LIFETIMES,
        )  # fmt: skip


async def make_mina(office: Office) -> None:
    """The person who signs in."""
    await office.user(await hash_password(PASSWORD))


async def test_the_right_password_begins_a_session_with_a_new_id(office: Office) -> None:
    """B036: every sign-in has a cookie of its own, of which only a digest is stored."""
    await make_mina(office)
    first, second = (
        await attempt(office, PASSWORD),
        await attempt(office, PASSWORD, email=" PERSON1@example.com "),
    )
    assert isinstance(first, SignedIn)
    assert isinstance(second, SignedIn)
    assert first.cookie != second.cookie
    assert len(first.cookie) == 64
    stored = await office.database.fetch("SELECT id FROM browser_sessions")
    assert {row["id"] for row in stored} == {
        sessions.digest_of(office.keys, s.cookie) for s in (first, second)
    }


@pytest.mark.row("R28")
async def test_an_unknown_account_and_a_wrong_password_are_answered_alike(office: Office) -> None:
    """Nobody learns who has an account, nor by odd addresses."""
    await make_mina(office)
    assert await attempt(office, "wrong") == WrongCredentials()
    for email in ("nobody@example.com", "", "a\x00b", "x" * 5000, "\ud800@example.com"):
        assert await attempt(office, PASSWORD, email=email) == WrongCredentials()


@pytest.mark.row("B078")
async def test_after_too_many_wrong_passwords_there_is_a_pause(office: Office) -> None:
    """The right password does not help during the pause, and does after it."""
    await make_mina(office)
    for _ in range(3):
        assert await attempt(office, "wrong") == WrongCredentials()
    office.move(minutes=5)
    assert await attempt(office, PASSWORD) == Throttled(600)
    office.move(minutes=10)
    assert isinstance(await attempt(office, PASSWORD), SignedIn)


async def test_guessing_pauses_for_accounts_that_do_not_exist_too(office: Office) -> None:
    """Being throttled tells nothing either."""
    for _ in range(3):
        assert await attempt(office, "wrong", email="nobody@example.com") == WrongCredentials()
    assert isinstance(await attempt(office, "wrong", email="NOBODY@example.com"), Throttled)


@pytest.mark.row("R28")
async def test_a_stranger_elsewhere_cannot_lock_out_the_owner(office: Office) -> None:
    """Wrong passwords from one network do not count in another; neighbours in a /24 or /64 are one network."""
    await make_mina(office)
    stranger = Door("203.0.113.9")
    for _ in range(3):
        await attempt(office, "wrong", stranger)
    assert isinstance(await attempt(office, "wrong", Door("203.0.113.77")), Throttled)
    assert isinstance(await attempt(office, PASSWORD), SignedIn)


@pytest.mark.row("R28")
async def test_a_known_device_gets_in_while_the_whole_account_is_under_attack(office: Office) -> None:
    """Past the limit over all networks unknown devices wait, and the owner's own device does not."""
    await make_mina(office)
    entered = await attempt(office, PASSWORD)
    assert isinstance(entered, SignedIn)
    for network in range(10):
        for _ in range(3):
            await attempt(office, "wrong", Door(f"192.0.{network}.1"))
    assert isinstance(await attempt(office, PASSWORD, Door("203.0.113.1")), Throttled)
    own = Door("192.0.3.1", "Firefox", entered.device_mark)
    assert isinstance(await attempt(office, PASSWORD, own), SignedIn)


async def test_a_stolen_or_forged_device_mark_guesses_no_more_than_any(office: Office) -> None:
    """A known device has the same limit for itself; a mark of somebody else's counts as none."""
    await make_mina(office)
    entered = await attempt(office, PASSWORD)
    assert isinstance(entered, SignedIn)
    for _ in range(3):
        assert (
            await attempt(office, "wrong", Door("203.0.113.1", "", entered.device_mark)) == WrongCredentials()
        )
    assert isinstance(await attempt(office, "wrong", Door("203.0.113.2", "", entered.device_mark)), Throttled)
    other = await office.user()
    for mark in (
        entered.device_mark[:-1] + "x",
        "",
        "x" * 200,
        "é",
        devices.new_mark(office.keys, office.entropy, other.id),
    ):
        assert devices.device_of(office.keys, mark, entered.user.id) is None


@pytest.mark.row("B078")
async def test_many_guesses_at_once_are_counted_one_by_one(office: Office) -> None:
    """Twenty at the same moment are not checked for the price of one."""
    await make_mina(office)
    outcomes = await asyncio.gather(*(attempt(office, f"wrong {number}") for number in range(20)))
    assert outcomes.count(WrongCredentials()) == 3
    assert sum(isinstance(outcome, Throttled) for outcome in outcomes) == 17


async def test_a_success_forgives_what_was_mistyped(office: Office) -> None:
    """Two wrong and one right, again and again, never leads to a pause."""
    await make_mina(office)
    for _ in range(4):
        await attempt(office, "wrong")
        await attempt(office, "wrong")
        assert isinstance(await attempt(office, PASSWORD), SignedIn)


async def test_counters_that_are_over_do_not_pile_up(office: Office) -> None:
    """Later failures delete earlier counters: there is no clean-up job."""
    for number in range(10):
        await attempt(office, "wrong", Door(f"192.0.{number}.1"), f"nobody{number}@example.com")
    office.move(hours=1)
    for number in range(10):
        await attempt(office, "wrong", Door("203.0.113.1"), f"somebody{number}@example.com")
    (row,) = await office.database.fetch("SELECT count(*) FROM sign_in_failures")
    assert row["count"] <= 21


async def test_a_disabled_account_is_told_so_only_with_the_right_password(office: Office) -> None:
    """Others learn nothing."""
    await make_mina(office)
    async with office.tx() as tx:
        mina = await people.find_by_email(tx, EMAIL)
        assert mina is not None
        await people.disable(tx, office.act, mina.id)
    assert await attempt(office, "wrong") == WrongCredentials()
    assert await attempt(office, PASSWORD) == AccountDisabled()


@pytest.mark.row("B090")
async def test_sign_ins_and_failures_are_in_the_log_without_the_password(office: Office) -> None:
    """Security events are audited; what was typed is not."""
    await make_mina(office)
    await attempt(office, "hunter2 hunter2")
    await attempt(office, PASSWORD)
    assert (await office.audited(HOST))[1:] == ["user.sign_in_failed", "user.signed_in"]
    rows = await office.database.fetch("SELECT * FROM audit_entries")
    assert not any("hunter2" in str(dict(row)) for row in rows)


@pytest.mark.row("B038")
async def test_changing_the_password_ends_all_other_sessions(office: Office) -> None:
    """The session in which it was changed lives on; the old password is dead."""
    await make_mina(office)
    here, elsewhere = await attempt(office, PASSWORD), await attempt(office, PASSWORD)
    assert isinstance(here, SignedIn)
    assert isinstance(elsewhere, SignedIn)
    digests = [sessions.digest_of(office.keys, entered.cookie) for entered in (here, elsewhere)]
    async with office.tx() as tx:
        wrong = await change_password(
            tx, office.keys, office.act, here.user.id,
            current="wrong", new="another long password", limits=LIMITS, keep=digests[0],
        )  # fmt: skip
        assert wrong == WrongCredentials()
        done = await change_password(
            tx, office.keys, office.act, here.user.id,
            current=PASSWORD, new="another long password", limits=LIMITS, keep=digests[0],
        )  # fmt: skip
        assert done is None
        assert tx.revoking
    found = await sessions.read_sessions(office.database, digests, office.now, LIFETIMES.idle)
    assert [session is not None for session in found] == [True, False]
    assert await attempt(office, PASSWORD) == WrongCredentials()
    assert isinstance(await attempt(office, "another long password"), SignedIn)


def test_addresses_are_counted_by_network() -> None:
    """/24 of IPv4, also inside IPv6; /64 of IPv6; whatever else is one network."""
    assert devices.network_of("203.0.113.9") == "203.0.113.0/24"
    assert devices.network_of("::ffff:203.0.113.9") == "203.0.113.0/24"
    assert devices.network_of("2001:db8::1:2:3:4") == "2001:db8::/64"
    assert devices.network_of("fe80::1%eth0") == "fe80::/64"
    assert devices.network_of("") == devices.network_of("nonsense") == "unknown"


@pytest.mark.row("R28", "B112")
async def test_a_flood_of_guesses_makes_strangers_wait_and_not_a_known_device(office: Office) -> None:
    """While passwords queue for a thread, an unknown device is told to come again, uncounted; a known one gets in."""
    await make_mina(office)
    entered = await attempt(office, PASSWORD)
    assert isinstance(entered, SignedIn)
    flood = [asyncio.create_task(hash_password(PASSWORD)) for _ in range(40)]
    await asyncio.sleep(0)
    for _ in range(5):
        assert await attempt(office, PASSWORD) == Throttled(2)
    own = Door("192.0.2.1", "Firefox", entered.device_mark)
    assert isinstance(await attempt(office, PASSWORD, own), SignedIn)
    await asyncio.gather(*flood)
    assert isinstance(await attempt(office, PASSWORD), SignedIn)
