"""Recorded runs and rehearsals in a real browser: a page that moves while a flow runs."""

import re
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, expect
from tests.web.developer.conftest import screen_of
from tests.world import Partner, World

SHOTS = Path("build/screenshots")


async def exchange(world: World, origin: str, partner: Partner) -> None:
    """The partner's code and its user go through the flow, one refused token request included."""
    code = await world.code(partner.developer, partner)
    await world.redeem(partner, code, redirect_uri="https://notifier.example/other")
    world.clock.move(seconds=1)
    tokens = (await world.redeem(partner, code)).json()
    async with httpx.AsyncClient(base_url=origin) as http:
        called = await http.get(
            "/api/v1/monitor", headers={"authorization": f"Bearer {tokens['access_token']}"}
        )
        assert called.status_code == 200


@pytest.mark.row("S18", "S19")
async def test_a_run_page_moves_while_the_flow_runs(world: World, origin: str, browser: Browser) -> None:
    """Steps turn green without a reload; the failing one is open with its remedy."""
    partner = await world.partner()
    await world.sign_in(partner.developer)
    path = f"/developer/apps/{partner.app_id}/clients/{partner.client_id}"
    screen = await screen_of(browser, origin, partner.developer)
    page = screen.page
    await page.context.route("https://notifier.example/**", lambda route: route.fulfill(body="onboarding"))
    await screen.go(f"{path}/runs")
    async with page.context.expect_page() as opened:
        await page.get_by_role("button", name="Test Authorization").click()
    window = await opened.value
    await window.wait_for_url("https://notifier.example/start?domain=**")
    await page.wait_for_url(re.compile("/runs/[0-9a-f-]{36}$"))
    status = page.locator(".run-status")
    await expect(status).to_have_text("1 of 11 steps done")
    code = await world.code(partner.developer, partner)
    await expect(status).to_have_text("5 of 11 steps done")
    await world.redeem(partner, code, redirect_uri="https://notifier.example/other")
    await expect(page.locator(".step.failed")).to_contain_text("https://notifier.example/other")
    await expect(page.locator(".step.failed .remedy")).to_be_visible()
    world.clock.move(seconds=1)
    tokens = (await world.redeem(partner, code)).json()
    await world.call(tokens["access_token"])
    await expect(page.locator(".step.failed")).to_have_count(0)
    await expect(status).to_have_text("7 of 11 steps done")
    assert screen.trouble == []


@pytest.mark.row("B7")
async def test_a_failure_is_rehearsed_and_judged_while_one_looks(
    world: World, origin: str, browser: Browser
) -> None:
    """Press Rehearse, let the integration work, and read how it did; then end it."""
    partner = await world.partner()
    await world.sign_in(partner.developer)
    flow = await world.flow(partner.developer, partner)
    world.clock.move(seconds=2)
    path = f"/developer/apps/{partner.app_id}/clients/{partner.client_id}"
    screen = await screen_of(browser, origin, partner.developer)
    page = screen.page
    await screen.go(f"{path}/rehearsal")
    scene = page.locator("section.scene", has_text="Access token expired")
    await scene.get_by_role("button", name="Rehearse").click()
    await expect(page.get_by_text("Being played: Access token expired")).to_be_visible()
    await expect(scene).to_contain_text("Waiting for your integration")
    world.clock.move(seconds=1)
    assert (await world.call(flow.access)).status_code == 401
    tokens = (await world.refresh(partner, flow.refresh)).json()
    assert (await world.call(tokens["access_token"])).status_code == 200
    await expect(scene).to_contain_text("Behaving well so far")
    world.clock.move(seconds=1)
    await page.get_by_role("button", name="End the rehearsal").click()
    await expect(scene).to_contain_text("Behaved well")
    assert screen.trouble == []


@pytest.mark.row("S18", "B7")
@pytest.mark.parametrize(("locale", "dark", "width"), [("en", False, 1280), ("ko", True, 375)])
async def test_the_pages_fit_in_both_languages_and_themes(
    world: World, origin: str, browser: Browser, locale: str, dark: bool, width: int
) -> None:
    """Nothing is wider than the window, and it works without scripts."""
    partner = await world.partner()
    await world.sign_in(partner.developer)
    path = f"/developer/apps/{partner.app_id}/clients/{partner.client_id}"
    person = partner.developer
    listed = await person.browser.get(f"{path}/runs")
    csrf = (
        listed.text.partition(f'action="{path}/test"')[2]
        .partition('name="csrf" value="')[2]
        .partition('"')[0]
    )
    await person.browser.post(f"{path}/test", data={"csrf": csrf})
    await exchange(world, origin, partner)
    code = await world.code(person, partner)
    await world.redeem(partner, code, redirect_uri="https://notifier.example/other")
    await person.browser.post(f"{path}/rehearsal", data={"csrf": csrf, "kind": "expired", "minutes": "5"})
    screen = await screen_of(
        browser, origin, person, locale=locale, dark=dark, width=width, scripts=width > 400
    )
    SHOTS.mkdir(parents=True, exist_ok=True)
    newest = (await person.browser.get(f"{path}/runs")).text.partition("Test Authorization</b>")[0]
    run = newest.rpartition('href="')[2].partition('"')[0]
    for name, target in (("runs", f"{path}/runs"), ("run", run), ("rehearsal", f"{path}/rehearsal")):
        await screen.go(target)
        await screen.page.screenshot(path=SHOTS / f"{name}-{locale}-{width}.png", full_page=True)
        wide = await screen.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide[0] <= wide[1], (name, wide)
    assert screen.trouble == []
