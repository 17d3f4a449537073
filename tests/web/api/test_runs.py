"""Recorded runs and rehearsals over JSON."""

import httpx
import pytest
from tests.web.api.conftest import caller
from tests.world import World


@pytest.mark.row("S18", "B7")
async def test_runs_and_rehearsals_over_json(world: World) -> None:
    """A test is begun, followed and read; a failure is played, judged and ended; neither reaches a stranger."""
    partner, stranger = await world.partner(), await world.partner("Rivalry")
    await world.sign_in(partner.developer)
    base = f"/organizations/{partner.organization_id}/clients/{partner.client_id}"
    api = await caller(world, partner.organization_id, partner.developer.id)
    rival = await caller(world, stranger.organization_id, stranger.developer.id)
    begun = await api.post(f"{base}/runs")
    assert begun.status_code == 201, begun.text
    assert begun.json()["data"]["onboarding_url"].startswith("https://notifier.example/start?domain=")
    flow = await world.flow(partner.developer, partner)
    report = (await api.get(f"{base}/runs/{begun.json()['data']['id']}")).json()["data"]
    states = {step["step"]: step["state"] for step in report["steps"] if not step["scope"]}
    assert (states["exchanged"], states["refreshed"]) == ("done", "waiting")
    world.clock.move(seconds=2)
    too_long: httpx.Response = await api.post(f"{base}/rehearsals", kind="expired", minutes=16)
    assert too_long.status_code in (400, 422), too_long.text
    played = await api.post(f"{base}/rehearsals", kind="expired", minutes=15)
    assert (await world.call(flow.access)).status_code == 401
    world.clock.move(seconds=1)
    report = (await api.get(f"{base}/runs/{played.json()['data']['id']}")).json()["data"]
    assert report["outcome"] == "open"
    assert report["expectations"][0] == {"name": "met", "met": True}
    assert (await api.delete(f"{base}/rehearsals")).status_code == 204
    assert (await world.call(flow.access)).status_code == 200
    assert len((await api.get(f"{base}/runs")).json()["data"]) == 2
    assert (await rival.get(f"{base}/runs")).status_code in (403, 404)
    assert (await rival.post(f"{base}/rehearsals", kind="expired")).status_code in (403, 404)
