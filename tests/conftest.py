"""What tests stand on: one embedded PostgreSQL for the run, and a migrated database for each test."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from latchstring.storage.database import Database, connect
from latchstring.storage.embedded import start_embedded
from latchstring.storage.migrations import migrate
from latchstring.wiring import SCHEMA_FOLDERS
from tests.emptying import Emptying, emptying_of

pytest_plugins = ["tests.world", "tests.settled", "tests.browser"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The DSN of a server's `postgres` database, for the whole run; the server ends with it."""
    folder = Path(tempfile.mkdtemp(prefix="latchstring-test-"))
    folder.chmod(0o755)
    server = start_embedded(folder / "postgres")
    try:
        asyncio.run(_hurry(server.get_uri("postgres")))
        yield server.get_uri("postgres")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template(postgres: str) -> str:
    """The name of a migrated database that others are copied from."""

    async def make() -> None:
        dsn = await _create(postgres, "template_migrated")
        await migrate(dsn, SCHEMA_FOLDERS)

    asyncio.run(make())
    return "template_migrated"


@pytest.fixture(scope="session")
def emptying(postgres: str, template: str) -> Emptying:
    """The databases that tests have given back."""
    return asyncio.run(emptying_of(_on(postgres, template)))


@pytest.fixture
async def dsn(postgres: str, template: str, emptying: Emptying) -> AsyncIterator[str]:
    """The DSN of a migrated database of this test's own, with no rows but those of the migrations."""
    if emptying.spare:
        name = emptying.spare.pop()
    else:
        await _create(postgres, name := f"test_{uuid4().hex}", template)
    yield _on(postgres, name)
    if not await emptying.empty(name, _on(postgres, name)):
        await _drop(postgres, name)


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    """A pool on this test's database, without leases."""
    pool = await connect(dsn, size=5)
    yield pool
    await pool.close()


async def _hurry(postgres: str) -> None:
    """No test pulls the machine's plug, so nothing waits for the disk."""
    connection = await asyncpg.connect(postgres)
    try:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            await connection.execute(f"ALTER SYSTEM SET {setting} = off")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


async def _create(postgres: str, name: str, template: str | None = None) -> str:
    connection = await asyncpg.connect(postgres)
    try:
        await connection.execute(
            f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}" STRATEGY file_copy' if template else "")
        )
    finally:
        await connection.close()
    return _on(postgres, name)


def _on(postgres: str, name: str) -> str:
    """The DSN of another database of the same server."""
    return postgres.replace("/postgres?", f"/{name}?")


async def _drop(postgres: str, name: str) -> None:
    connection = await asyncpg.connect(postgres)
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await connection.close()
