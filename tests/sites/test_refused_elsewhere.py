"""What one site refuses of another's is found by the app's owner, who can do something about it."""

import json
from functools import partial

import httpx
import pytest
from tests.sites.conftest import End, Pair
from tests.sites.test_copying import customer
from tests.world import REDIRECT, VERIFIER, Partner, World

from latchstring.access.elsewhere import Misdirected
from latchstring.protocol.possession import shown
from latchstring.web.oauth.misdirected import keep_told

pytestmark = pytest.mark.asyncio(loop_scope="module")


def join(pair: Pair) -> None:
    """What one site posts to the other arrives there, as it would over the wire."""
    machines = {end.settings.site: end.world.machine for end in (pair.us, pair.eu)}

    async def post(url: str, body: bytes) -> bytes:
        site = httpx.URL(url).host.split(".")[1]
        answer = await machines[site].post(url, content=body)
        assert answer.status_code == 200, answer.text
        return answer.content

    for end in (pair.us, pair.eu):
        end.world.platform.elsewhere.post = post


async def told(end: End) -> None:
    """Have told all that refusals here leave to tell."""
    platform = end.world.platform
    while platform.elsewhere.waiting:
        await platform.elsewhere.tell_next(partial(keep_told, platform))


async def log_of(world: World, partner: Partner) -> dict[str, str]:
    """The request log of the app, as its owner reads it: request IDs and causes."""
    partner.developer.browser.cookies.clear()
    assert (await world.sign_in(partner.developer)).status_code == 303
    rows = await world.platform.database.fetch(
        "SELECT request_id, cause FROM refusals WHERE client_id = $1::uuid", partner.client_id
    )
    listed = (await partner.developer.browser.get(f"/developer/apps/{partner.app_id}/requests")).text
    return {row["request_id"]: row["cause"] for row in rows if row["request_id"] in listed}


async def explained(world: World, partner: Partner, request_id: str) -> str:
    """The page that explains a request to the app's owner."""
    page = await partner.developer.browser.get(f"/developer/apps/{partner.app_id}/requests/{request_id}")
    assert page.status_code == 200
    return page.text


def passed(world: World) -> None:
    """Enough time for the next one of the same authorization to be told."""
    world.clock.move(seconds=2)


@pytest.mark.row("B1", "S23", "R20")
async def test_the_owner_of_a_test_client_finds_a_call_with_its_token_at_the_wrong_site(pair: Pair) -> None:
    """By the name that the other site gave it, with the address that would have been right."""
    join(pair)
    us, eu = pair.us.world, pair.eu.world
    partner = await us.partner("Pagewell Tests")
    await us.sign_in(partner.developer)
    access = (await us.flow(partner.developer, partner)).access
    refused = await eu.call(access)
    assert refused.status_code == 401
    await told(pair.eu)
    request_id = refused.headers["x-request-id"]
    assert (await log_of(us, partner))[request_id] == "bearer_of_another_site"
    page = await explained(us, partner, request_id)
    assert "https://api.us1.example.com" in page and "GET /api/v1/monitor" in page
    assert (await us.call(access)).status_code == 200


@pytest.mark.row("B1", "S23", "R20")
async def test_codes_and_refresh_tokens_of_a_client_that_the_site_does_not_know(pair: Pair) -> None:
    """Redeemed and refreshed at the wrong site: nobody there knows the client, its home does."""
    join(pair)
    us, eu = pair.us.world, pair.eu.world
    partner = await us.partner("Pagewell Codes")
    await us.sign_in(partner.developer)
    flow = await us.flow(partner.developer, partner)
    passed(us)
    refused = await eu.refresh(partner, flow.refresh)
    assert refused.json()["error"] == "invalid_client"
    await told(pair.eu)
    code = await us.code(partner.developer, partner)
    unredeemed = await eu.redeem(partner, code)
    await told(pair.eu)
    found = await log_of(us, partner)
    assert found[refused.headers["x-request-id"]] == "refresh_token_of_another_site"
    assert found[unredeemed.headers["x-request-id"]] == "code_of_another_site"
    assert (await us.redeem(partner, code)).status_code == 200, "the code is whole"


@pytest.mark.row("B1", "S22", "S23", "R20")
@pytest.mark.parametrize("home", ["us1", "eu1"])
async def test_a_published_client_is_told_at_home_whichever_site_refused(pair: Pair, home: str) -> None:
    """The token is of us1 and refused at eu1: the log is at the client's home, be it the one or the other."""
    join(pair)
    us, eu = pair.us.world, pair.eu.world
    at_home = {"us1": us, "eu1": eu}[home]
    published = await at_home.released(await at_home.partner(f"Published at {home}"))
    await pair.settled()
    lena = await customer(us, f"Nordlicht {home}")
    tokens = (await us.redeem(published, await us.code(lena, published))).json()
    passed(us)
    refused = await eu.call(tokens["access_token"])
    await told(pair.eu)
    passed(us)
    renewed = await eu.refresh(published, tokens["refresh_token"])
    assert renewed.json()["error"] == "invalid_grant"
    await told(pair.eu)
    found = await log_of(at_home, published)
    assert found[refused.headers["x-request-id"]] == "bearer_of_another_site"
    assert found[renewed.headers["x-request-id"]] == "refresh_token_of_another_site"


@pytest.mark.row("B1", "S23", "R20")
async def test_a_client_of_this_site_is_told_here_of_what_it_brought_from_another(pair: Pair) -> None:
    """Right client ID, and the code, the refresh token or the secret of the app's client at the other site."""
    join(pair)
    us, eu = pair.us.world, pair.eu.world
    there, here = await us.partner("Two sites"), await eu.partner("Two sites")
    await us.sign_in(there.developer)
    flow = await us.flow(there.developer, there)
    code = await us.code(there.developer, there)
    causes = {
        (await eu.redeem(here, code)).headers["x-request-id"]: "code_of_another_site",
        (await eu.refresh(here, flow.refresh)).headers["x-request-id"]: "refresh_token_of_another_site",
    }
    mixed = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
        "client_id": here.client_id,
        "client_secret": there.client_secret,
    }
    refused = await eu.machine.post("/oauth2/v1/token", data=mixed)
    causes[refused.headers["x-request-id"]] = "client_secret_of_another_site"
    found = await log_of(eu, here)
    assert {request_id: found[request_id] for request_id in causes} == causes


@pytest.mark.row("B1", "R20", "R21")
async def test_who_does_not_have_the_token_can_write_into_nobodys_log(pair: Pair) -> None:
    """A made-up digest, a made-up token, a site that there is not, and a name that is none are answered alike;
    what is told does not hold the token."""
    us = pair.us.world
    partner = await us.partner("Pagewell Guarded")
    await us.sign_in(partner.developer)
    access = (await us.flow(partner.developer, partner)).access
    found = shown(access)
    assert found is not None
    right = found[1]
    assert access not in f"{right.token}{right.digest}" and len(right.token) == len(access) - 40
    truly = Misdirected("eu1", "0" * 24, "GET /api/v1/monitor", right)
    wrong = [
        {"site": "eu1", "request_id": "1" * 24, "endpoint": "GET /", "shown": {**shape(right), "digest": "0" * 64}},
        {"site": "eu1", "request_id": "2" * 24, "endpoint": "GET /", "shown": {**shape(right), "token": "lsat_us1_00"}},
        {"site": "ap1", "request_id": "3" * 24, "endpoint": "GET /", "shown": shape(right)},
        {"site": "us1", "request_id": "4" * 24, "endpoint": "GET /", "shown": shape(right)},
        {"site": "eu1", "request_id": "../" * 8, "endpoint": "GET /", "shown": shape(right)},
    ]  # fmt: skip
    for body in wrong:
        answer = await us.machine.post("/oauth2/v1/misdirected", json=body)
        assert (answer.status_code, answer.json()) == (200, {"client_id": None})
    assert await log_of(us, partner) == {}
    assert (await us.machine.post("/oauth2/v1/misdirected", content=b"[]")).status_code == 400
    told_truly = {
        "site": truly.site,
        "request_id": truly.request_id,
        "endpoint": truly.endpoint,
        "shown": shape(right),
    }
    answer = await us.machine.post("/oauth2/v1/misdirected", json=told_truly)
    assert answer.json() == {"client_id": partner.client_id}
    assert await log_of(us, partner) == {"0" * 24: "bearer_of_another_site"}


def shape(right: object) -> dict[str, str]:
    """What is told of a token, as JSON has it."""
    return {"token": right.token, "digest": right.digest}  # type: ignore[attr-defined]


@pytest.mark.row("B1", "R21")
async def test_a_site_that_cannot_be_reached_is_left_in_peace_and_the_answer_never_waits(pair: Pair) -> None:
    """What can't be told is dropped; after half a minute it is tried again. A loop is told once a second."""
    join(pair)
    us, eu = pair.us.world, pair.eu.world
    partner = await us.partner("Pagewell Cut")
    await us.sign_in(partner.developer)
    access = (await us.flow(partner.developer, partner)).access
    working, tried = eu.platform.elsewhere.post, []

    async def down(url: str, body: bytes) -> bytes:
        tried.append(url)
        raise OSError("unreachable")

    await told(pair.eu)
    eu.platform.elsewhere.post = down
    passed(us)
    assert (await eu.call(access)).status_code == 401
    await told(pair.eu)
    passed(us)
    assert (await eu.call(access)).status_code == 401
    assert tried == ["https://api.us1.example.com/oauth2/v1/misdirected"]
    assert await log_of(us, partner) == {}
    eu.platform.elsewhere.post = working
    us.clock.move(seconds=31)
    for _ in range(3):
        last = await eu.call(access)
        assert last.status_code == 401
    await told(pair.eu)
    assert len(await log_of(us, partner)) == 1


@pytest.mark.row("B023", "B024", "R20")
@pytest.mark.parametrize("endpoint", ["GET /\x00", "GET /\ud800", "GET /" + "a" * 3_000, "<script>", ""])
async def test_what_a_site_tells_is_no_way_to_break_a_log(pair: Pair, endpoint: str) -> None:
    """Whoever has a token may say anything of where it was refused: it is kept as it can be, or not at all."""
    us = pair.us.world
    partner = await us.partner("Pagewell Hostile")
    await us.sign_in(partner.developer)
    seen = shown((await us.flow(partner.developer, partner)).access)
    assert seen is not None
    told = {"site": "eu1", "request_id": "ab" * 12, "endpoint": endpoint, "shown": shape(seen[1])}
    answer = await us.machine.post("/oauth2/v1/misdirected", content=json.dumps(told).encode())
    assert answer.status_code in (200, 400), answer.text
