"""Long lists: 10 000 organizations, 1 000 tiles and 1 000 000 authorizations, read a page at a time from the middle.

`python bench/lists.py` measures them alone, with BENCH_AUTHORIZATIONS of them.
"""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from statistics import quantiles
from uuid import UUID

import report
from report import Row

from latchstring.grants import listing
from latchstring.integrations import store
from latchstring.settings import Settings
from latchstring.storage import embedded
from latchstring.storage.database import Database, Transaction, connect
from latchstring.wiring import prepare

ORGANIZATIONS, TILES = 10_000, 1_000
AUTHORIZATIONS = int(os.environ.get("BENCH_AUTHORIZATIONS", "1000000"))
_READS = 200
#: One organization has a tenth of all authorizations; the others share the rest.
_LARGE, _SMALL = UUID(int=1), UUID(int=2)

# Nothing refers to what is not there: the triggers that would look are off while the most is written.
_SEED = """
INSERT INTO clients (home_site, kind, id, organization_id, app_id, partner_name, name, redirect_uris, scopes,
    secret_digest, secret_created_at, created_at, updated_at, published_at)
SELECT 'us1', 'published', md5('c' || n)::uuid, '{large}', md5('p' || n)::uuid, 'Partner ' || n % 50, 'App ' || n,
    '{{https://a.example/}}', '{{monitors_read}}', decode(md5('s' || n), 'hex'), now(), now(), now(), now()
FROM generate_series(1, {tiles}) n;
INSERT INTO integrations (home_site, id, organization_id, client_id, partner_name, name, audience, created_at,
    updated_at, published_at)
SELECT 'us1', md5('t' || n)::uuid, '{large}', md5('c' || n)::uuid, 'Partner ' || n % 50,
    'Tile ' || lpad(n::text, 4, '0'), 'everyone', now(), now(), now() FROM generate_series(1, {tiles}) n;
SET session_replication_role = replica;
INSERT INTO organizations (id, name, kind, created_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'Organization ' || n, 'customer', now()
FROM generate_series(1, {organizations}) n;
INSERT INTO users (id, email, name, created_at)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'u' || n || '@example.com', 'User ' || n, now()
FROM generate_series(1, {organizations}) n;
INSERT INTO memberships (organization_id, user_id, created_at) SELECT id, id, now() FROM organizations;
INSERT INTO authorizations (organization_id, id, client_id, user_id, state, scopes, secret, revision, initiated_by,
    consented_at, redeemed_at)
SELECT o, md5('a' || n)::uuid, md5('c' || 1 + n % ({tiles} / 10))::uuid, o, 'active', '{{monitors_read}}',
    decode(md5('x' || n), 'hex'), 1, 'partner', now(), now() - n * interval '1 second'
FROM (SELECT n, CASE WHEN n % 10 = 0 THEN '{large}'::uuid ELSE lpad(to_hex(1 + n % {organizations}), 32, '0')::uuid END o
      FROM generate_series(1, {authorizations}) n) _;
ANALYZE;
"""


def rows(folder: Path) -> Iterator[Row]:
    """A row for each list: how many pages of the middle are read in a second, one after the other."""
    server = embedded.start_embedded(folder / "lists")
    try:
        yield from asyncio.run(_measured(folder, asyncio.run(embedded.ensure_database(server, "lists"))))
    finally:
        server.cleanup()


async def _measured(folder: Path, dsn: str) -> list[Row]:
    await prepare(Settings(data_dir=str(folder)), dsn)
    database = await connect(dsn, size=1)
    try:
        async with database.pool.acquire() as connection:
            given = {"organizations": ORGANIZATIONS, "tiles": TILES, "authorizations": AUTHORIZATIONS}
            await connection.execute(_SEED.format(**given, large=_LARGE), timeout=1_200)
            await connection.execute("RESET session_replication_role")
        return [await _row(database, name, read) for name, read in _LISTS]
    finally:
        await database.close()


async def _first_tiles(tx: Transaction) -> object:
    return await store.catalogue(tx, _SMALL, limit=49)


async def _middle_tiles(tx: Transaction) -> object:
    return await store.catalogue(tx, _SMALL, after=("tile 0500", UUID(int=0)), limit=49)


async def _installed_tiles(tx: Transaction) -> object:
    return await store.installed(tx, _LARGE)


async def _authorizations(tx: Transaction) -> object:
    newest = (await listing.page(tx, _LARGE, limit=1))[0]
    middle = newest.redeemed_at.replace(microsecond=0)
    return await listing.page(tx, _LARGE, after=(middle, newest.id), limit=51)


async def _of_a_small_one(tx: Transaction) -> object:
    return await listing.page(tx, _SMALL, limit=51)


_LISTS: tuple[tuple[str, Callable[[Transaction], Awaitable[object]]], ...] = (
    ("tiles, the first page", _first_tiles),
    ("tiles, a page of the middle", _middle_tiles),
    ("installed tiles of the largest", _installed_tiles),
    ("authorizations of the largest", _authorizations),
    ("authorizations of a small one", _of_a_small_one),
)


async def _row(database: Database, name: str, read: Callable[[Transaction], Awaitable[object]]) -> Row:
    took: list[float] = []
    for number in range(_READS + 10):
        started = time.perf_counter()
        async with database.transaction() as tx:
            await read(tx)
        if number >= 10:
            took.append(time.perf_counter() - started)
    return Row(name=name, ours=_READS / sum(took), p99_ms=quantiles(took, n=100)[98] * 1000)


def main() -> None:
    """Measure the lists alone."""
    folder = Path(tempfile.mkdtemp(prefix="latchstring-lists-"))
    folder.chmod(0o755)
    try:
        report.show(list(rows(folder)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
