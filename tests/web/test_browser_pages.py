"""Every page in a real browser: accessible everywhere, fits a phone, runs no stranger's text."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Dialog, Page
from starlette.responses import Response
from tests.browser import connected, listening
from tests.web.sample_chrome import chrome_for

from latchstring.web.pages import ALL_PAGES, Sample
from latchstring.web.pages import Page as OurPage
from latchstring.web.rendering import shared_renderer
from latchstring.web.static import static_files
from latchstring.web.translations import LOCALES, Locale

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STATIC = {file.url: (file.body, file.content_type) for file in static_files()}
STATIC["/axe.js"] = (
    files("axe_playwright_python").joinpath("axe.min.js").read_bytes(),
    "text/javascript",
)
#: axe comes from the server, as the content policy wants it; the browser then keeps it compiled.
AUDIT = """async () => {
  const script = document.createElement('script');
  script.src = '/axe.js';
  await new Promise(loaded => { script.onload = loaded; document.head.append(script); });
  const found = (await axe.run(document, { resultTypes: ['violations'] })).violations;
  const told = node => node.html.slice(0, 120) + ' ' + node.failureSummary;
  return found.map(rule => rule.id + ': ' + rule.nodes.map(told).join(' | '));
}"""
TO_DARK = "() => { document.documentElement.dataset.theme = 'dark' }"
#: The same document with another body: what the browser has loaded it need not load again.
IN_OTHER_WORDS = """html => {
  const other = new DOMParser().parseFromString(html, 'text/html');
  document.documentElement.lang = other.documentElement.lang;
  document.body.replaceWith(document.adoptNode(other.body));
  return document.documentElement.lang;
}"""
BACKGROUND = "() => getComputedStyle(document.body).backgroundColor"
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Shelf:
    """A server of static files, and of what is put on it to be looked at."""

    origin: str = ""
    put: dict[str, str] = field(default_factory=dict)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request. A page that listens for news is told to stop listening."""
        path = scope["path"]
        if path in self.put:
            answer = Response(self.put[path], 200, {"content-security-policy": CSP}, "text/html")
        elif path in STATIC:
            kept = {"cache-control": "max-age=600"}
            body, content_type = STATIC[path]
            answer = Response(body, 200, kept, content_type)
        else:
            answer = Response("", 204)
        await answer(scope, receive, send)


@dataclass
class Window:
    """A window of a browser, and what went wrong in it."""

    shelf: Shelf
    page: Page
    trouble: list[str]

    async def show(self, sample: Sample, locale: Locale) -> None:
        """Show a page as the product would."""
        self.shelf.put["/shown"] = rendered(sample, locale)
        await self.page.goto(self.shelf.origin + "/shown")


def rendered(sample: Sample, locale: Locale) -> str:
    """The page as the product makes it."""
    return shared_renderer().render(sample.page, locale=locale, chrome=chrome_for(sample.page))


@dataclass
class Windows:
    """Opens windows."""

    shelf: Shelf
    browser: Browser

    async def open(self, **options: Any) -> Window:
        """A window in a context of its own."""
        context: BrowserContext = await self.browser.new_context(**options)
        page, trouble = await context.new_page(), list[str]()

        async def leave(dialog: Dialog) -> None:
            """Forms with unsaved changes ask before they are left; whatever else asks is trouble."""
            if dialog.type != "beforeunload":
                trouble.append(dialog.message)
            await dialog.accept()

        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("dialog", leave)
        return Window(self.shelf, page, trouble)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def windows(chromium: str) -> AsyncIterator[Windows]:
    """One browser and one server for all pages."""
    shelf = Shelf()
    async with connected(chromium) as browser, listening(shelf) as shelf.origin:
        yield Windows(shelf, browser)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def phone(windows: Windows) -> Window:
    """A narrow window."""
    return await windows.open(viewport={"width": 360, "height": 740}, reduced_motion="reduce")


@pytest.mark.long
@pytest.mark.row("B12", "B050", "B053")
@pytest.mark.parametrize("page_type", ALL_PAGES, ids=lambda page_type: page_type.__name__)
async def test_every_sample_is_accessible_and_fits_a_phone(page_type: type[OurPage], phone: Window) -> None:
    """Nothing to scroll sideways and no stranger's text runs, in both languages; accessible.

    Colours don't depend on the language: samples are audited in turn in English and the light theme, and in
    Korean and the dark one.
    """
    phone.trouble.clear()
    for number, sample in enumerate(page_type.samples()):
        shown, other = LOCALES if number % 2 == 0 else reversed(LOCALES)
        await phone.show(sample, shown)
        where = f"{page_type.__name__}/{sample.name} {shown}"
        assert await phone.page.evaluate(OVERFLOW) <= 0, f"{where} scrolls sideways"
        if number % 2:
            await phone.page.evaluate(TO_DARK)
        assert await phone.page.evaluate(AUDIT) == [], where
        assert await phone.page.evaluate(IN_OTHER_WORDS, rendered(sample, other)) == other
        assert await phone.page.evaluate(OVERFLOW) <= 0, f"{where}: in {other} it scrolls sideways"
        assert phone.trouble == [], f"{where}: something ran, or the content policy was violated"


async def test_pages_are_accessible_on_a_desktop(windows: Windows) -> None:
    """The wide layout, with tables as tables, is accessible too, and follows a dark system."""
    desk = await windows.open(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    for number, page_type in enumerate(ALL_PAGES):
        locale = LOCALES[number % len(LOCALES)]
        await desk.show(next(iter(page_type.samples())), locale)
        assert await desk.page.evaluate(BACKGROUND) == "rgb(16, 20, 19)"
        assert await desk.page.evaluate(AUDIT) == [], f"{page_type.__name__} {locale}"


async def test_a_dialog_asks_before_revoking(windows: Windows) -> None:
    """With the script, the link to the confirmation opens it over the page, and cancelling closes it."""
    window = await windows.open()
    page = window.page
    oauth_apps = next(page_type for page_type in ALL_PAGES if page_type.__name__ == "OAuthApps")
    await window.show(next(iter(oauth_apps.samples())), "en")
    await page.get_by_role("link", name="Revoke On-call Notifier").click()
    dialog = page.get_by_role("dialog", name="Revoke the access of On-call Notifier?")
    assert await dialog.get_by_role("button", name="Revoke access").is_visible()
    await dialog.get_by_role("button", name="Cancel").click()
    assert not await dialog.is_visible()
    assert page.url == f"{windows.shelf.origin}/shown"


async def test_everything_is_reached_by_keyboard(windows: Windows) -> None:
    """The consent page by tab alone: who, where, then Deny and Allow, each with a visible focus."""
    window = await windows.open()
    consent = next(page_type for page_type in ALL_PAGES if page_type.__name__ == "Consent")
    await window.show(next(iter(consent.samples())), "en")
    reached = [await _tab(window.page) for _ in range(6)]
    names = [name for name, _ in reached]
    assert names == ["Skip to content", "Latchstring", "Not you?", "Switch", "Deny", "Allow"]
    assert all(outline == "solid" for _, outline in reached)


async def _tab(page: Page) -> tuple[str, str]:
    await page.keyboard.press("Tab")
    name, outline = await page.evaluate(
        "() => [document.activeElement.innerText.trim(), getComputedStyle(document.activeElement).outlineStyle]"
    )
    return name, outline
