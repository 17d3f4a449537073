"""What nobody needs any more is forgotten, and nothing else is."""

from datetime import timedelta

import pytest

from latchstring.housekeeping import Kept, keep_house
from tests.world import World


async def _rows(world: World, table: str) -> int:
    return int((await world.platform.database.fetch(f"SELECT count(*) FROM {table}"))[0][0])


@pytest.mark.row("B19", "B084")
async def test_abandoned_flows_and_old_sessions_are_forgotten(world: World) -> None:
    """A code that was never redeemed and a session that is over leave nothing behind after a while."""
    partner = await world.publish(await world.partner())
    mina = await world.person(await world.organization())
    await world.sign_in(mina)
    await world.code(mina, partner)
    world.clock.move(days=30)
    deleted = await keep_house(world.platform.database, world.clock.now(), Kept())
    assert deleted["authorizations"] == 1
    assert deleted["browser_sessions"] == 1
    assert await _rows(world, "browser_sessions") == 0


@pytest.mark.row("B19")
async def test_what_lives_is_kept(world: World) -> None:
    """An authorization that is used stays for good, however old it is."""
    partner = await world.publish(await world.partner())
    mina = await world.person(await world.organization())
    await world.sign_in(mina)
    flow = await world.flow(mina, partner)
    world.clock.time += timedelta(days=800)
    await keep_house(world.platform.database, world.clock.now(), Kept())
    assert (await world.refresh(partner, flow.refresh)).status_code == 200
