"""Migrations: each applied once, by whoever comes first, whole or not at all."""

import asyncio
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from tests.conftest import _create as create_database
from tests.conftest import _drop as drop_database

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
