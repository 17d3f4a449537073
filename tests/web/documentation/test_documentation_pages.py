"""The documentation over HTTP: open to everybody, with own IDs for those who own them."""

import re
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from tests.web.documentation.reading import ANCHOR, HREF, article_of, example_of
from tests.world import REDIRECT, Partner, World

from latchstring.web.documentation.sources import PAGE_NAMES
from latchstring.web.documentation.values import values_for
from latchstring.web.translations import LOCALES

LANGUAGE = {"en": {"accept-language": "en"}, "ko": {"accept-language": "ko"}}


async def read(world: World, path: str, locale: str = "en") -> httpx.Response:
    """A page as a stranger reads it."""
    answer = await world.browser().get(path, headers=LANGUAGE[locale])
    assert answer.status_code == 200, answer.text[:500]
    return answer


@pytest.mark.row("B12")
async def test_everybody_can_read_every_page_in_both_languages(world: World) -> None:
    """Without signing in; nothing left open, the same anchors, and a content policy as strict as everywhere."""
    for name in PAGE_NAMES:
        pages = {locale: await read(world, f"/docs/{name}", locale) for locale in LOCALES}
        for locale, answer in pages.items():
            assert f'lang="{locale}"' in answer.text
            assert not re.search("\\{\\{|[\ue000\ue001]", answer.text)
            assert "script-src 'self'; style-src 'self'" in answer.headers["content-security-policy"]
        assert ANCHOR.findall(pages["en"].text) == ANCHOR.findall(pages["ko"].text) != []


async def test_the_front_page_leads_to_every_page(world: World) -> None:
    """In the order of reading, in both languages; a page that does not exist is not found."""
    for locale in LOCALES:
        page = (await read(world, "/docs", locale)).text
        led_to = [href for href in HREF.findall(page) if href.startswith("/docs/")]
        assert led_to == [f"/docs/{name}" for name in PAGE_NAMES]
    assert (await world.browser().get("/docs/nothing")).status_code == 404


async def test_every_link_leads_somewhere(world: World) -> None:
    """Links between the pages, to their sections, and to the rest of the product."""
    for locale in LOCALES:
        pages = {name: (await read(world, f"/docs/{name}", locale)).text for name in PAGE_NAMES}
        anchors = {name: set(ANCHOR.findall(page)) for name, page in pages.items()}
        for name, page in pages.items():
            for href in HREF.findall(article_of(page)):
                url = urlsplit(href)
                target = url.path.removeprefix("/docs/") or name
                assert not url.netloc
                assert target in PAGE_NAMES, href
                assert not url.fragment or url.fragment in anchors[target], f"{name}: {href}"


@pytest.mark.row("T1", "S13", "S14", "B9")
@pytest.mark.parametrize("locale", LOCALES)
async def test_every_scope_is_listed_with_what_it_unlocks(world: World, locale: str) -> None:
    """Title, consent text and every operation of every scope, and T1 before all of them."""
    page = (await read(world, "/docs/scopes", locale)).text
    contract = world.platform.contract
    sections = dict(re.findall(r'<h3 id="(\w+)">(.*?)</section>', page, re.DOTALL))
    assert list(sections) == [
        s.name for area in contract.areas for s in contract.scopes.values() if s.area == area
    ]
    for scope in contract.scopes.values():
        text = sections[scope.name].replace("&#39;", "'").replace("&amp;", "&")
        assert scope.title[locale] in text
        assert scope.consent[locale] in text
        for operation in contract.operations_unlocked_by(scope.name):
            assert f"<b>{operation.method}</b> {operation.path}</code>" in text
    assert page.index("/docs/troubleshooting#t1") < page.index('<h3 id="')


@pytest.mark.row("S20", "A003")
async def test_an_owner_finds_the_apps_own_ids_in_the_examples(world: World) -> None:
    """Client ID, redirect URI and scopes of the app, never its secret, and on from page to page."""
    partner = await world.partner()
    await world.sign_in(partner.developer)
    page = (await partner.developer.browser.get(f"/docs/quick-start?client={partner.client_id}")).text
    for language in ("Python", "JavaScript", "curl"):
        code = example_of(page, language)
        for value in (partner.client_id, REDIRECT, "monitors_read", "api_keys_write"):
            assert value in code
    assert partner.client_secret not in page
    assert f"/docs/endpoints?client={partner.client_id}" in page
    assert "On-call Notifier" in page


@pytest.mark.row("B045")
async def test_nobody_else_finds_them(world: World) -> None:
    """Strangers, other organizations and wrong IDs get the examples for everybody."""
    partner = await world.partner()
    mina = await world.person(await world.organization())
    await world.sign_in(mina)
    for browser in (world.browser(), mina.browser):
        for client in (partner.client_id, str(uuid4()), "'; DROP", "", "\x00"):
            page = (await browser.get("/docs/quick-start", params={"client": client})).text
            assert "YOUR_CLIENT_ID" in page
            assert partner.client_id not in article_of(page)
            assert "On-call Notifier" not in page


async def _with_redirect(world: World, uri: str) -> tuple[Partner, str]:
    partner = await world.partner(redirect_uris=(uri,))
    await world.sign_in(partner.developer)
    page = await partner.developer.browser.get(f"/docs/quick-start?client={partner.client_id}")
    return partner, page.text


async def test_what_is_filled_in_is_inert(world: World) -> None:
    """Mark-up is escaped, and a value that could end a string of the examples is left out."""
    _, page = await _with_redirect(world, "https://notifier.example/cb?a=1&lt;b")
    assert "https://notifier.example/cb?a=1&amp;lt;b" in page
    partner, page = await _with_redirect(world, "https://notifier.example/');import%20os")
    assert "import%20os" not in page
    assert partner.client_id in page
    client = await world.platform.clients.get(UUID(partner.client_id))
    assert client is not None
    hostile = replace(client, onboarding_url='"</code><script>', scopes=("api_keys_write",))
    values = values_for(hostile, world.platform.contract, world.platform.site)
    assert values["onboarding_url"] == "http://localhost:8400/start"
    assert values["first_call"] == ""
