"""What a site is follows from its settings: its hosts, its subdomains, its network page; no header changes it."""

import html
import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from tests.settled import Settled, database_of_its_own, settle, world_on
from tests.sites.conftest import settings_of
from tests.world import MovableClock, parameters_of

from latchstring.publishing.reviewers import appoint
from latchstring.wiring import prepare

pytestmark = pytest.mark.asyncio(loop_scope="module")
APP, API, DOMAIN = "https://app.us1.example.com", "https://api.us1.example.com", "us1.example.com"
NEUTRAL = "https://app.example.com"
ELSEWHERE = {
    "host": "app.eu1.example.com",
    "x-forwarded-host": "app.eu1.example.com",
    "x-forwarded-proto": "http",
    "forwarded": "host=app.eu1.example.com;proto=http",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def at_us1(
    postgres: str, template: str, hashed_password: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Settled]:
    """us1 in production, where Acme has a subdomain."""
    settings = settings_of("us1", tmp_path_factory.mktemp("us1"), neutral_origin=NEUTRAL)
    async with database_of_its_own(postgres, template) as dsn:
        await prepare(settings, dsn)
        async with world_on(dsn, settings, hashed_password, MovableClock()) as world:
            settled = await settle(world)
            await world.platform.database.fetch(
                "UPDATE organizations SET subdomain = 'acme' WHERE id = $1", settled.acme
            )
            yield settled


@pytest.mark.row("T6", "S23", "A036")
@pytest.mark.parametrize("authority", ["acme.us1.example.com", "acme.app.us1.example.com"])
async def test_pages_and_tokens_work_at_an_organizations_subdomain_and_the_api_does_not(
    at_us1: Settled, authority: str
) -> None:
    """The `site` parameter carries it; API calls there are told where to go."""
    world = at_us1.world
    browser = world.browser()
    browser.base_url = httpx.URL(f"https://{authority}")
    at_us1.mina.browser, before = browser, at_us1.mina.browser
    assert (await world.sign_in(at_us1.mina)).status_code == 303
    given = parameters_of(await world.consent(at_us1.mina, at_us1.partner))
    at_us1.mina.browser = before
    assert (given["domain"], given["site"], given["iss"]) == (DOMAIN, "acme.us1.example.com", APP)
    asked = at_us1.exchange(given["code"])
    answer = await world.machine.post(f"https://{authority}/oauth2/v1/token", data=asked)
    assert answer.status_code == 200, answer.text
    own = {"authorization": f"Bearer {answer.json()['access_token']}"}
    refused = await world.machine.get(f"https://{authority}/api/v1/monitor", headers=own)
    assert refused.status_code == 421
    assert refused.json()["errors"] == [
        "API calls go to api.us1.example.com, without an organization's subdomain"
    ]
    assert (await world.machine.get(f"{API}/api/v1/monitor", headers=own)).status_code == 200
    again = {
        **at_us1.credentials(),
        "grant_type": "refresh_token",
        "refresh_token": answer.json()["refresh_token"],
    }
    assert (
        await world.machine.post(f"https://api.{given['domain']}/oauth2/v1/token", data=again)
    ).status_code == 200


@pytest.mark.row("R20", "S23", "B074")
async def test_no_header_changes_what_site_it_is(at_us1: Settled) -> None:
    """Issuer, redirect and verdicts are the same, whatever Host and forwarding headers say."""
    world = at_us1.world
    told = await world.machine.get("/.well-known/oauth-authorization-server", headers=ELSEWHERE)
    assert (told.json()["issuer"], told.json()["token_endpoint"]) == (APP, f"{API}/oauth2/v1/token")
    page = await world.machine.get("/network", headers={**ELSEWHERE, "accept": "text/html"})
    assert "https://api.us1.example.com/oauth2/v1/token" in page.text
    asked = await at_us1.mina.browser.get(
        world.authorize_url(at_us1.partner, scope="no_such_scope"), headers=ELSEWHERE
    )
    assert parameters_of(asked)["iss"] == APP
    flow = await at_us1.flow()
    for headers in (ELSEWHERE, {"host": "api.eu1.example.com"}):
        answer = await world.machine.get(
            "/api/v1/monitor", headers={**headers, "authorization": f"Bearer {flow.access}"}
        )
        assert answer.status_code == 200
        foreign = flow.access.replace("_us1_", "_eu1_")
        refused = await world.machine.get(
            "/api/v1/monitor", headers={**headers, "authorization": f"Bearer {foreign}"}
        )
        assert refused.status_code == 401


@pytest.mark.row("S23")
async def test_who_picked_the_wrong_site_goes_back_with_the_very_same_request(at_us1: Settled) -> None:
    """From the sign-in page of a published client's request; a test client is known at its own site alone."""
    world, browser = at_us1.world, at_us1.world.browser()
    odd = world.authorize_url(at_us1.partner, state="a b&c=%C3%A9;'x") + "&scope="
    asked = await browser.get(odd)
    page = await browser.get(asked.headers["location"])
    links = [html.unescape(link) for link in re.findall(r'<a href="([^"]*)"', page.text)]
    assert f"{NEUTRAL}{odd.removeprefix(APP)}" in links
    own = await world.partner("Tested alone")
    asked = await browser.get(world.authorize_url(own))
    assert NEUTRAL not in (await browser.get(asked.headers["location"])).text
    assert NEUTRAL not in (await browser.get("/sign-in")).text


@pytest.mark.row("S23")
async def test_intake_works_at_its_own_host_names(at_us1: Settled) -> None:
    """Official clients reach it there."""
    flow = await at_us1.flow()
    made = await at_us1.world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")
    key = {"dd-api-key": made.json()["data"]["attributes"]["key"]}
    url = "https://http-intake.logs.us1.example.com/api/v2/logs"
    assert (await at_us1.world.machine.post(url, headers=key, json=[{"message": "up"}])).status_code == 202
    wrong = "https://acme.us1.example.com/api/v2/logs"
    assert (await at_us1.world.machine.post(wrong, headers=key, json=[])).status_code == 421


@pytest.mark.row("S23")
async def test_the_network_page_is_for_everybody_and_switches_sites(at_us1: Settled) -> None:
    """Without a sign-in; its own site first."""
    stranger = at_us1.world.browser()
    own, other = await stranger.get("/network"), await stranger.get("/network?site=eu1")
    assert "https://api.us1.example.com/oauth2/v1/token" in own.text
    assert "https://api.us1.example.com" not in other.text
    assert "https://http-intake.logs.eu1.example.com" in other.text
    assert (await stranger.get("/network?site=ap1")).status_code == 404
    listed = (await stranger.get("/network.json")).json()["sites"]
    assert [(site["key"], site["region"]) for site in listed] == [("us1", "Virginia"), ("eu1", "Frankfurt")]


@pytest.mark.row("R15", "R21")
async def test_how_copying_goes_is_for_reviewers_and_operators(at_us1: Settled) -> None:
    """A page, JSON, and gauges; here nothing has been set up."""
    world = at_us1.world
    assert (await at_us1.mina.browser.get("/review/sites")).status_code == 403
    reviewer = await world.person(at_us1.acme, name="Rae Viewer")
    async with world.platform.database.transaction() as tx:
        await appoint(tx, frozenset({"platform"}), world.act, reviewer.id, "platform")
    await world.sign_in(reviewer)
    page = await reviewer.browser.get("/review/sites")
    assert page.status_code == 200
    assert "EU1" in page.text and "Not set up" in page.text
    assert "/review/sites" in (await reviewer.browser.get("/network")).text
    measured = (await world.machine.get("/metrics")).text
    assert 'latchstring_site_receiving{site="eu1"} 0.0' in measured
    assert (await world.machine.get("/platform/v1/sites")).status_code == 401
