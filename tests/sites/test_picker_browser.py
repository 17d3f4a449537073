"""The page to pick the site in a real Chromium, without JavaScript, from the partner's link to the site."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from playwright.async_api import Browser, Route
from tests.ports import free_port
from tests.sites.conftest import settings_of

from latchstring.kit.clock import SystemClock
from latchstring.kit.entropy import SystemEntropy
from latchstring.sites.configured import sites_of
from latchstring.web.neutral import Neutral

pytestmark = pytest.mark.browser
QUERY = "client_id=5a&redirect_uri=https%3A%2F%2Fa.example%2Fcb&scope=a+b%20c&state=%7E%2b'%22&nonce"


@pytest.fixture
async def origin(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The site-neutral address behind a real server."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    sites = sites_of(settings_of("us1", tmp_path_factory.mktemp("neutral")))
    app = Neutral(sites, origin, SystemClock(), SystemEntropy())
    server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGINL)
    task = asyncio.create_task(server.serve())
    async with httpx.AsyncClient() as client:
        while True:
            try:
                await client.get(f"{origin}/healthz")
                break
            except httpx.TransportError:
                await asyncio.sleep(0.02)
    yield origin
    server.stop()
    await task


@pytest.mark.row("S23", "B12", "R20")
async def test_a_person_picks_their_site_without_javascript(origin: str, browser: Browser) -> None:
    """By keyboard; the request arrives there as the partner wrote it. The next time their site comes first, in Korean
    too, and the network page knows it."""
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    arrived: list[str] = []

    async def at_the_site(route: Route) -> None:
        arrived.append(route.request.url)
        await route.fulfill(status=200, content_type="text/html", body="<h1>Sign in</h1>")

    await context.route("https://app.*.example.com/**", at_the_site)
    await page.goto(f"{origin}/oauth2/v1/authorize?{QUERY}")
    assert await page.get_by_role("heading", level=1).inner_text() == "Choose your site"
    await page.get_by_role("link", name="EU1").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Sign in").wait_for()
    # A browser writes the quote of the partner's query as %27, wherever it sends it.
    assert urlsplit(arrived[0]).netloc == "app.eu1.example.com"
    assert urlsplit(arrived[0]).query == QUERY.replace("'", "%27")
    await page.goto(f"{origin}/oauth2/v1/authorize?{QUERY}")
    await page.get_by_role("button", name="한국어").click()
    links = page.get_by_role("navigation").get_by_role("link")
    assert "마지막" in await links.first.inner_text()
    assert "EU1" in await links.first.inner_text()
    await links.first.click()
    await page.get_by_role("heading", name="Sign in").wait_for()
    assert arrived[1] == arrived[0]
    await page.goto(f"{origin}/network")
    assert await page.get_by_text("https://api.eu1.example.com/oauth2/v1/token").count() == 1
    await page.get_by_label("SITE").select_option("us1")
    await page.get_by_role("button", name="보기").click()
    assert await page.get_by_text("https://api.us1.example.com/oauth2/v1/token").count() == 1
