"""Revoking access tokens one by one stays cheap, however many a client revokes."""

import pytest
from tests.world import World

from latchstring.grants import revoke


@pytest.mark.row("A132", "R25")
async def test_a_flood_of_revoked_access_tokens_ends_them_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond a number, all access tokens issued so far are dead, the list is empty, and a refresh works on."""
    monkeypatch.setattr(revoke, "_MOST_DENIED", 3)
    partner = await world.publish(await world.partner())
    mina = await world.person(await world.organization())
    await world.sign_in(mina)
    flow = await world.flow(mina, partner)
    issued = [(await world.refresh(partner, flow.refresh)).json()["access_token"] for _ in range(5)]
    for token in issued[:4]:
        await world.revoke(partner, token)
    assert [(await world.call(token)).status_code for token in issued] == [401] * 5
    rows = await world.platform.database.fetch("SELECT count(*) FROM denied_access_tokens")
    assert rows[0][0] == 0
    world.clock.move(seconds=2)
    again = (await world.refresh(partner, flow.refresh)).json()["access_token"]
    assert (await world.call(again)).status_code == 200
