"""The audit log: written with what it tells, read by organization, changed by nobody."""

from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import pytest

from latchstring.audit.entries import Act, entries, record
from latchstring.storage.database import Database

ACT = Act("user:mina", datetime(2026, 11, 23, 12, tzinfo=UTC), "r1")


async def test_an_entry_is_there_only_if_what_it_tells_is(database: Database) -> None:
    """A transaction that is rolled back leaves no entry."""
    acme = uuid4()
    with pytest.raises(RuntimeError):
        async with database.transaction() as tx:
            await record(tx, ACT, acme, "app.created")
            raise RuntimeError
    async with database.transaction() as tx:
        assert await entries(tx, acme) == []


async def test_entries_are_read_newest_first_page_by_page_and_by_organization(database: Database) -> None:
    """R21: another organization's entries are never among them."""
    acme, other, client = uuid4(), uuid4(), uuid4()
    async with database.transaction() as tx:
        for number in range(5):
            details = {"number": number}
            await record(tx, ACT, acme, "client.updated", subject=client, client_id=client, details=details)
            await record(tx, ACT, other, "client.updated")
    async with database.transaction() as tx:
        first = await entries(tx, acme, limit=3)
        second = await entries(tx, acme, before=first[-1].id, limit=3)
    assert [entry.details["number"] for entry in first + second] == [4, 3, 2, 1, 0]
    assert (first[0].actor, first[0].at, first[0].client_id) == (ACT.actor, ACT.at, client)
    assert (first[0].subject, first[0].request_id) == (str(client), "r1")


@pytest.mark.row("B090", "R27")
@pytest.mark.parametrize(
    "sql",
    ["UPDATE audit_entries SET actor = 'nobody'", "DELETE FROM audit_entries", "TRUNCATE audit_entries"],
)
async def test_nobody_can_change_what_happened(database: Database, sql: str) -> None:
    """The database itself refuses, whoever asks."""
    async with database.transaction() as tx:
        await record(tx, ACT, uuid4(), "app.created")
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        await database.fetch(sql)
