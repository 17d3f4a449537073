"""The tab Coverage, the JSON API and the command: what real calls in the sandbox have exercised."""

import json
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.web.api.conftest import caller
from tests.web.developer.conftest import words
from tests.world import ORIGIN, Partner, World

from latchstring.apps.coverage_view import coverage_of_app
from latchstring.web.application import application

SCOPES = ("monitors_read", "monitors_write", "events_read", "api_keys_write", "mcp_read")


async def told(world: World, partner: Partner) -> dict[str, dict[str, object]]:
    """The coverage of the only client, by scope, as the JSON API tells it."""
    await world.platform.calls.write()
    owner = await caller(world, partner.organization_id, partner.developer.id)
    answer = await owner.get(f"/organizations/{partner.organization_id}/apps/{partner.app_id}/coverage")
    assert answer.status_code == 200, answer.text
    (client,) = answer.json()["data"]
    return {scope["scope"]: scope for scope in client["scopes"]} | {"": client}


@pytest.mark.row("B2", "S24")
async def test_calls_in_the_sandbox_exercise_scopes(world: World) -> None:
    """Successful calls count, per scope and operation; refused and failed ones don't; the API key's are apart."""
    partner = await world.partner(scopes=SCOPES)
    await world.sign_in(partner.developer)
    flow = await world.flow(partner.developer, partner)
    for _ in range(3):
        assert (await world.call(flow.access)).status_code == 200
    world.clock.move(minutes=5)
    assert (await world.call(flow.access)).status_code == 200
    assert (await world.call(flow.access, "/api/v1/monitor/999999999")).status_code == 404
    assert (await world.call(flow.access, "/api/v1/dashboard")).status_code == 403
    assert (await world.call(flow.access, "/api/v1/monitor", "POST")).status_code == 400
    made = (await world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")).json()
    key = made["data"]["attributes"]["key"]
    assert (await world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")).status_code == 409
    sent = await world.machine.post("/api/v2/logs", headers={"dd-api-key": key}, json=[{"message": "hello"}])
    assert sent.status_code == 202
    found = await told(world, partner)
    monitors = found["monitors_read"]
    assert (monitors["calls"], monitors["flag"]) == (4, None)
    (listed,) = monitors["operations"]  # type: ignore[misc]
    assert listed["operation"] == "ListMonitors"
    assert (listed["first_at"], listed["last_at"]) == ("2026-11-23T12:00:00Z", "2026-11-23T12:05:00Z")
    assert (found["monitors_write"]["calls"], found["monitors_write"]["flag"]) == (0, "unused")
    assert found["api_keys_write"]["calls"] == 1
    assert found["mcp_read"]["flag"] == "no_operation"
    assert [one["operation"] for one in found[""]["by_key"]] == ["SubmitLogV2"]  # type: ignore[index]
    page = await partner.developer.browser.get(f"/developer/apps/{partner.app_id}/coverage")
    text = words(page)
    assert "2 of 5 scopes exercised" in text
    assert "Sent in by its API key" in text
    assert "Not used." in text
    assert "No operation of this API needs it." in text


@pytest.mark.row("B2", "R16")
async def test_calls_of_customers_are_not_the_sandboxs(world: World) -> None:
    """What a published client does elsewhere exercises nothing here, and no other organization reads any of it."""
    partner = await world.publish(await world.partner())
    acme = await world.organization("Acme")
    mina = await world.person(acme)
    await world.sign_in(mina)
    flow = await world.flow(mina, partner)
    await world.call(flow.access)
    found = await told(world, partner)
    assert all(scope["calls"] == 0 for name, scope in found.items() if name)
    rival = await world.partner("Rivalry")
    stranger = await caller(world, rival.organization_id, rival.developer.id)
    for organization_id in (partner.organization_id, rival.organization_id):
        for part in ("coverage", "requests"):
            path = f"/organizations/{organization_id}/apps/{partner.app_id}/{part}"
            assert (await stranger.get(path)).status_code == 404


@pytest.mark.row("B1")
async def test_the_log_is_read_over_json_page_by_page(world: World) -> None:
    """Each line explained, with its differences; narrowed by client, endpoint and cause."""
    partner = await world.publish(await world.partner())
    mina = await world.person(await world.organization())
    await world.sign_in(mina)
    flow = await world.flow(mina, partner)
    for _ in range(3):
        await world.call(flow.access, "/api/v1/dashboard")
        world.clock.move(seconds=1)
    await world.refresh(partner, "nonsense")
    owner = await caller(world, partner.organization_id, partner.developer.id)
    path = f"/organizations/{partner.organization_id}/apps/{partner.app_id}/requests"
    first = (await owner.get(path, **{"page[size]": "2"})).json()
    second = (await owner.get(path, **{"page[size]": "2", "page[after]": first["meta"]["next"]})).json()
    causes = [line["cause"] for line in first["data"] + second["data"]]
    assert causes == ["refresh_token_malformed", *["scope_missing"] * 3]
    assert second["meta"]["next"] is None
    line = second["data"][0]
    assert line["differences"]["missing_scopes"] == [line["fix"]] == ["dashboards_read"]
    assert line["rule"] and line["documentation"].startswith("/docs/troubleshooting#")
    narrowed = (
        ({"endpoint": "token"}, 1),
        ({"cause": "scope_missing"}, 3),
        ({"client_id": partner.client_id}, 4),
        ({"client_id": str(UUID(int=1))}, 0),
    )
    for query, number in narrowed:
        assert len((await owner.get(path, **query)).json()["data"]) == number
    for bad in ({"endpoint": "nowhere"}, {"page[after]": "nonsense"}):
        assert (await owner.get(path, **bad)).status_code == 400


async def test_coverage_is_json_for_programs(world: World) -> None:
    """What the command prints with --json."""
    partner = await world.partner()
    async with world.platform.database.transaction() as tx:
        found = await coverage_of_app(tx, world.platform.contract, partner.organization_id, partner.app_id)
    import msgspec

    (client,) = json.loads(msgspec.json.encode(found))
    assert client["requested"] == 3
    assert {scope["flag"] for scope in client["scopes"]} == {"unused"}


@pytest.mark.row("B1", "T3")
async def test_a_call_that_comes_too_often_is_explained_and_exercises_nothing(world: World) -> None:
    """The host says 429; the owner of the app reads why, and the scope is not covered by it."""

    async def busy(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 429, "headers": [(b"retry-after", b"7")]})
        await send({"type": "http.response.body", "body": b""})

    partner = await world.partner()
    await world.sign_in(partner.developer)
    flow = await world.flow(partner.developer, partner)
    transport = httpx.ASGITransport(app=application(world.platform, busy))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as machine:
        answer = await machine.get("/api/v1/monitor", headers={"authorization": f"Bearer {flow.access}"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    owner = await caller(world, partner.organization_id, partner.developer.id)
    explained = (await owner.get(f"/requests/{answer.headers['x-request-id']}")).json()["data"]
    assert (explained["cause"], explained["noted"]["operation"]) == ("rate_limited", "ListMonitors")
    assert (await told(world, partner))["monitors_read"]["calls"] == 0
