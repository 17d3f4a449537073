"""The main job, end to end: an integration is let in, works, and is shut out."""

import pytest
from tests.world import World, csrf_in


@pytest.mark.row("S1", "S4", "S16", "S20", "A001", "A003", "A066", "A174")
async def test_an_integration_is_let_in_works_and_is_shut_out(world: World) -> None:
    """A customer allows an integration, it reads and sends, the customer revokes, the next call fails."""
    partner = await world.publish(await world.partner())
    acme = await world.organization("Acme")
    mina = await world.person(acme)
    assert (await world.sign_in(mina)).status_code == 303
    flow = await world.flow(mina, partner)
    assert flow.tokens["token_type"] == "Bearer"
    assert flow.tokens["expires_in"] == 3600
    assert (await world.call(flow.access)).status_code == 200
    made = await world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")
    assert made.status_code == 201
    key = made.json()["data"]["attributes"]["key"]
    valid = await world.machine.get("/api/v1/validate", headers={"dd-api-key": key})
    assert valid.json() == {"valid": True}
    refused = await world.call(flow.access, "/api/v1/dashboard")
    assert (refused.status_code, refused.json()) == (403, {"errors": ["Forbidden"]})
    again = (await world.refresh(partner, flow.refresh)).json()
    assert (await world.call(again["access_token"])).status_code == 200
    page = await mina.browser.get("/organization-settings/oauth-apps")
    assert "On-call Notifier" in page.text
    link = page.text.partition("/organization-settings/oauth-apps/")[2].partition('"')[0]
    confirm = await mina.browser.get(f"/organization-settings/oauth-apps/{link}")
    done = await mina.browser.post(
        f"/organization-settings/oauth-apps/{link}", data={"csrf": csrf_in(confirm)}
    )
    assert done.status_code == 303
    for token in (flow.access, again["access_token"]):
        assert (await world.call(token)).status_code == 401
    assert (await world.refresh(partner, again["refresh_token"])).json()["error"] == "invalid_grant"
