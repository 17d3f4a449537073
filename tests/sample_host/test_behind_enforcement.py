"""The sample host behind the real enforcement: what is sent with the key is read with the token."""

import time
from typing import Any

import pytest
from tests.world import World

SCOPES = (
    "api_keys_write",
    "monitors_read",
    "monitors_write",
    "timeseries_query",
    "events_read",
    "logs_read_data",
    "hosts_read",
    "user_access_read",
)


async def let_in(world: World, organization: str = "Acme") -> tuple[str, str]:
    """An access token and an API key of a new organization."""
    partner = await world.publish(await world.partner(f"Partner of {organization}", scopes=SCOPES))
    person = await world.person(await world.organization(organization))
    await world.sign_in(person)
    flow = await world.flow(person, partner)
    made = await world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")
    return flow.access, made.json()["data"]["attributes"]["key"]


@pytest.mark.row("S16")
async def test_what_is_sent_with_the_key_is_read_with_the_token(world: World) -> None:
    """An integration pushes metrics, an event and logs, and they are there when queried."""
    token, key = await let_in(world)
    now = int(time.time()) // 60 * 60
    sent: dict[str, Any] = {
        "/api/v1/series": {"series": [{"metric": "m", "points": [[now, 3]], "host": "h"}]},
        "/api/v1/events": {"title": "deployed", "text": ""},
        "/api/v2/logs": [{"message": "hello", "hostname": "h"}],
    }
    for path, body in sent.items():
        assert (await world.machine.post(path, json=body, headers={"dd-api-key": key})).status_code == 202
        assert (await world.machine.post(path, json=body)).status_code in (401, 403)
    answer = await world.call(token, f"/api/v1/query?query=sum:m%7B*%7D&from={now - 60}&to={now + 60}")
    assert answer.json()["series"][0]["pointlist"] == [[now * 1000, 3]]
    for path in ("/api/v2/events", "/api/v2/logs/events"):
        assert len((await world.call(token, path)).json()["data"]) == 1
    assert (await world.call(token, "/api/v1/hosts/totals")).json()["total_up"] == 1
    assert (await world.call(token, "/api/v2/users")).json()["data"][0]["attributes"]["name"] == "Mina Park"


async def test_another_organization_with_the_same_integration_reads_nothing_of_it(world: World) -> None:
    """What an organization keeps is behind its own tokens alone."""
    _, key = await let_in(world, "Acme")
    other, _ = await let_in(world, "Globex")
    await world.machine.post("/api/v2/logs", json={"message": "secret"}, headers={"dd-api-key": key})
    assert (await world.call(other, "/api/v2/logs/events")).json()["data"] == []


async def test_operations_without_an_implementation_are_authorized_first(world: World) -> None:
    """401 and 403 come before 501, so that nobody learns what is behind the door by knocking."""
    token, _ = await let_in(world)
    path = "/api/v2/monitor/policy"
    assert (await world.call("nonsense", path)).status_code == 401
    assert (await world.call(token, "/api/v2/incidents/config/user-defined-fields")).status_code == 403
    answer = await world.call(token, path)
    assert (answer.status_code, answer.json()) == (501, {"errors": ["Not implemented by the sample host"]})
