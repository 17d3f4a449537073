"""Statements that are planned once are planned by their keys: a table that was empty then may grow."""

import pytest
from tests.world import World

_FILLED = """
INSERT INTO denied_access_tokens (organization_id, authorization_id, nonce, expires_at)
SELECT a.organization_id, a.id, sha256(number::text::bytea), now() + interval '1 year'
FROM (SELECT organization_id, id FROM authorizations WHERE user_id = $1) a, generate_series(1, 20000) number
"""
_LOOKED_AT = """
SELECT t.seq_tup_read + (SELECT sum(i.idx_tup_read) FROM pg_stat_user_indexes i WHERE i.relid = t.relid) AS rows
FROM pg_stat_user_tables t WHERE t.relname = 'denied_access_tokens'
"""


async def _looked_at(world: World) -> int:
    """How many rows of the deny list any statement has looked at so far."""
    for database in (world.platform.batched, world.platform.database):
        await database.fetch("SELECT pg_stat_force_next_flush()")
    return int((await world.platform.database.fetch(_LOOKED_AT))[0]["rows"])


@pytest.mark.row("B5", "T4")
async def test_a_revocation_costs_the_same_when_the_deny_list_has_grown(world: World) -> None:
    """It is planned while the list is empty, and known to be. What is denied to others is not looked at later."""
    partner = await world.publish(await world.partner())
    acme = await world.organization()
    mina, jun = await world.person(acme), await world.person(acme)
    for person in (mina, jun):
        await world.sign_in(person)
    flow = await world.flow(mina, partner)
    await world.flow(jun, partner)
    await world.platform.database.fetch("VACUUM ANALYZE denied_access_tokens")
    await world.revoke(partner, flow.access)
    await world.platform.database.fetch(_FILLED, jun.id)
    before = await _looked_at(world)
    for _ in range(5):
        access = (await world.refresh(partner, flow.refresh)).json()["access_token"]
        await world.revoke(partner, access)
        assert (await world.call(access)).status_code == 401
    assert await _looked_at(world) - before < 1_000
