"""Clients that nobody tests pay nothing for those that somebody does."""

import pytest
from tests.world import World

from latchstring.storage.database import Database, Row


class Asked:
    """The statements that a database was asked outside transactions."""

    def __init__(self, database: Database) -> None:
        self.statements: list[str] = []
        self._fetch = database.fetch

    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        """Remember it, and go on."""
        self.statements.append(sql)
        return await self._fetch(sql, *arguments)


@pytest.mark.row("B7")
async def test_a_call_asks_the_database_as_often_as_ever(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that is not watched: its authorization is read once, and nothing is written in the request."""
    partner = await world.partner()
    await world.sign_in(partner.developer)
    flow = await world.flow(partner.developer, partner)
    platform = world.platform
    own, quick = Asked(platform.database), Asked(platform.quick)
    monkeypatch.setattr(platform.database, "fetch", own.fetch)
    monkeypatch.setattr(platform.quick, "fetch", quick.fetch)
    assert (await world.call(flow.access)).status_code == 200
    assert quick.statements == []
    assert len([sql for sql in own.statements if "authorizations" in sql]) == 1
    assert not [sql for sql in own.statements if "runs" in sql or "clients WHERE" in sql]
