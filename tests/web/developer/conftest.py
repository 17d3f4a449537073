"""What the tests of the Developer Platform stand on: a developer at work, over HTTP and in a real browser."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from playwright.async_api import Browser, BrowserContext, Page
from tests.ports import free_port
from tests.world import PASSWORD, Person, World

APPS = "/developer/apps"


@dataclass
class Desk:
    """A developer of a sandbox organization, signed in."""

    world: World
    person: Person

    @property
    def organization_id(self) -> UUID:
        """The sandbox."""
        return self.person.organization_id

    async def get(self, path: str, status: int = 200, **query: str) -> httpx.Response:
        """A page."""
        answer = await self.person.browser.get(path, params=query or None)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:1500])
        return answer

    async def post(
        self, path: str, shown: httpx.Response, status: int = 303, **fields: str
    ) -> httpx.Response:
        """Post the form of a page to `path`, with its hidden fields and `fields` (`__` stands for a dot)."""
        sent = {**hidden(shown, path), **{name.replace("__", "."): value for name, value in fields.items()}}
        answer = await self.person.browser.post(path, data=sent)
        assert answer.status_code == status, (path, answer.status_code, words(answer)[:3000])
        return answer

    async def app(self, name: str = "On-call Notifier", template: str = "blank") -> str:
        """A new app; the path of its pages."""
        form = await self.get(f"{APPS}/new", kind="api")
        made = await self.post(APPS, form, name=name, template=template)
        return str(made.headers["location"]).partition("?")[0]

    async def client(self, app: str, **fields: str) -> tuple[str, str]:
        """A new client of an app; the path of its pages, and its secret."""
        form = await self.get(f"{app}/clients/new")
        shown = await self.post(f"{app}/clients", form, 200, **{"name": "Notifier", "do": "save", **fields})
        return f"{app}/clients/{client_id_in(shown)}", secret_in(shown)


def hidden(page: httpx.Response, action: str) -> dict[str, str]:
    """The hidden fields of the form of a page that posts to `action`."""
    forms = re.findall(r'<form method="post" action="([^"]*)"[^>]*>(.*?)</form>', page.text, re.DOTALL)
    found = [body for target, body in forms if html.unescape(target) == action]
    assert found, [target for target, _ in forms]
    pairs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', found[0])
    return {html.unescape(name): html.unescape(value) for name, value in pairs}


def words(page: httpx.Response) -> str:
    """What a page says, without its tags."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)))


def secret_in(page: httpx.Response) -> str:
    """The client secret on a page."""
    found = re.search(r"lscs_[A-Za-z0-9_]+", page.text)
    assert found is not None, words(page)
    return found.group(0)


def client_id_in(page: httpx.Response) -> str:
    """The client ID on the page with the secret."""
    found = re.search(r"clients/([0-9a-f-]{36})/stored", page.text)
    assert found is not None, words(page)
    return found.group(1)


@pytest.fixture
async def desk(world: World) -> Desk:
    """A developer in an empty sandbox organization."""
    return await desk_of(world)


async def desk_of(world: World, name: str = "Pagewell") -> Desk:
    """A developer in an empty sandbox organization of its own."""
    organization_id = await world.organization(name, "sandbox")
    person = await world.person(organization_id, name="Dana Reyes")
    assert (await world.sign_in(person)).status_code == 303
    return Desk(world, person)


@pytest.fixture
async def origin(world: World) -> AsyncIterator[str]:
    """Where the platform listens, for a browser."""
    port = free_port()
    server = Server(world.door, address="127.0.0.1", port=port, interface=Interfaces.ASGINL)
    task = asyncio.create_task(server.serve())
    address = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient() as client:
        for _ in range(200):
            try:
                await client.get(f"{address}/healthz")
                break
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    yield address
    server.stop()
    await task


@dataclass
class Screen:
    """A developer's browser window."""

    page: Page
    origin: str
    trouble: list[str]

    async def go(self, path: str) -> None:
        """Open a page."""
        await self.page.goto(self.origin + path)


async def screen_of(
    browser: Browser,
    origin: str,
    person: Person,
    *,
    locale: str = "en",
    dark: bool = False,
    width: int = 1280,
    scripts: bool = True,
) -> Screen:
    """A window in which somebody is signed in; what goes wrong in it is collected."""
    context: BrowserContext = await browser.new_context(
        viewport={"width": width, "height": 900},
        locale=locale,
        color_scheme="dark" if dark else "light",
        java_script_enabled=scripts,
        reduced_motion="reduce",
    )
    page = await context.new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    await page.goto(f"{origin}/sign-in?next=/developer/apps")
    await page.locator("#field-email").fill(person.email)
    await page.locator("#field-password").fill(PASSWORD)
    await page.locator("form button.primary").click()
    await page.wait_for_url("**/developer/apps")
    return Screen(page, origin, trouble)
