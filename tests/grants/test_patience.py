"""How patient rotation is: the settings of an operator who prefers lock-out, or an end to what nobody uses."""

from pathlib import Path

import pytest
from tests.world import Flow, Partner, Person, World

from latchstring.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A retry window of a minute, an end after thirty days, an overlap of five seconds, short tokens and codes."""
    return Settings(
        data_dir=str(tmp_path),
        lease_ms=0,
        pool_size=2,
        refresh_retry_window_s=60,
        refresh_inactivity_days=30,
        refresh_overlap_s=5,
        access_token_lifetime_s=120,
        code_lifetime_s=10,
    )


async def begin(world: World) -> tuple[Partner, Person, Flow]:
    """A partner's own developer lets its test client in."""
    partner = await world.partner()
    await world.sign_in(partner.developer)
    return partner, partner.developer, await world.flow(partner.developer, partner)


async def test_after_the_retry_window_a_repeated_presentation_revokes(world: World) -> None:
    """Within it a lost answer is answered again."""
    partner, _, flow = await begin(world)
    first = (await world.refresh(partner, flow.refresh)).json()
    world.clock.move(seconds=60)
    assert (await world.refresh(partner, flow.refresh)).json()["refresh_token"] == first["refresh_token"]
    world.clock.move(seconds=1)
    assert (await world.refresh(partner, flow.refresh)).status_code == 400
    assert (await world.refresh(partner, first["refresh_token"])).status_code == 400
    assert (await world.call(first["access_token"])).status_code == 401


async def test_what_nobody_used_for_thirty_days_is_over(world: World) -> None:
    """And what is used lives on."""
    partner, _, flow = await begin(world)
    token = flow.refresh
    for _ in range(3):
        world.clock.move(days=29)
        token = (await world.refresh(partner, token)).json()["refresh_token"]
    world.clock.move(days=31)
    refused = await world.refresh(partner, token)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert await world.introspect(partner, token) == {"active": False}


@pytest.mark.row("A069", "A087")
async def test_lifetimes_are_settings(world: World) -> None:
    """`expires_in` says what the token does; a code lives as long as it was told to."""
    partner, person, flow = await begin(world)
    assert flow.tokens["expires_in"] == 120
    code = await world.code(person, partner)
    world.clock.move(seconds=10)
    assert (await world.redeem(partner, code)).status_code == 400
    world.clock.move(seconds=109)
    assert (await world.call(flow.access)).status_code == 200
    world.clock.move(seconds=1)
    assert (await world.call(flow.access)).status_code == 401


async def test_the_overlap_is_a_setting(world: World) -> None:
    """Five seconds here."""
    partner, _, flow = await begin(world)
    second = (await world.refresh(partner, flow.refresh)).json()
    third = (await world.refresh(partner, second["refresh_token"])).json()
    world.clock.move(seconds=5)
    assert (await world.refresh(partner, flow.refresh)).status_code == 200
    world.clock.move(seconds=1)
    assert (await world.refresh(partner, flow.refresh)).status_code == 400
    assert (await world.call(third["access_token"])).status_code == 401
