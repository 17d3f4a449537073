"""Every page in a real browser: accessible everywhere, fits a phone, runs no stranger's text."""

from __future__ import annotations

import asyncio
from importlib.resources import files
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Dialog, Page, Route
from tests.web.sample_chrome import chrome_for

from latchstring.web.pages import ALL_PAGES, Sample
from latchstring.web.pages import Page as OurPage
from latchstring.web.rendering import Renderer, shared_renderer
from latchstring.web.static import static_files
from latchstring.web.translations import LOCALES, Locale

pytestmark = pytest.mark.browser

ORIGIN = "http://pages.test"
CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STATIC = {file.url: file for file in static_files()}
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
AUDIT = """async () => {
  const found = (await axe.run(document, { resultTypes: ['violations'] })).violations;
  const told = node => node.html.slice(0, 120) + ' ' + node.failureSummary;
  return found.map(rule => rule.id + ': ' + rule.nodes.map(told).join(' | '));
}"""
TO_DARK = "() => { document.documentElement.dataset.theme = 'dark' }"
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    """The renderer of the product."""
    return shared_renderer()


@pytest.mark.row("B12", "B050", "B053")
@pytest.mark.parametrize("page_type", ALL_PAGES, ids=lambda page_type: page_type.__name__)
async def test_every_sample_is_accessible_and_fits_a_phone(
    page_type: type[OurPage], renderer: Renderer, browser: Browser
) -> None:
    """Accessible in English and Korean, dark and light; nothing to scroll sideways; no stranger's text runs.

    Colours don't depend on the language: English is audited in the light theme, Korean in the dark one.
    """
    await asyncio.gather(*(_audit(page_type, locale, renderer, browser) for locale in LOCALES))


async def test_pages_are_accessible_on_a_desktop(renderer: Renderer, browser: Browser) -> None:
    """The wide layout, with tables as tables, is accessible too, and follows a dark system."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    page, _ = await _open(context)
    for number, page_type in enumerate(ALL_PAGES):
        sample = next(iter(page_type.samples()))
        locale = LOCALES[number % len(LOCALES)]
        await _show(page, renderer, sample, locale)
        assert (
            await page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(16, 20, 19)"
        )
        assert await page.evaluate(AUDIT) == [], f"{page_type.__name__} {locale}"


async def test_a_dialog_asks_before_revoking(renderer: Renderer, browser: Browser) -> None:
    """With the script, the link to the confirmation opens it over the page, and cancelling closes it."""
    page, _ = await _open(await browser.new_context())
    oauth_apps = next(page_type for page_type in ALL_PAGES if page_type.__name__ == "OAuthApps")
    await _show(page, renderer, next(iter(oauth_apps.samples())), "en")
    await page.get_by_role("link", name="Revoke On-call Notifier").click()
    dialog = page.get_by_role("dialog", name="Revoke the access of On-call Notifier?")
    assert await dialog.get_by_role("button", name="Revoke access").is_visible()
    await dialog.get_by_role("button", name="Cancel").click()
    assert not await dialog.is_visible()
    assert page.url == f"{ORIGIN}/"


async def test_everything_is_reached_by_keyboard(renderer: Renderer, browser: Browser) -> None:
    """The consent page by tab alone: who, where, then Deny and Allow, each with a visible focus."""
    page, _ = await _open(await browser.new_context())
    consent = next(page_type for page_type in ALL_PAGES if page_type.__name__ == "Consent")
    await _show(page, renderer, next(iter(consent.samples())), "en")
    reached = [await _tab(page) for _ in range(6)]
    names = [name for name, _ in reached]
    assert names == ["Skip to content", "Latchstring", "Not you?", "Switch", "Deny", "Allow"]
    assert all(outline == "solid" for _, outline in reached)


async def _tab(page: Page) -> tuple[str, str]:
    await page.keyboard.press("Tab")
    name, outline = await page.evaluate(
        "() => [document.activeElement.innerText.trim(), getComputedStyle(document.activeElement).outlineStyle]"
    )
    return name, outline


async def _audit(page_type: type[OurPage], locale: Locale, renderer: Renderer, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    page, trouble = await _open(context)
    for sample in page_type.samples():
        await _show(page, renderer, sample, locale)
        where = f"{page_type.__name__}/{sample.name} {locale}"
        assert await page.evaluate(OVERFLOW) <= 0, f"{where} scrolls sideways"
        assert trouble == [], f"{where}: something ran, or the content policy was violated"
        if locale == "ko":
            await page.evaluate(TO_DARK)
        assert await page.evaluate(AUDIT) == [], where
        trouble.clear()


async def _open(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page whose messages, dialogs and failures are collected."""
    trouble: list[str] = []

    async def leave(dialog: Dialog) -> None:
        """Forms with unsaved changes ask before they are left; whatever else asks is trouble."""
        if dialog.type != "beforeunload":
            trouble.append(dialog.message)
        await dialog.accept()

    await context.add_init_script(AXE)
    page = await context.new_page()
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("dialog", leave)
    await page.route("**/static/*", _serve_static)
    await page.route("**/events*", _nothing_happens)
    return page, trouble


async def _show(page: Page, renderer: Renderer, sample: Sample, locale: Locale) -> None:
    html = renderer.render(sample.page, locale=locale, chrome=chrome_for(sample.page))
    headers: dict[str, Any] = {"content-security-policy": CSP, "content-type": "text/html; charset=utf-8"}

    async def serve(route: Route) -> None:
        await route.fulfill(body=html, headers=headers)

    await page.unroute(f"{ORIGIN}/")
    await page.route(f"{ORIGIN}/", serve)
    await page.goto(f"{ORIGIN}/")


async def _nothing_happens(route: Route) -> None:
    """A page that listens is told to stop listening."""
    await route.fulfill(status=204)


async def _serve_static(route: Route) -> None:
    file = STATIC[route.request.url.removeprefix(ORIGIN)]
    await route.fulfill(body=file.body, content_type=file.content_type)
