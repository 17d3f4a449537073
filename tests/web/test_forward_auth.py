"""A proxy asks about each call; the law is the one of our own API."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from tests.world import Flow, Partner, World

from latchstring.settings import Settings

TOKEN = "between us"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """With a token for proxies."""
    return Settings(data_dir=str(tmp_path), lease_ms=0, pool_size=4, forward_auth_token=TOKEN)


@dataclass
class Gateway:
    """A proxy in front of the host's API, and an integration that calls it."""

    world: World
    partner: Partner
    flow: Flow
    token: str = TOKEN

    async def ask(
        self, target: str, method: str = "GET", path: str = "/forward-auth", **more: str
    ) -> httpx.Response:
        """What the proxy is told of a call with the integration's access token."""
        headers = {
            "authorization": f"Bearer {self.flow.access}",
            "x-forward-auth-token": self.token,
            "x-original-method": method,
            "x-original-uri": target,
            **{name.replace("_", "-"): value for name, value in more.items()},
        }
        return await self.world.machine.get(path, headers={k: v for k, v in headers.items() if v})


@pytest.fixture
async def gateway(world: World) -> AsyncIterator[Gateway]:
    """Somebody has let the integration in."""
    partner = await world.publish(await world.partner())
    person = await world.person(await world.organization())
    await world.sign_in(person)
    yield Gateway(world, partner, await world.flow(person, partner))


@pytest.mark.row("B10", "S35", "T3")
async def test_a_proxy_is_told_who_calls_or_why_not(gateway: Gateway) -> None:
    """200 with identity; 401 and 403 with the exact body; everything else is 403 and says what it was."""
    answer = await gateway.ask("/api/v1/monitor?page=1")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["x-latchstring-client"] == gateway.partner.client_id
    assert answer.headers["x-latchstring-scopes"] == "api_keys_write events_read monitors_read"
    assert {"x-latchstring-organization", "x-latchstring-user"} <= set(answer.headers)
    refused = await gateway.ask("/api/v1/monitor", authorization="")
    assert (refused.status_code, refused.json()) == (401, {"errors": ["Forbidden"]})
    assert refused.headers["www-authenticate"].startswith("Bearer")
    beyond = await gateway.ask("/api/v1/dashboard")
    assert (beyond.status_code, beyond.json()) == (403, {"errors": ["Forbidden"]})
    for more, status in (({"method": "PATCH"}, "405"), ({"x_original_host": "acme.localhost:8100"}, "421")):
        odd = await gateway.ask("/api/v1/monitor", **more)
        assert (odd.status_code, odd.headers["x-latchstring-status"]) == (403, status)
    assert (await gateway.ask("/api/v9/nothing")).status_code == 403


@pytest.mark.row("B10", "B5")
async def test_what_ends_ends_for_proxies_too(gateway: Gateway) -> None:
    """A revoked authorization is refused by the next question, and the refusal is explained to the app's owner."""
    await gateway.world.revoke(gateway.partner, gateway.flow.refresh)
    refused = await gateway.ask("/api/v1/monitor")
    assert refused.status_code == 401
    kept = await gateway.world.platform.database.fetch(
        "SELECT endpoint FROM refusals WHERE request_id = $1", refused.headers["x-request-id"]
    )
    assert [row["endpoint"] for row in kept] == ["GET /api/v1/monitor"]


@pytest.mark.row("B10")
async def test_every_proxys_way_of_asking_is_understood(gateway: Gateway) -> None:
    """X-Forwarded-… as well as X-Original-…, and the call itself below our path."""
    forwarded = {"x_forwarded_method": "GET", "x_forwarded_uri": "/api/v1/monitor"}
    assert (await gateway.ask("", "", **forwarded)).status_code == 200
    assert (await gateway.ask("", "", "/forward-auth/api/v1/monitor?page=1")).status_code == 200
    assert (await gateway.ask("", "", "/forward-auth/api/v1/dashboard")).status_code == 403


@pytest.mark.row("B10")
async def test_without_the_proxys_token_there_is_nothing(gateway: Gateway) -> None:
    """A partner who asks by itself is told nothing, and its scopes do not count as exercised."""
    for token in ("", "wrong"):
        gateway.token = token
        assert (await gateway.ask("/api/v1/monitor")).status_code == 404
