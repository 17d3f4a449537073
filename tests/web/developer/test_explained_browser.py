"""The tabs Requests and Coverage in a real browser: both languages, both themes, on a phone, by keyboard."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.async_api import Browser
from tests.web.developer.conftest import Screen, screen_of
from tests.world import REDIRECT, Partner, World

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
AUDIT = """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.map(
  rule => rule.id + ': ' + rule.nodes.map(node => node.html.slice(0, 120)).join(' | '))"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
#: Set it to a folder to look at what the tests saw.
PICTURES = os.environ.get("LATCHSTRING_PICTURES")

pytestmark = [pytest.mark.browser, pytest.mark.long]


async def failures(world: World) -> Partner:
    """An app with some calls and many kinds of refusals."""
    partner = await world.partner(scopes=("monitors_read", "monitors_write", "events_read", "api_keys_write"))
    await world.sign_in(partner.developer)
    flow = await world.flow(partner.developer, partner)
    for _ in range(4):
        await world.call(flow.access)
    made = (await world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")).json()
    headers = {"dd-api-key": made["data"]["attributes"]["key"]}
    await world.machine.post("/api/v2/logs", headers=headers, json=[{"message": "hello"}])
    await world.platform.calls.write()
    await world.call(flow.refresh)
    world.clock.move(minutes=7)
    await world.call(flow.access, "/api/v1/dashboard")
    await world.call(flow.access, "/api/v1/monitors")
    code = await world.code(partner.developer, partner)
    await world.redeem(partner, code, code_verifier="w" * 64)
    await world.redeem(partner, code, redirect_uri=REDIRECT + "/ ")
    await world.browser().get(
        world.authorize_url(partner, redirect_uri="http://notifier.example:8080/callback")
    )
    return partner


async def looked_at(screen: Screen, name: str) -> None:
    """The page is accessible, fits, ran without trouble; a picture is taken if somebody wants to look."""
    if PICTURES:
        await screen.page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
    assert await screen.page.evaluate(OVERFLOW) <= 0, f"{name} scrolls sideways"
    await screen.page.evaluate(AXE)
    assert await screen.page.evaluate(AUDIT) == [], name
    assert screen.trouble == [], (name, screen.trouble)


@pytest.mark.row("B1", "B2", "B12")
@pytest.mark.parametrize(
    ("locale", "dark", "width"),
    [("en", False, 1280), ("ko", True, 375)],
)
async def test_from_the_log_to_the_remedy_and_to_coverage(
    world: World, browser: Browser, origin: str, locale: str, dark: bool, width: int
) -> None:
    """The log is narrowed, a request opened, the marked difference read; then the scopes that were exercised."""
    partner = await failures(world)
    screen = await screen_of(browser, origin, partner.developer, locale=locale, dark=dark, width=width)
    page, name = screen.page, f"{locale}-{'dark' if dark else 'light'}-{width}"
    await screen.go(f"/developer/apps/{partner.app_id}/requests")
    assert await page.locator("tbody tr").count() == 6
    await looked_at(screen, f"requests-{name}")
    await page.locator("#filter-cause").select_option("code_redirect_uri_mismatch")
    await page.locator(".filters button").click()
    assert await page.locator("tbody tr").count() == 1
    await page.locator("tbody a.row-link").click()
    assert await page.locator(".received mark").all_inner_texts() == ["/[space]"]
    assert REDIRECT in await page.locator(".explained .code-block code").inner_text()
    await looked_at(screen, f"request-uri-{name}")
    await screen.go(f"/developer/apps/{partner.app_id}/requests?cause=scope_missing")
    await page.locator("tbody a.row-link").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".expected mark")
    assert await page.locator(".expected mark").inner_text() == "dashboards_read"
    await looked_at(screen, f"request-scope-{name}")
    await screen.go(f"/developer/apps/{partner.app_id}/requests?cause=redirect_uri_mismatch")
    await page.locator("tbody a.row-link").click()
    await looked_at(screen, f"request-named-{name}")
    await page.locator(".more-about a").click()
    assert page.url.endswith("/docs/troubleshooting#t7")
    await screen.go(f"/developer/apps/{partner.app_id}/coverage")
    assert await page.locator(".client-coverage tbody tr").count() == 4
    await looked_at(screen, f"coverage-{name}")


@pytest.mark.row("B1")
async def test_without_scripts_everything_can_be_read(world: World, browser: Browser, origin: str) -> None:
    """Filters are a form, rows are links; an app without refusals says what would be here."""
    partner = await failures(world)
    screen = await screen_of(browser, origin, partner.developer, scripts=False)
    await screen.go(f"/developer/apps/{partner.app_id}/requests")
    await screen.page.locator("#filter-endpoint").select_option("token")
    await screen.page.locator(".filters button").click()
    assert await screen.page.locator("tbody tr").count() == 2
    await world.platform.database.fetch("DELETE FROM refusals")
    await screen.go(f"/developer/apps/{partner.app_id}/requests")
    assert await screen.page.locator(".empty h2").inner_text() == "Nothing was refused"


@pytest.mark.row("B1", "T7")
async def test_the_developer_goes_from_the_error_page_to_the_explanation(
    world: World, browser: Browser, origin: str
) -> None:
    """What a customer could only copy and send, the owner of the app opens."""
    partner = await failures(world)
    screen = await screen_of(browser, origin, partner.developer)
    await screen.go(world.authorize_url(partner, redirect_uri=REDIRECT + "?x=1"))
    await screen.page.get_by_role("link", name="See why the request failed").click()
    assert await screen.page.locator(".received mark").all_inner_texts() == ["?x=1"]
    if PICTURES:
        await screen.page.screenshot(path=Path(PICTURES) / "request-from-error.png", full_page=True)
