"""Migrations: each applied once, by whoever comes first, whole or not at all."""

import asyncio
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from tests.conftest import _create as create_database
from tests.conftest import _drop as drop_database

from latchstring.storage.backfills import backfill
from latchstring.storage.migrations import MigrationChanged, migrate, pending
from latchstring.wiring import SCHEMA_FOLDERS


@pytest.fixture
async def empty(postgres: str):
    """The DSN of an empty database."""
    name = f"test_{uuid4().hex}"
    yield await create_database(postgres, name)
    await drop_database(postgres, name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two small migrations."""
    (tmp_path / "0001_one.sql").write_text("CREATE TABLE one (id int);")
    (tmp_path / "0002_two.sql").write_text("CREATE TABLE two (id int); INSERT INTO one VALUES (1);")
    return tmp_path


async def value(dsn: str, sql: str) -> object:
    """One value."""
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


@pytest.mark.row("B107")
async def test_processes_that_start_at_once_apply_each_migration_once(empty: str) -> None:
    """Four at a time, the real schema: one applies, the others wait and find it done."""
    applied = await asyncio.gather(*(migrate(empty, SCHEMA_FOLDERS) for _ in range(4)))
    assert sum(1 for names in applied if names) == 1
    assert await pending(empty, SCHEMA_FOLDERS) == []
    assert await value(empty, "SELECT count(*) FROM permission_sets") == 1


@pytest.mark.row("B107")
async def test_a_migration_that_dies_half_way_leaves_nothing_and_starts_over(
    empty: str, folder: Path
) -> None:
    """Its first half is not there, the files before it are; mended, it is applied."""
    (folder / "0002_two.sql").write_text("CREATE TABLE two (id int); SELECT 1/0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty, [folder])
    assert await value(empty, "SELECT to_regclass('two')::text") is None
    assert await value(empty, "SELECT to_regclass('one')::text") == "one"
    assert await pending(empty, [folder]) == ["0002_two"]
    (folder / "0002_two.sql").write_text("CREATE TABLE two (id int);")
    assert await migrate(empty, [folder]) == ["0002_two"]


@pytest.mark.row("B107")
async def test_a_process_killed_while_it_migrates_lets_the_next_one_go_on(empty: str, folder: Path) -> None:
    """Its lock dies with its connection."""
    (folder / "0002_two.sql").write_text("CREATE TABLE two (id int); SELECT pg_sleep(60);")
    killed = asyncio.create_task(migrate(empty, [folder]))
    kill = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()"
    )
    while await value(empty, kill) == 0:  # noqa: ASYNC110 - a server's state can only be asked for
        await asyncio.sleep(0.01)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError)):
        await killed
    (folder / "0002_two.sql").write_text("CREATE TABLE two (id int);")
    assert await migrate(empty, [folder]) == ["0002_two"]


async def test_a_migration_that_was_applied_may_not_change(empty: str, folder: Path) -> None:
    """History is not rewritten; nothing after it is applied either."""
    await migrate(empty, [folder])
    (folder / "0001_one.sql").write_text("CREATE TABLE one (id bigint);")
    (folder / "0003_three.sql").write_text("CREATE TABLE three (id int);")
    with pytest.raises(MigrationChanged, match="0001_one"):
        await migrate(empty, [folder])
    assert await value(empty, "SELECT to_regclass('three')::text") is None


async def test_nothing_to_do_is_done_quickly(empty: str, folder: Path) -> None:
    """A second start applies nothing."""
    assert await pending(empty, [folder]) == ["0001_one", "0002_two"]
    assert await migrate(empty, [folder]) == ["0001_one", "0002_two"]
    assert await migrate(empty, [folder]) == []
    assert await value(empty, "SELECT count(*) FROM one") == 1


@pytest.mark.row("B106", "B107", "B19")
async def test_a_backfill_goes_on_where_it_was_killed(empty: str, tmp_path: Path) -> None:
    """Each batch is committed with its count; a second run does the rest, a third nothing; the text stays the same."""
    (tmp_path / "backfills").mkdir()
    file = tmp_path / "backfills" / "0001_fill.sql"
    file.write_text("UPDATE one SET b = a WHERE a = ANY(ARRAY(SELECT a FROM one WHERE b IS NULL LIMIT $1));")
    await value(empty, "CREATE TABLE one (a int, b int)")
    await value(empty, "INSERT INTO one SELECT generate_series(1, 95)")
    told: list[int] = []

    def dies(_: str, rows: int) -> None:
        told.append(rows)
        if rows == 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await backfill(empty, [tmp_path], dies, at_once=10)
    assert await value(empty, "SELECT count(*) FROM one WHERE b IS NULL") == 65
    assert await backfill(empty, [tmp_path], lambda _, rows: told.append(rows), at_once=10) == ["0001_fill"]
    assert told == [10, 20, 30, 40, 50, 60, 70, 80, 90, 95]
    assert await value(empty, "SELECT count(*) FROM one WHERE b = a") == 95
    assert await backfill(empty, [tmp_path], dies) == []
    file.write_text("UPDATE one SET b = 0 WHERE b IS NULL AND a < $1")
    with pytest.raises(MigrationChanged):
        await backfill(empty, [tmp_path], dies)


@pytest.mark.row("B106")
async def test_an_index_is_built_outside_a_transaction_and_again_after_a_death(
    empty: str, folder: Path
) -> None:
    """What a killed attempt left is dropped first."""
    (folder / "0003_index.sql").write_text(
        "-- outside a transaction\nDROP INDEX CONCURRENTLY IF EXISTS two_by_id;\n"
        "CREATE INDEX CONCURRENTLY two_by_id ON two (id);\n"
    )
    assert (await migrate(empty, [folder]))[-1] == "0003_index"
    assert await value(empty, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'two_by_id'::regclass")
    await value(empty, "DELETE FROM schema_migrations WHERE name = '0003_index'")
    assert await migrate(empty, [folder]) == ["0003_index"]
    assert await migrate(empty, [folder]) == []


@pytest.mark.row("B106")
async def test_a_migration_does_not_hold_up_those_behind_it(empty: str, folder: Path) -> None:
    """While a long transaction reads the table, the migration lets go of its place in the queue and tries again."""
    await migrate(empty, [folder])
    (folder / "0003_three.sql").write_text("ALTER TABLE one ADD COLUMN b int;")
    reader = await asyncpg.connect(empty)
    try:
        long = reader.transaction()
        await long.start()
        await reader.fetch("SELECT * FROM one")
        waiting = asyncio.create_task(migrate(empty, [folder]))
        async with asyncio.timeout(15):
            while not await value(empty, "SELECT count(*) FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            assert await value(empty, "SELECT count(*) FROM one") == 1
            assert not waiting.done()
        await long.rollback()
        assert await waiting == ["0003_three"]
    finally:
        await reader.close()
