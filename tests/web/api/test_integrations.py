"""What the integration and policy pages do, over JSON."""

import pytest
from tests.web.api.conftest import caller
from tests.world import World

from latchstring.publishing.proposal import Reach


@pytest.mark.row("S32", "B13", "B14", "B3")
async def test_install_connect_watch_limit_and_uninstall_over_json(world: World) -> None:
    """The whole life of an integration in an organization, by a person's credential."""
    notifier = await world.released(await world.partner(), Reach("everyone"))
    acme = await world.organization()
    mina = await world.person(acme)
    await world.sign_in(mina)
    api = await caller(world, acme, mina.id)
    base, tile = f"/organizations/{acme}", f"/organizations/{acme}/integrations/{notifier.app_id}"
    listed = (await api.get(f"{base}/integrations")).json()["data"]
    assert [one["id"] for one in listed] == [str(notifier.app_id)]
    assert (await api.post(f"{tile}/connections")).status_code == 409
    assert (await api.put(f"{tile}/installation")).json()["data"]["installed"] is True
    assert (await api.get(f"{base}/integrations", installed="true")).json()["data"][0]["installed"] is True
    begun = (await api.post(f"{tile}/connections")).json()["data"]
    assert begun["url"].startswith("https://notifier.example/start?domain=")
    flow = await world.flow(mina, notifier)
    await world.call(flow.access)
    await world.platform.calls.write()
    called = (await api.get(f"{tile}/calls")).json()["data"]
    assert called["calls"] == 1
    assert {one["scope"]: one["calls"] for one in called["scopes"]}["monitors_read"] == 1
    policy = {"mode": "any", "rules": [{"client_id": notifier.client_id, "rule": "block"}]}
    tried = (await api.post(f"{base}/app_policy/dry_run", **policy)).json()["data"]
    assert tried["authorizations"] == 1 and tried["changes"][0]["breaks"][0]["calls"] == 1
    assert (await world.call(flow.access)).status_code == 200
    assert (await api.put(f"{base}/app_policy", **policy)).status_code == 200
    assert (await world.call(flow.access)).status_code == 401
    assert (await api.get(f"{base}/app_policy")).json()["data"]["rules"][0]["rule"] == "block"
    assert (await api.put(f"{base}/app_policy", mode="any")).status_code == 200
    assert (await world.call(flow.access)).status_code == 200
    would = (await api.get(f"{tile}/installation/consequences")).json()["data"]
    assert [one["user_email"] for one in would["authorizations"]] == [mina.email]
    receipt = (await api.ask("DELETE", f"{tile}/installation")).json()["data"]
    assert len(receipt["ended"]["authorizations"]) == 1
    assert (await world.call(flow.access)).status_code == 401
    assert (await api.ask("DELETE", f"{tile}/installation")).status_code == 409
    assert (await api.get(f"{base}/uninstall_receipts")).json()["data"] == [receipt]
    assert (await api.get(f"{base}/uninstall_receipts/{receipt['id']}")).json()["data"] == receipt


@pytest.mark.row("S33")
async def test_all_authorizations_of_a_client_end_over_json(world: World) -> None:
    """Whoever allowed them; the key that was made lives on, as everywhere but at an uninstallation."""
    notifier = await world.publish(await world.partner())
    acme = await world.organization()
    mina, jo = await world.person(acme), await world.person(acme, name="Jo")
    flows = []
    for person in (mina, jo):
        await world.sign_in(person)
        flows.append(await world.flow(person, notifier))
    made = await world.call(flows[0].access, "/api/v2/api_keys/marketplace", "POST")
    api = await caller(world, acme, mina.id)
    path = f"/organizations/{acme}/clients/{notifier.client_id}/authorizations"
    assert (await api.ask("DELETE", path)).status_code == 204
    for flow in flows:
        assert (await world.call(flow.access)).status_code == 401
    key = made.json()["data"]["attributes"]["key"]
    alive = await world.machine.get("/api/v1/validate", headers={"dd-api-key": key})
    assert alive.status_code == 200
    assert (await api.get(f"/organizations/{acme}/api_keys")).json()["data"][0]["orphaned"] is True
