"""The customer's story in a real browser: install, connect, see what it does, uninstall, keep the receipt."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, Route, expect
from tests.web.developer.conftest import origin as serving
from tests.world import PASSWORD, Partner, Person, World

from latchstring.publishing.proposal import Reach

pytestmark = pytest.mark.browser
origin = serving


async def signed_in(browser: Browser, origin: str, person: Person, trouble: list[str]) -> Page:
    """A window in which somebody is signed in; what goes wrong in it is collected."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = await context.new_page()
    page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    await page.goto(f"{origin}/sign-in?next=/integrations")
    await page.locator("#field-email").fill(person.email)
    await page.locator("#field-password").fill(PASSWORD)
    await page.locator("form button.primary").click()
    await page.wait_for_url("**/integrations")
    return page


@pytest.fixture
async def notifier(world: World) -> AsyncIterator[Partner]:
    """An integration that everybody sees."""
    yield await world.released(await world.partner(), Reach("everyone"))


@pytest.mark.row("S32", "S33", "S35", "B3", "B14", "A194", "A195")
async def test_install_connect_watch_uninstall(
    world: World, notifier: Partner, origin: str, browser: Browser
) -> None:
    """From the tile to the receipt, with the partner's site in between."""
    trouble: list[str] = []
    mina = await world.person(await world.organization("Acme"))
    page = await signed_in(browser, origin, mina, trouble)

    async def partners_site(route: Route) -> None:
        ask = origin + world.authorize_url(notifier)
        body = f'<a href="{ask.replace("&", "&amp;")}">Continue</a>'
        await route.fulfill(body=body, content_type="text/html")

    await page.context.route("https://notifier.example/**", partners_site)
    await page.get_by_role("link", name="On-call Notifier").click()
    await page.get_by_role("button", name="Install").click()
    await expect(page.get_by_role("status").first).to_contain_text("On-call Notifier")
    await page.get_by_role("button", name="Connect Accounts").click()
    await page.wait_for_url(re.compile(r"https://notifier\.example/start\?domain=.*&site="))
    await page.get_by_role("link", name="Continue").click()
    await page.get_by_role("button", name="Allow").click()
    await page.wait_for_url("https://notifier.example/callback?code=**")
    code = page.url.partition("code=")[2].partition("&")[0]
    tokens = (await world.redeem(notifier, code)).json()
    made = await world.call(tokens["access_token"], "/api/v2/api_keys/marketplace", "POST")
    last4 = made.json()["data"]["attributes"]["last4"]
    await world.call(tokens["access_token"])
    await world.platform.calls.write()

    await page.goto(f"{origin}/organization-settings/oauth-apps")
    row = page.get_by_role("row").filter(has_text="On-call Notifier")
    await row.locator(".row-usage summary").click()
    monitors = world.platform.contract.scopes["monitors_read"].title["en"]
    await expect(row.locator(".row-usage li").filter(has_text=monitors)).to_contain_text("1")
    await page.goto(f"{origin}/integrations/{notifier.app_id}/uninstallation")
    await expect(page.locator("main")).to_contain_text(mina.email)
    await expect(page.locator("main")).to_contain_text(last4)
    await page.get_by_role("button", name="Uninstall").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("is uninstalled")
    await expect(page.locator("main")).to_contain_text(last4)
    assert (await world.call(tokens["access_token"])).status_code == 401
    async with page.expect_download() as saving:
        await page.get_by_role("link", name="Save as JSON").click()
    assert (await saving.value).suggested_filename.startswith("uninstall-receipt-")
    await page.goto(f"{origin}/integrations")
    await expect(page.locator(".tile-card").filter(has_text="On-call Notifier")).not_to_contain_text(
        "Installed"
    )
    assert trouble == []


@pytest.mark.row("B13")
async def test_a_policy_is_tried_before_it_is_saved(
    world: World, notifier: Partner, origin: str, browser: Browser
) -> None:
    """From the tile to a rule; the preview names who is concerned; back keeps what was chosen; saving blocks."""
    trouble: list[str] = []
    mina = await world.person(await world.organization("Acme"))
    await world.sign_in(mina)
    flow = await world.flow(mina, notifier)
    page = await signed_in(browser, origin, mina, trouble)
    await page.goto(f"{origin}/integrations/{notifier.app_id}")
    await page.get_by_role("link", name="Limit or block this app").click()
    await page.get_by_label("Rule for On-call Notifier").select_option("block")
    await page.get_by_role("button", name="See what this changes").click()
    await expect(page.locator("main")).to_contain_text(mina.email)
    await page.get_by_role("button", name="Back to the form").click()
    await expect(page.get_by_label("Rule for On-call Notifier")).to_have_value("block")
    assert (await world.call(flow.access)).status_code == 200
    await page.get_by_role("button", name="See what this changes").click()
    await page.get_by_role("button", name="Save the policy").click()
    await expect(page.get_by_role("status").first).to_contain_text("in force")
    assert (await world.call(flow.access)).status_code == 401
    assert trouble == []


@pytest.mark.row("B048", "R22")
async def test_no_page_tells_a_stranger_where_it_came_from(
    world: World, notifier: Partner, origin: str, browser: Browser
) -> None:
    """Signing in, consenting and an error page: what the browser asks a partner for does not name our address, with
    its state and challenge. The partner's own page does send a referrer."""
    mina = await world.person(await world.organization("Acme"))
    page = await (await browser.new_context()).new_page()
    strangers: dict[str, str | None] = {}

    async def partners_site(route: Route) -> None:
        headers = await route.request.all_headers()
        strangers[route.request.url] = headers.get("referer")
        body = '<a href="https://notifier.example/next">Next</a>'
        await route.fulfill(body=body, content_type="text/html")

    await page.context.route("https://notifier.example/**", partners_site)
    ask = world.authorize_url(notifier)
    await page.goto(origin + ask)
    await page.locator("#field-email").fill(mina.email)
    await page.locator("#field-password").fill(PASSWORD)
    await page.locator("form button.primary").click()
    await page.get_by_role("button", name="Allow").click()
    await page.wait_for_url("https://notifier.example/callback?code=**")
    assert list(strangers.values()) == [None]
    await page.get_by_role("link", name="Next").click()
    await page.wait_for_url("https://notifier.example/next")
    assert strangers["https://notifier.example/next"] is not None
    await page.goto(f"{origin}{ask}&client_id=twice")
    await expect(page.locator("body")).to_contain_text("invalid_request")
    assert len(strangers) == 2
