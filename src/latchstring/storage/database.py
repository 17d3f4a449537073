"""Transactions on a pool of PostgreSQL connections.

A transaction that takes something away says so with `revokes()`. Its commit is then followed by one lease
lifetime of waiting, so that once the caller goes on, no process can still act on what it had read before.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
import msgspec

Row = asyncpg.Record
#: What a failing database raises: the answer is then 503, never a verdict.
UNAVAILABLE = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that the server is just ending
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.QueryCanceledError,
    asyncpg.DiskFullError,
    asyncpg.OutOfMemoryError,
    asyncpg.PostgresIOError,
    asyncpg.ReadOnlySQLTransactionError,
)
#: Event loops count in milliseconds and cut them off.
_TIMERS_MAY_BE_EARLY_BY_S = 0.002
#: How statements on arrays of keys are planned: once, as planning them costs more than running them, and by their keys
#: alone. A plan that is made while a table is empty would read all of it, and go on doing so when it has grown.
_BY_KEY: Final = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
_ALWAYS: Final = {"idle_in_transaction_session_timeout": "30000", "jit": "off"}
#: What two transactions in each other's way raise: worth one more try.
CONTENDED = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)


class Transaction:
    """One transaction; everything written through it is committed together or not at all."""

    __slots__ = ("_connection", "revoking")

    def __init__(self, connection: Any) -> None:
        self._connection: asyncpg.Connection[Row] = connection
        self.revoking = False

    async def rows(self, sql: str, *arguments: object) -> list[Row]:
        """All rows of the query."""
        return await self._connection.fetch(sql, *arguments)

    async def row(self, sql: str, *arguments: object) -> Row | None:
        """The first row, or None."""
        return await self._connection.fetchrow(sql, *arguments)

    async def value(self, sql: str, *arguments: object) -> Any:
        """The first column of the first row, or None."""
        return await self._connection.fetchval(sql, *arguments)

    async def execute(self, sql: str, *arguments: object) -> int:
        """Run a statement; the number of rows it touched."""
        status = await self._connection.execute(sql, *arguments)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def execute_many(self, sql: str, arguments: list[tuple[object, ...]]) -> None:
        """Run a statement once per tuple of arguments."""
        await self._connection.executemany(sql, arguments)

    async def plan_anew(self) -> None:
        """Plan what follows for its very arguments: organizations differ too much in size for one plan for all."""
        await self._connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")

    def revokes(self) -> None:
        """Say that this transaction takes something away: its commit waits until every lease has ended."""
        self.revoking = True


class Database:
    """A pool of connections to one site's database."""

    def __init__(self, pool: "asyncpg.Pool[Row]", lease_s: float) -> None:
        self.pool = pool
        self._lease_s = lease_s

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A transaction, committed when the block ends and rolled back when it raises."""
        async with self.pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            work = Transaction(connection)
            try:
                yield work
            except BaseException:
                await _roll_back(transaction)
                raise
            await transaction.commit()
        if work.revoking:
            await self.settle()

    async def settle(self) -> None:
        """Wait until whatever any process read before now is no longer used (see `leases.py`)."""
        if self._lease_s:
            await asyncio.sleep(self._lease_s + _TIMERS_MAY_BE_EARLY_BY_S)

    async def fetch(self, sql: str, *arguments: object) -> list[Row]:
        """One statement on its own, committed by itself."""
        async with self.pool.acquire() as connection:
            return await connection.fetch(sql, *arguments)

    async def close(self) -> None:
        """Give all connections back to the server, by force if one does not end within five seconds."""
        try:
            await asyncio.wait_for(self.pool.close(), 5)
        except TimeoutError:
            self.pool.terminate()


async def _roll_back(transaction: Any) -> None:
    """Roll back; a connection that is already gone has rolled back by itself."""
    try:
        await transaction.rollback()
    except UNAVAILABLE:
        return


async def _prepare(connection: Any) -> None:
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(
            kind,
            schema="pg_catalog",
            encoder=lambda value: msgspec.json.encode(value).decode(),
            decoder=msgspec.json.decode,
        )


async def _keep(_: Any) -> None:
    """Connections carry no session state between uses, so nothing has to be reset: a round trip saved."""


async def connect(
    dsn: str,
    *,
    size: int,
    lease_s: float = 0.0,
    durable: bool = True,
    planned_once: bool = False,
    application: str = "latchstring",
) -> Database:
    """Open a pool of at most `size` connections.

    `durable=False` makes commits asynchronous: acknowledged before they are on disk, so only for what a
    crash may forget (see `grants/`). `planned_once` is for statements on arrays of keys (`_BY_KEY`).
    """
    settings = {**_ALWAYS, "synchronous_commit": "on" if durable else "off"} | (
        _BY_KEY if planned_once else {}
    )
    sets = "".join(f"SET {name} = {value};" for name, value in settings.items())

    async def prepare(connection: Any) -> None:
        await connection.execute(sets)  # not as it connects: PgBouncer refuses what it does not know
        await _prepare(connection)

    pool = await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=size,
        init=prepare,
        reset=_keep,
        timeout=5,
        command_timeout=20,
        max_inactive_connection_lifetime=60,
        server_settings={"application_name": application, "timezone": "UTC"},
    )
    return Database(pool, lease_s)
