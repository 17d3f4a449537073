"""The request log stays small and quick: the newest are kept, and every page of it is read through an index."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.world import MovableClock

from latchstring.audit import request_log
from latchstring.audit.refusals import BUDGETS, Refusals, Refused, trim, trim_recent
from latchstring.audit.request_log import Narrowed
from latchstring.storage.database import Database, Transaction

ORGANIZATION, LOUD, QUIET = (UUID(int=number) for number in (1, 2, 3))
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

_FILL = """
INSERT INTO refusals (organization_id, request_id, client_id, at, endpoint, cause, status, proven)
SELECT $1, lpad(to_hex(n), 24, '0'), $2, $3::timestamptz - n * interval '1 second',
    CASE n % 4 WHEN 0 THEN 'POST /oauth2/v1/token' ELSE 'GET /api/v1/monitor' END,
    CASE WHEN n % 10000 = 9999 THEN 'code_used' ELSE 'scope_missing' END, 400, n % 5 > 0
FROM generate_series(1, $4::int) n
"""


async def fill(database: Database, number: int) -> None:
    """Many refusals of one client."""
    await database.fetch(_FILL, ORGANIZATION, LOUD, NOW, number)


class Explaining(Transaction):
    """A transaction that keeps the plans of what it reads."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self.plans: list[str] = []

    async def rows(self, sql: str, *arguments: object) -> list[Any]:
        """See `Transaction.rows`."""
        plan = await super().rows("EXPLAIN " + sql, *arguments)
        self.plans.append("\n".join(row[0] for row in plan))
        return await super().rows(sql, *arguments)

    async def row(self, sql: str, *arguments: object) -> Any:
        """See `Transaction.row`."""
        found = await self.rows(sql, *arguments)
        return found[0] if found else None


@pytest.mark.row("B1")
async def test_every_page_of_a_long_log_is_read_through_an_index(database: Database) -> None:
    """With sixty thousand rows no plan scans or sorts the table, whatever it is narrowed to."""
    await fill(database, 60_000)
    await database.fetch("ANALYZE refusals")
    asked = (
        Narrowed(),
        Narrowed(after=(NOW - timedelta(seconds=50_000), "0" * 24)),
        Narrowed(cause="code_used"),
        Narrowed(cause="code_used", family="token"),
        Narrowed(family="token", since=NOW - timedelta(days=1)),
        Narrowed(family="revoke"),
        Narrowed(since=NOW - timedelta(hours=1), after=(NOW, "f" * 24)),
    )
    async with database.pool.acquire() as connection:
        tx = Explaining(connection)
        for narrowed in asked:
            await request_log.page(tx, ORGANIZATION, [LOUD, QUIET], narrowed, 51)
        assert await request_log.causes(tx, ORGANIZATION, [LOUD, QUIET]) == ["code_used", "scope_missing"]
        await request_log.find(tx, "0" * 24, owner=None)
        await request_log.of_app(tx, ORGANIZATION, uuid4(), "0" * 24)
    assert len(tx.plans) == len(asked) + 3
    for plan in tx.plans:
        assert "Seq Scan on refusals" not in plan, plan
        assert "Index" in plan, plan
    forget = await database.fetch(
        "EXPLAIN SELECT ctid FROM refusals WHERE at < $1 LIMIT 1000", NOW - timedelta(days=30)
    )
    assert "refusals_by_age" in str([row[0] for row in forget])


@pytest.mark.row("B1", "B19")
async def test_the_newest_of_each_client_are_kept(database: Database) -> None:
    """All that is beyond goes; of what was not proven, all but a fifth of that number."""
    await fill(database, 1_000)
    await trim_recent(database, NOW - timedelta(days=1), 100)
    rows = await database.fetch(
        "SELECT proven, count(*) AS number, min(at) AS oldest FROM refusals GROUP BY proven ORDER BY proven"
    )
    assert [(row["proven"], row["number"]) for row in rows] == [(False, 20), (True, 100)]
    assert rows[1]["oldest"] == NOW - timedelta(seconds=124)
    await trim(database, (ORGANIZATION, LOUD, True), 1_000)
    assert (await database.fetch("SELECT count(*) FROM refusals"))[0][0] == 120


async def test_writing_forgets_what_is_beyond(database: Database) -> None:
    """Without anybody keeping house."""
    clock = MovableClock()
    refusals = Refusals(database, clock, most=50)
    for number in range(1_000):
        clock.move(seconds=1)
        refused = Refused(
            ORGANIZATION, f"{number:024x}", LOUD, clock.now(), "GET /x", "scope_missing", 403, {}
        )
        assert await refusals.keep(refused)
    assert (await database.fetch("SELECT count(*) FROM refusals"))[0][0] == 50


async def test_a_client_that_fails_in_a_loop_costs_no_more_than_its_budget(database: Database) -> None:
    """A burst, then so many a second; a name that anybody can use has a smaller one of its own."""
    clock = MovableClock()
    refusals = Refusals(database, clock)

    async def send(number: int, proven: bool) -> int:
        return sum(
            [
                await refusals.keep(
                    Refused(ORGANIZATION, uuid4().hex[:24], LOUD, clock.now(), "GET /x", "x", 403, {}, proven)
                )
                for _ in range(number)
            ]
        )

    assert await send(300, True) == BUDGETS[True].burst
    assert await send(300, False) == BUDGETS[False].burst
    clock.move(seconds=2)
    assert await send(300, True) == 2 * BUDGETS[True].per_second
    assert await send(300, False) == 2 * BUDGETS[False].per_second
