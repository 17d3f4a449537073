"""Export and Import App Manifest in a real Chromium: in both languages, with and without scripts."""

import json
import os
from pathlib import Path

import pytest
from playwright.async_api import Browser
from tests.web.developer.conftest import Desk, Screen, screen_of

pytestmark = [pytest.mark.browser, pytest.mark.long]

SHOTS = os.environ.get("SCREENSHOTS")
FOREIGN = {
    "integration": {
        "name": "Cost Advisor",
        "description": "Advises on cost",
        "client_role": "integration",
        "redirect_uris": ["https://advisor.example/cb", "https://*.advisor.example/cb"],
        "onboarding_url": "https://advisor.example/start",
        "scopes": ["monitors_read", "create_coffee", "api_keys_write"],
        "id": "85f67abe-7fd9-11ef-ac1f-da7ad0900002",
    }
}
WORDS = {
    "en": (
        "Show the plan", "Go on without what can’t be done here", "Apply the plan",
        "I have stored it in a safe place", "Continue", "App settings", "Export App Manifest",
        "Import App Manifest",
    ),
    "ko": (
        "계획 보기", "여기서 할 수 없는 항목은 빼고 계속합니다", "계획 적용", "안전한 곳에 보관했습니다", "계속",
        "앱 설정", "앱 매니페스트 내보내기", "앱 매니페스트 가져오기",
    ),
}  # fmt: skip


async def shoot(screen: Screen, name: str) -> None:
    """Keep a picture, where somebody wants to look."""
    if SHOTS:
        await screen.page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


@pytest.mark.row("S21", "B6", "B12")
@pytest.mark.parametrize(("locale", "dark", "width", "scripts"), [
    ("en", False, 1280, True), ("ko", True, 390, True), ("en", False, 390, False),
])  # fmt: skip
async def test_a_manifest_is_imported_and_exported_again(
    desk: Desk,
    browser: Browser,
    origin: str,
    tmp_path: Path,
    locale: str,
    dark: bool,
    width: int,
    scripts: bool,
) -> None:
    """From a file to a plan, past what can't be, to the secret that is shown once; then the gear's export, and
    importing that file finds nothing to do."""
    show, without, apply, stored, go_on, gear, export, again = WORDS[locale]
    screen = await screen_of(
        browser, origin, desk.person, locale=locale, dark=dark, width=width, scripts=scripts
    )
    page, mark = screen.page, f"manifest-{locale}-{width}-{'script' if scripts else 'plain'}"
    file = tmp_path / "oauth_clients.json"
    file.write_text(json.dumps(FOREIGN))
    await screen.go("/developer/import")
    await shoot(screen, f"{mark}-1-import")
    await page.locator("#field-file").set_input_files(file)
    await page.get_by_role("button", name=show).click()
    await page.locator(".plan-step").first.wait_for()
    assert await page.locator(".plan-problems li").count() == 3
    assert (
        await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        <= 0
    )
    await shoot(screen, f"{mark}-2-plan")
    await page.get_by_label(without).check()
    await page.get_by_role("button", name=apply).click()
    await page.locator("[data-copy-source]").first.wait_for()
    assert "lscs_us1_" in await page.locator("main").inner_text()
    await shoot(screen, f"{mark}-3-applied")
    await page.get_by_label(stored).check()
    await page.get_by_role("button", name=go_on).click()
    await page.wait_for_url("**/oauth?*" if scripts else "**/oauth*")
    assert "lscs_" not in await page.content()
    await page.locator("summary", has_text=gear).click()
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name=export).click()
    kept = tmp_path / "exported.json"
    await (await downloading.value).save_as(kept)
    exported = json.loads(kept.read_text())
    assert exported["clients"][0]["redirect_uris"] == ["https://advisor.example/cb"]
    assert "lscs_" not in kept.read_text()
    await page.get_by_role("link", name=again).click()
    await page.locator("#field-manifest").fill(kept.read_text())
    await page.get_by_role("button", name=show).click()
    await page.locator(".callout.good").wait_for()
    await shoot(screen, f"{mark}-4-nothing")
    changed = {**exported, "app": {**exported["app"], "description": "Advises more"}}
    await screen.go("/developer/import")
    await page.locator("#field-manifest").fill(json.dumps(changed))
    await page.get_by_role("button", name=show).click()
    assert await page.locator(".plan-step.change ins").inner_text() != ""
    await shoot(screen, f"{mark}-5-change")
    assert screen.trouble == []


@pytest.mark.row("B061", "B12")
@pytest.mark.parametrize("locale", ["en", "ko"])
async def test_a_file_that_is_no_manifest_comes_back(
    desk: Desk, browser: Browser, origin: str, locale: str
) -> None:
    """With what is wrong above it, and the text as it was."""
    screen = await screen_of(browser, origin, desk.person, locale=locale)
    await screen.go("/developer/import")
    text = '{"manifest_version": 1, "clients": [{"name": "<script>alert(1)</script>", "scopes": [1]}]}'
    await screen.page.locator("#field-manifest").fill(text)
    await screen.page.get_by_role("button", name=WORDS[locale][0]).click()
    await screen.page.locator(".callout.danger").wait_for()
    assert "clients/0/scopes/0" in await screen.page.locator(".callout.danger").inner_text()
    assert await screen.page.locator("#field-manifest").input_value() == text
    await shoot(screen, f"manifest-{locale}-refused")
