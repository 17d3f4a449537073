"""The documentation's real pages in a real browser: accessible, readable on a phone, usable without a script."""

from importlib.resources import files

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect
from tests.world import ORIGIN, World

from latchstring.web.documentation.sources import PAGE_NAMES
from latchstring.web.static import static_files
from latchstring.web.translations import LOCALES

pytestmark = pytest.mark.browser

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
AUDIT = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .map(rule => rule.id + ': ' +
    rule.nodes.map(node => node.html.slice(0, 120) + ' ' + node.failureSummary).join(' | '))"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
ADDRESSES = ["/docs", *(f"/docs/{name}" for name in PAGE_NAMES)]


async def opened(world: World, context: BrowserContext) -> Page:
    """A page of a browser whose requests reach the platform in this process, content policy and all."""
    statics = {file.url: file for file in static_files()}

    async def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if file := statics.get(path):
            await route.fulfill(body=file.body, content_type=file.content_type)
            return
        found = await world.machine.get(path, headers={**route.request.headers, "accept": "text/html"})
        await route.fulfill(status=found.status_code, body=found.text, headers=dict(found.headers.items()))

    await context.route("**/*", answer)
    return await context.new_page()


@pytest.mark.long
@pytest.mark.row("B12", "B050", "B053")
@pytest.mark.parametrize("locale", LOCALES)
async def test_every_page_is_accessible_and_fits_a_phone(world: World, browser: Browser, locale: str) -> None:
    """In both languages, light and dark, at 360 pixels; wide pages too."""
    for width, scheme in ((360, "light"), (1280, "dark")):
        context = await browser.new_context(
            viewport={"width": width, "height": 800},
            locale=locale,
            color_scheme=scheme,
            reduced_motion="reduce",  # type: ignore[arg-type]
        )
        await context.add_init_script(AXE)
        page = await opened(world, context)
        for address in ADDRESSES:
            await page.goto(ORIGIN + address)
            assert await page.evaluate(OVERFLOW) <= 0, f"{address} scrolls sideways"
            if address != "/docs/scopes" or width == 360:
                assert await page.evaluate(AUDIT) == [], f"{address} {locale} {scheme}"


async def test_a_language_is_opened_without_a_script(world: World, browser: Browser) -> None:
    """The examples' languages open one at a time, and the contents lead to a section."""
    context = await browser.new_context(java_script_enabled=False, locale="en")
    page = await opened(world, context)
    await page.goto(ORIGIN + "/docs/quick-start")
    assert await page.get_by_text("from http.server import").is_visible()
    await page.locator("summary", has_text="JavaScript").click()
    assert await page.get_by_text('import { createServer } from "node:http";').is_visible()
    await page.get_by_role("link", name="Troubleshooting", exact=True).first.click()
    await page.get_by_role("navigation", name="On this page").get_by_role("link", name="T9").click()
    assert page.url == ORIGIN + "/docs/troubleshooting#t9"


async def test_an_example_is_copied_whole(world: World, browser: Browser) -> None:
    """The button copies the code as it is, without its colours."""
    context = await browser.new_context(locale="en", permissions=["clipboard-read", "clipboard-write"])
    page = await opened(world, context)
    await page.goto(ORIGIN + "/docs/quick-start")
    await page.get_by_role("button", name="Copy").first.click()
    await expect(page.locator("#announce")).to_have_text("Copied")
    copied = await page.evaluate("() => navigator.clipboard.readText()")
    compile(copied, "connect.py", "exec")
    assert 'CLIENT_ID = "YOUR_CLIENT_ID"' in copied
