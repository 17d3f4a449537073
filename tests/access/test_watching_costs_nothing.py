"""Clients that nobody tests pay nothing for those that somebody does."""

import pytest
from tests.world import World

from latchstring.storage.database import Database, Row


@pytest.mark.row("B7")
async def test_a_call_asks_the_database_as_often_as_ever(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that is not watched: its authorization is read once, and nothing is written in the request."""
    asked: list[str] = []
    fetch = Database.fetch

    async def counted(database: Database, sql: str, *arguments: object) -> list[Row]:
        asked.append(sql)
        return await fetch(database, sql, *arguments)

    partner = await world.partner()
    await world.sign_in(partner.developer)
    flow = await world.flow(partner.developer, partner)
    monkeypatch.setattr(Database, "fetch", counted)
    assert (await world.call(flow.access)).status_code == 200
    assert len([sql for sql in asked if "JOIN authorizations" in sql]) == 1
    assert not [sql for sql in asked if "INSERT" in sql or "UPDATE" in sql or "FROM runs" in sql]
