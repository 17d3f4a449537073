"""Schema migrations: SQL files in order of their names, each applied once, by whoever comes first.

They are applied while older processes serve, so none waits long for a lock: whoever waits for one holds up all that
come after. A file that begins with `-- outside a transaction` is run statement by statement, for indexes that are
built concurrently; it must bear being run again. Filling in old rows is not done here: see `backfills.py`.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path

import asyncpg

#: Any number will do; all processes that migrate a database must use the same one.
_LOCK = 0x1A7C5

_HISTORY = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    name text PRIMARY KEY,
    digest text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)"""

_DONE = "INSERT INTO schema_migrations (name, digest) VALUES ($1, $2)"
_OUTSIDE = "-- outside a transaction"
_LONGEST_WAIT_MS = 2_000
_TRIES, _BETWEEN_TRIES_S = 30, 0.5


class MigrationChanged(Exception):
    """A migration that was applied before has another content now; write a new one instead."""


def migration_files(folders: Sequence[Path]) -> list[Path]:
    """The `.sql` files of the folders, folder by folder, in order of their names."""
    return [file for folder in folders for file in sorted(folder.glob("*.sql"))]


async def migrate(dsn: str, folders: Sequence[Path]) -> list[str]:
    """Apply what has not been applied yet; the names of what was.

    Processes that start at once take turns by an advisory lock. Each file is one transaction together with
    its line in the history, so that a migration killed half-way starts over.
    """
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await connection.execute(_HISTORY)
        return [file.stem for file in migration_files(folders) if await _apply(connection, file)]
    finally:
        await connection.close()


async def pending(dsn: str, folders: Sequence[Path]) -> list[str]:
    """The names of the migrations that this database has not seen."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        if await connection.fetchval("SELECT to_regclass('schema_migrations')") is None:
            return [file.stem for file in migration_files(folders)]
        done = {row["name"] for row in await connection.fetch("SELECT name FROM schema_migrations")}
        return [file.stem for file in migration_files(folders) if file.stem not in done]
    finally:
        await connection.close()


async def _apply(connection: "asyncpg.Connection[asyncpg.Record]", file: Path) -> bool:
    sql = file.read_text("utf-8")
    digest = hashlib.sha256(sql.encode()).hexdigest()
    known = await connection.fetchval("SELECT digest FROM schema_migrations WHERE name = $1", file.stem)
    if known is not None:
        if known != digest:
            raise MigrationChanged(f"{file.name} was applied with another content")
        return False
    if sql.startswith(_OUTSIDE):
        for statement in statements_of(sql):
            await connection.execute(statement)
        await connection.execute(_DONE, file.stem, digest)
        return True
    for _ in range(_TRIES):
        try:
            await _apply_at_once(connection, sql, file.stem, digest)
            return True
        except asyncpg.LockNotAvailableError:
            await asyncio.sleep(_BETWEEN_TRIES_S)
    await _apply_at_once(connection, sql, file.stem, digest)
    return True


async def _apply_at_once(
    connection: "asyncpg.Connection[asyncpg.Record]", sql: str, name: str, digest: str
) -> None:
    async with connection.transaction():
        await connection.execute(f"SET LOCAL lock_timeout = '{_LONGEST_WAIT_MS}ms'")
        await connection.execute(sql)
        await connection.execute(_DONE, name, digest)


def statements_of(sql: str) -> list[str]:
    """The statements of a file that is run outside a transaction; each ends with a semicolon at the end of a line."""
    lines = "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--"))
    return [statement.strip() for statement in lines.split(";\n") if statement.strip().rstrip(";")]
