"""The audit log is sealed in a safe order, and what is done to it afterwards is found."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from latchstring.audit import chain
from latchstring.audit.entries import Act, record
from latchstring.audit.verification import Head, Verified, state_of, verify
from latchstring.storage.database import Database

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ACT = Act("user:mina", NOW, "r1")
ACME, OTHER = UUID(int=1), UUID(int=2)


async def write(database: Database, *numbers: int, organization_id: UUID = ACME) -> None:
    """Entries, each in a transaction of its own."""
    for number in numbers:
        async with database.transaction() as tx:
            details = {"number": number, "b": "가", "a": None}
            await record(tx, ACT, organization_id, "app.created", client_id=uuid4(), details=details)


async def seal(database: Database, limit: int = 500) -> list[object]:
    """Seal once; the numbers of the entries taken."""
    async with database.transaction() as tx:
        return [one.entry.details["number"] for one in await chain.seal(tx, NOW, limit)]


async def tamper(database: Database, *statements: str) -> None:
    """What a superuser can do: triggers of the tables do not run for this session."""
    async with database.transaction() as tx:
        await tx.execute("SET LOCAL session_replication_role = replica")
        for sql in statements:
            await tx.execute(sql)


async def found(database: Database, *heads: Head) -> Verified:
    """Acme's chain, verified."""
    return await verify(database, ACME, NOW, heads)


async def test_an_entry_is_taken_when_no_earlier_one_can_appear(database: Database) -> None:
    """A transaction that began first and commits last comes first: nothing is passed over."""
    began, may_commit = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with database.transaction() as tx:
            await record(tx, ACT, ACME, "app.created", details={"number": 1})
            began.set()
            await may_commit.wait()

    task = asyncio.ensure_future(slow())
    await began.wait()
    await write(database, 2)
    assert await seal(database) == []
    may_commit.set()
    await task
    assert await seal(database) == [1, 2]
    assert await seal(database) == []


@pytest.mark.row("B090", "R26")
async def test_many_sealers_and_writers_at_once_lose_and_double_nothing(database: Database) -> None:
    """Several workers seal while others write and some roll back: one chain for each, whole."""
    taken: list[object] = []
    writing = True

    async def sealer() -> None:
        while writing:
            taken.extend(await seal(database, 7))
            await asyncio.sleep(0)

    async def rolled_back() -> None:
        for number in range(1000, 1020):
            with pytest.raises(ZeroDivisionError):
                async with database.transaction() as tx:
                    await record(tx, ACT, ACME, "app.created", details={"number": number})
                    raise ZeroDivisionError

    sealers = [asyncio.ensure_future(sealer()) for _ in range(2)]
    await asyncio.gather(
        write(database, *range(60)), write(database, *range(60, 120), organization_id=OTHER), rolled_back()
    )
    writing = False
    await asyncio.gather(*sealers)
    while more := await seal(database):
        taken.extend(more)
    assert sorted(taken, key=str) == sorted(range(120), key=str)
    for organization_id in (ACME, OTHER):
        verified = await verify(database, organization_id, NOW)
        assert (verified.broken, verified.head.sequence) == (None, 60)
    async with database.transaction() as tx:
        state = await state_of(tx, ACME)
    assert (state.sequence, state.verified, state.verified_at, state.broken) == (60, 60, NOW, "")


@pytest.mark.row("B090", "R27")
@pytest.mark.parametrize(
    ("fault", "sequence", "statements"),
    [
        ("changed", 3, ["UPDATE audit_entries SET actor = 'user:nobody' WHERE details->>'number' = '3'"]),
        ("changed", 2, ["UPDATE audit_entries SET details = details || '{\"a\": 0}' WHERE details->>'number' = '2'"]),
        ("changed", 1, ["UPDATE audit_entries SET at = at + interval '1 microsecond' WHERE details->>'number' = '1'"]),
        ("changed", 5, ["UPDATE audit_chain SET hash = sha256(hash) WHERE sequence = 5"]),
        ("removed", 4, ["DELETE FROM audit_entries WHERE details->>'number' = '4'"]),
        ("link_removed", 2, [
            "DELETE FROM audit_entries WHERE details->>'number' = '2'",
            "DELETE FROM audit_chain WHERE sequence = 2",
        ]),
        ("inserted", None, [
            "INSERT INTO audit_entries (organization_id, at, action, actor, xid)"
            " SELECT organization_id, at, action, actor, xid FROM audit_entries WHERE details->>'number' = '3'",
            "UPDATE audit_sealing SET entry_id = entry_id + 1",
        ]),
    ],
)  # fmt: skip
async def test_whatever_is_done_to_the_log_is_found_and_named(
    database: Database, fault: str, sequence: int | None, statements: list[str]
) -> None:
    """An entry that is changed, removed or slipped in, by somebody whom the database obeys."""
    await write(database, 1, 2, 3, 4, 5)
    await seal(database)
    assert (await found(database)).broken is None
    await tamper(database, *statements)
    broken = (await found(database)).broken
    assert broken is not None
    assert (broken.fault, broken.sequence) == (fault, sequence)
    async with database.transaction() as tx:
        assert (await state_of(tx, ACME)).broken == fault


@pytest.mark.row("R27")
async def test_a_head_that_was_kept_finds_a_log_that_was_cut_off_or_written_anew(database: Database) -> None:
    """Without it, a log whose end is gone looks whole; so does one that somebody sealed again."""
    await write(database, 1, 2, 3)
    await seal(database)
    head = (await found(database)).head
    await tamper(
        database,
        "DELETE FROM audit_entries WHERE details->>'number' = '3'",
        "DELETE FROM audit_chain WHERE sequence = 3",
    )
    assert (await found(database)).broken is None
    broken = (await found(database, head)).broken
    assert broken is not None
    assert (broken.fault, broken.sequence) == ("link_removed", 3)
    await write(database, 4)
    await seal(database)
    broken = (await found(database, head)).broken
    assert broken is not None
    assert (broken.fault, broken.sequence) == ("other_head", 3)


@pytest.mark.row("B111")
async def test_sealing_goes_on_in_the_cluster_that_a_backup_was_restored_into(database: Database) -> None:
    """There transactions are counted anew, from below what the backup remembers."""
    await write(database, 1, 2)
    await seal(database)
    await write(database, 3)
    await tamper(
        database,
        "UPDATE audit_sealing SET cluster = 'another', xid = '9000000000'",
        "UPDATE audit_entries SET xid = '9000000000'",
    )
    await write(database, 4)
    assert await seal(database) == [3, 4]
    await write(database, 5)
    assert await seal(database) == [5]
    assert (await found(database)).broken is None


async def test_the_chain_cannot_be_edited_either(database: Database) -> None:
    """The database refuses, whoever asks by the doors it has."""
    await write(database, 1)
    await seal(database)
    for sql in ("UPDATE audit_chain SET sequence = 9", "DELETE FROM audit_chain", "TRUNCATE audit_chain"):
        with pytest.raises(Exception, match="append-only"):
            await database.fetch(sql)
