"""A developer at work in a real Chromium: from an empty sandbox to a client that can be tested."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from tests.web.developer.conftest import Desk, Screen, screen_of
from tests.web.developer.test_apps import png

pytestmark = pytest.mark.browser
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def new_app(screen: Screen, name: str = "On-call Notifier") -> str:
    """New App, Blank App, name, Create; the app's address."""
    page = screen.page
    await screen.go("/developer/apps")
    await page.get_by_role("link", name="New App").first.click()
    await page.get_by_role("link", name="API integration").click()
    await expect(page.get_by_label("Blank App")).to_be_checked()
    await page.get_by_label("Name").fill(name)
    await page.get_by_role("button", name="Create").click()
    await page.wait_for_url("**/developer/apps/*-*")
    return page.url.removeprefix(screen.origin).partition("?")[0]


async def new_client(screen: Screen, app: str) -> str:
    """OAuth & Permissions, New Confidential OAuth Client; the secret. The browser then shows the client."""
    page = screen.page
    await screen.go(app)
    await page.get_by_role("link", name="OAuth & Permissions").click()
    await page.get_by_role("link", name="New Confidential OAuth Client").click()
    await page.get_by_label("Name").fill("Notifier")
    await page.get_by_label("Redirect URI 1").fill("https://notifier.example/callback")
    await page.get_by_label("Onboarding URL").fill("https://notifier.example/start?from=tile")
    await page.get_by_role("button", name="Create client").click()
    secret = await page.locator(".code-block.large code").inner_text()
    assert secret not in page.url
    await page.get_by_label("I have stored it in a safe place").check()
    await page.get_by_role("button", name="Continue").click()
    await page.wait_for_url("**/clients/*done=stored")
    assert secret not in await page.content()
    return secret


@pytest.mark.row("S6", "S7", "S8", "S9", "S10", "S11", "S12", "S13", "S15", "S18")
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_from_new_app_to_test_authorization(
    desk: Desk, browser: Browser, origin: str, scripts: bool
) -> None:
    """Every step by the names of its buttons, with scripts and without."""
    screen = await screen_of(browser, origin, desk.person, scripts=scripts)
    page = screen.page
    app = await new_app(screen)
    await page.get_by_label("Description").fill("Tells whoever is on call")
    await page.get_by_role("button", name="Mark Stable").click()
    await expect(page.get_by_text("Stable", exact=True)).to_be_visible()
    await expect(page.get_by_label("Description")).to_have_value("Tells whoever is on call")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await new_client(screen, app)
    search = page.get_by_label("Search scopes by name, task or operation")
    await search.fill("read monitors")
    await search.press("Enter")
    await page.get_by_role("checkbox", name="Requested Read monitors").check()
    await search.fill("events")
    await page.get_by_role("button", name="Search", exact=True).click()
    await page.get_by_role("checkbox", name="Requested Read events").check()
    if scripts:
        summary = page.get_by_role("complementary", name="What the customer will read")
        await expect(summary.locator("li:visible")).to_have_count(2)
    await page.get_by_role("button", name="Save Changes").click()
    await expect(page.get_by_text("Saved. It is in force now.")).to_be_visible()
    await expect(page.locator("[data-scope-picker] input:checked")).to_have_count(2)
    await page.context.route("https://notifier.example/**", lambda route: route.fulfill(body="hello"))
    async with page.expect_popup() as opened:
        await page.get_by_role("button", name="Test Authorization").click()
    flow = await opened.value
    await flow.wait_for_url("https://notifier.example/**")
    assert (
        flow.url == "https://notifier.example/start?from=tile&domain=localhost%3A8100&site=localhost%3A8100"
    )
    if scripts:
        await page.wait_for_url("**/runs/*")
    assert screen.trouble == []


@pytest.mark.row("S8", "S10")
async def test_unsaved_changes_are_not_lost_silently(desk: Desk, browser: Browser, origin: str) -> None:
    """Leaving a changed form asks first; saving it, or leaving an unchanged one, does not."""
    screen = await screen_of(browser, origin, desk.person)
    page, asked = screen.page, list[str]()

    async def stay(dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    page.on("dialog", stay)
    app = await new_app(screen)
    await page.get_by_role("link", name="Coverage").hover()
    await page.get_by_label("Author").fill("Pagewell")
    await page.get_by_role("link", name="OAuth & Permissions").click()
    await page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert page.url.startswith(f"{origin}{app}")
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.wait_for_url("**done=saved")
    await page.get_by_role("link", name="OAuth & Permissions").click()
    await page.wait_for_url("**/oauth")
    assert asked == ["beforeunload"]


@pytest.mark.row("S8")
async def test_a_logo_is_uploaded_and_shown(
    desk: Desk, browser: Browser, origin: str, tmp_path: Path
) -> None:
    """A picture is shown on the app's pages and in the list; another file is refused beside the field."""
    screen = await screen_of(browser, origin, desk.person)
    page, picture, drawing = screen.page, tmp_path / "logo.png", tmp_path / "logo.svg"
    picture.write_bytes(png())
    drawing.write_text("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    await new_app(screen)
    await page.get_by_label("Picture").set_input_files(picture)
    await page.get_by_role("button", name="Upload logo").click()
    shown = page.get_by_role("img", name="Logo of On-call Notifier")
    await expect(shown).to_be_visible()
    assert await shown.evaluate("image => image.naturalWidth") == 64
    await screen.go("/developer/apps")
    assert await page.locator("img.logo").evaluate("image => image.complete && image.naturalWidth") == 64
    assert screen.trouble == []
    await page.get_by_role("link", name="On-call Notifier", exact=True).click()
    await page.get_by_label("Picture").set_input_files(drawing)
    await page.get_by_role("button", name="Upload logo").click()
    await expect(page.get_by_text("Choose a whole PNG, JPEG or WebP image.")).to_be_visible()


@pytest.mark.row("T1", "S14", "T11", "B12")
async def test_in_korean_a_way_to_send_logs_leads_to_a_request_for_approval(
    desk: Desk, browser: Browser, origin: str
) -> None:
    """The picker understands the task in Korean, on a phone in the dark, and the request is sent from there."""
    app = await desk.app()
    client, _ = await desk.client(app)
    screen = await screen_of(browser, origin, desk.person, locale="ko", dark=True, width=390)
    page = screen.page
    await screen.go(client)
    await page.get_by_label("이름, 할 일 또는 작업으로 권한 범위 검색").fill("로그 보내기")
    await page.get_by_role("button", name="검색", exact=True).click()
    await expect(page.locator("[data-scope-picker] tbody tr:visible")).to_have_count(1)
    await page.get_by_label("앱에 이 권한 범위가 필요한 이유는 무엇입니까?").fill("로그를 보냅니다")
    await page.get_by_role("button", name="요청 보내기").click()
    await expect(page.get_by_text("허가 대기 중")).to_be_visible()
    for path in (
        "/developer/apps",
        "/developer/apps/new?kind=api",
        app,
        f"{app}/oauth",
        client,
        f"{app}/deletion",
    ):
        await screen.go(path)
        assert await page.evaluate(OVERFLOW) <= 0, path
    assert screen.trouble == []


@pytest.mark.row("T10")
async def test_regenerating_asks_first_and_reloading_makes_no_other_secret(
    desk: Desk, browser: Browser, origin: str
) -> None:
    """The question, the new secret once; a reload that sends the form again leads to the client's page."""
    client, _ = await desk.client(await desk.app())
    desk.world.clock.move(seconds=5)
    screen = await screen_of(browser, origin, desk.person)
    page = screen.page
    page.on("dialog", lambda dialog: dialog.accept())
    await screen.go(client)
    await page.get_by_role("link", name="Regenerate secret").click()
    await page.get_by_role("button", name="Regenerate secret").click()
    await expect(page.get_by_text("The old secret is dead.")).to_be_visible()
    await page.reload()
    await expect(page.locator(".code-block.large")).to_have_count(0)
    assert page.url == origin + client
