"""The site-neutral address: people pick their site, and the very same request goes on there."""

import json

import httpx
import pytest
from tests.sites.test_settings import EU, US

from latchstring.kit.clock import SystemClock
from latchstring.kit.entropy import SystemEntropy
from latchstring.settings import load_settings
from latchstring.sites.configured import sites_of
from latchstring.web.neutral import Neutral

ORIGIN = "https://app.example.com"
ODD = "client_id=a%2Db&scope=x+y%20z&state=%C3%A9%E2%82%AC&&b=;'&a=1&a=2&empty=&state2"


@pytest.fixture
def browser() -> httpx.AsyncClient:
    """A browser at the neutral address of two sites."""
    settings = load_settings({"LATCHSTRING_SITES": json.dumps({"us1": US, "eu1": EU})}, neutral=True)
    app = Neutral(sites_of(settings), ORIGIN, SystemClock(), SystemEntropy())
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"accept": "text/html"})


@pytest.mark.row("S23", "R20", "R22")
async def test_the_query_goes_on_byte_for_byte_and_the_choice_is_remembered(
    browser: httpx.AsyncClient,
) -> None:
    """Whatever the request's own headers say."""
    asked = await browser.get(
        f"/oauth2/v1/authorize?{ODD}", headers={"x-forwarded-host": "app.us1.example.com"}
    )
    assert asked.status_code == 200
    assert all(word in asked.text for word in ("US1", "EU1", "Frankfurt", "us1.example.com"))
    assert "Last used" not in asked.text
    for host in ("app.example.com", "app.us1.example.com", "evil.example"):
        gone = await browser.get(f"/sites/eu1/authorize?{ODD}", headers={"host": host})
        assert gone.status_code == 303
        assert gone.headers["location"] == f"https://app.eu1.example.com/oauth2/v1/authorize?{ODD}"
    assert "__Host-latchstring_chosen=eu1" in gone.headers["set-cookie"]
    again = await browser.get(f"/oauth2/v1/authorize?{ODD}")
    assert "Last used" in again.text
    assert again.text.index("EU1") < again.text.index("US1")


@pytest.mark.row("S23", "R20")
async def test_no_site_answers_there(browser: httpx.AsyncClient) -> None:
    """Token requests and API calls are told where to go; unknown sites are not found; a forged cookie is nothing."""
    token = await browser.post("/oauth2/v1/token", data={"grant_type": "authorization_code"})
    assert (token.status_code, token.json()["error"]) == (421, "invalid_request")
    assert "domain" in token.json()["error_description"]
    assert (await browser.get("/api/v1/monitor")).status_code == 421
    assert (await browser.get("/sites/ap1/authorize")).status_code == 404
    assert (await browser.post("/oauth2/v1/authorize")).status_code == 405
    cookie = {"cookie": '__Host-latchstring_chosen="><script>'}
    odd = await browser.get("/oauth2/v1/authorize?x=%22%3E%3Cscript%3E", headers=cookie)
    assert odd.status_code == 200
    assert "<script>" not in odd.text


@pytest.mark.row("S23", "B12")
async def test_language_and_network_page_work_there_too(browser: httpx.AsyncClient) -> None:
    """The choice of language comes back to the same request."""
    chosen = await browser.post(
        "/preferences", data={"locale": "ko", "next": "/oauth2/v1/authorize?state=a%20b"}
    )
    assert chosen.headers["location"] == "/oauth2/v1/authorize?state=a%20b"
    assert "사이트 선택" in (await browser.get(chosen.headers["location"])).text
    page = await browser.get("/network?site=us1")
    assert "https://http-intake.logs.us1.example.com" in page.text
    assert "https://api.eu1.example.com" not in page.text
    told = (await browser.get("/network.json")).json()
    assert [site["key"] for site in told["sites"]] == ["us1", "eu1"]
    assert told["neutral_authorization_endpoint"] == f"{ORIGIN}/oauth2/v1/authorize"
    one = (await browser.get("/network.json?site=eu1")).json()["sites"]
    addresses = {end["purpose"]: end["address"] for end in one[0]["endpoints"]}
    assert addresses["token"] == "https://api.eu1.example.com/oauth2/v1/token"
    assert (await browser.get("/network.json?site=ap1")).status_code == 404
    assert (await browser.get("/network?site=ap1")).status_code == 404
