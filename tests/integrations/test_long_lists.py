"""Lists of tiles, authorizations and keys are read by their indexes, a page at a time, however long they are."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import pytest_asyncio
from tests.settled import Settled

from latchstring.api_keys import store as api_keys
from latchstring.grants import listing
from latchstring.integrations import store
from latchstring.storage.database import Transaction

pytestmark = pytest.mark.asyncio(loop_scope="module")

_TILES = """
INSERT INTO integrations (home_site, id, organization_id, client_id, partner_name, name, audience, created_at,
    updated_at, published_at)
SELECT 'us1', md5('tile' || n)::uuid, $1, $2, 'Partner ' || n % 50, 'Tile ' || lpad(n::text, 4, '0'), 'everyone', now(),
    now(), now() FROM generate_series(1, 1000) n
"""
_AUTHORIZATIONS = """
INSERT INTO authorizations (organization_id, id, client_id, user_id, state, scopes, secret, revision, initiated_by,
    consented_at, redeemed_at)
SELECT $1, md5('a' || n)::uuid, $2, $3, 'active', '{monitors_read}', '\\x00000000000000000000000000000000', 1, 'partner',
    now(), now() - n * interval '1 minute' FROM generate_series(1, 5000) n
"""
_KEYS = """
INSERT INTO api_keys (organization_id, id, digest, last4, name, created_by, modified_by, created_at, modified_at)
SELECT $1, md5('k' || n)::uuid, decode(md5('k' || n), 'hex'), 'abcd', 'Key', $2, $2,
    now() - n * interval '1 minute', now()
FROM generate_series(1, 5000) n
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def full(settled: Settled) -> AsyncIterator[Settled]:
    """A thousand tiles, five thousand authorizations and keys."""
    database, client_id = settled.world.platform.database, UUID(settled.partner.client_id)
    await database.fetch(_TILES, settled.partner.organization_id, client_id)
    await database.fetch(_AUTHORIZATIONS, settled.acme, UUID(settled.rival.client_id), settled.mina.id)
    await database.fetch(_KEYS, settled.acme, settled.mina.id)
    await database.fetch("ANALYZE integrations, authorizations, api_keys")
    yield settled


async def nodes(tx: Transaction, sql: str, *arguments: object) -> str:
    """The plan of a query, in words."""
    return "\n".join(row[0] for row in await tx.rows("EXPLAIN " + sql, *arguments))


@pytest.mark.row("S32")
async def test_a_thousand_tiles_come_in_pages_and_each_once(full: Settled) -> None:
    """Page after page by the name, in order, none twice and none left out."""
    seen: list[str] = []
    after = None
    async with full.world.platform.database.transaction() as tx:
        while page := await store.catalogue(tx, full.acme, after=after, limit=48):
            seen += [tile.name for tile in page]
            after = (page[-1].position, page[-1].id)
        plan = await nodes(tx, store._CATALOGUE, full.acme, None, None, "tile 0500", UUID(int=0), 49)
    assert seen == sorted(seen) and len(set(seen)) == len(seen) == 1000
    assert "integrations_by_name" in plan


@pytest.mark.row("S33", "S34")
async def test_long_lists_are_read_by_their_index(full: Settled) -> None:
    """No sort of the whole: the index gives the order, and the page ends the reading."""
    async with full.world.platform.database.transaction() as tx:
        page = await listing.page(tx, full.acme, limit=50)
        last = page[-1]
        sql = listing.page_sql(51, begun=True)
        plan = await nodes(tx, sql, full.acme, last.redeemed_at, last.id, None, None)
        assert "authorizations_listed" in plan and "Sort" not in plan, plan
        keys = await api_keys.list_keys(tx, full.acme, limit=50)
        sql = api_keys.page_sql(51, begun=True)
        plan = await nodes(tx, sql, full.acme, None, keys[-1].created_at, keys[-1].id)
        assert "api_keys_listed" in plan and "Sort" not in plan, plan


@pytest.mark.row("S33")
async def test_the_pages_go_on_where_they_ended(full: Settled) -> None:
    """The link to the next page leads on until there is none."""
    path, pages = "/organization-settings/oauth-apps", 0
    while pages < 3:
        page = (await full.mina.browser.get(path)).text
        pages += 1
        path = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert path.startswith("/organization-settings/oauth-apps?after=")
    assert "Tile 0048" in (await full.mina.browser.get("/integrations")).text
