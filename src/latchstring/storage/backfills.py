"""Filling in old rows while everybody works: a little at a time, each time committed, and resumed where it ended.

A backfill is one statement in a file of the folder `backfills` beside the migrations. It changes at most `$1` rows
that still need it, so it is repeated until it finds none: however often it is killed, it goes on where it was.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import asyncpg

from latchstring.storage.migrations import MigrationChanged

#: One process at a time; not the lock of the migrations, which must not wait for this.
_LOCK = 0x1A7C6
_AT_ONCE = 1_000
#: Half of the time is everybody else's.
_PAUSE_S = 0.02
_HISTORY = """
CREATE TABLE IF NOT EXISTS schema_backfills (
    name text PRIMARY KEY,
    digest text NOT NULL,
    rows bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
)"""
_BEGIN = "INSERT INTO schema_backfills (name, digest) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_MOVED = "UPDATE schema_backfills SET rows = rows + $2 WHERE name = $1 RETURNING rows"
_FINISHED = "UPDATE schema_backfills SET finished_at = now() WHERE name = $1"

#: Told after each batch: which backfill, and how many rows it has changed so far.
Progress = Callable[[str, int], None]


def backfill_files(folders: Sequence[Path]) -> list[Path]:
    """The backfills that lie beside the migrations of these folders, in order."""
    return [file for folder in folders for file in sorted((folder / "backfills").glob("*.sql"))]


async def backfill(
    dsn: str, folders: Sequence[Path], progress: Progress, *, at_once: int = _AT_ONCE
) -> list[str]:
    """Run every backfill that has not finished; the names of those that finished now."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await connection.execute(_HISTORY)
        return [
            file.stem for file in backfill_files(folders) if await _run(connection, file, progress, at_once)
        ]
    finally:
        await connection.close()


async def _run(
    connection: "asyncpg.Connection[asyncpg.Record]", file: Path, progress: Progress, at_once: int
) -> bool:
    sql = file.read_text("utf-8")
    digest = hashlib.sha256(sql.encode()).hexdigest()
    await connection.execute(_BEGIN, file.stem, digest)
    known = await connection.fetchrow(
        "SELECT digest, finished_at FROM schema_backfills WHERE name = $1", file.stem
    )
    assert known is not None
    if known["digest"] != digest:
        raise MigrationChanged(f"{file.name} was begun with another content")
    if known["finished_at"] is not None:
        return False
    while changed := await _batch(connection, sql, file.stem, at_once):
        progress(file.stem, changed)
        await asyncio.sleep(_PAUSE_S)
    await connection.execute(_FINISHED, file.stem)
    return True


async def _batch(
    connection: "asyncpg.Connection[asyncpg.Record]", sql: str, name: str, at_once: int
) -> int | None:
    """Change some rows, and count them in the same transaction; all so far, or None when there were none left."""
    async with connection.transaction():
        status = await connection.execute(sql, at_once)
        changed = int(status.rpartition(" ")[2])
        return await connection.fetchval(_MOVED, name, changed) if changed else None
