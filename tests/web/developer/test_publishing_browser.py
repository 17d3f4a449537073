"""From a tested client to a published integration, by partner and reviewers, in a real Chromium."""

import io
import os
import zipfile
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from tests.publishing.test_check import GOOD
from tests.web.developer.conftest import Screen, screen_of
from tests.world import Partner, World

pytestmark = pytest.mark.browser
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
AUDIT = """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.map(
    one => one.id + ': ' + one.nodes.map(node => node.html.slice(0, 160)).join(' | '))"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
MANIFEST = '{"manifest_version": "2.0.0", "tile": {"support": "README.md#Support", "title": "Pagewell"}}'
#: Where pictures of the pages go, for whoever wants to look at them.
PICTURES = os.environ.get("LATCHSTRING_TEST_PICTURES")


async def sound(screen: Screen, name: str) -> None:
    """The page fits its window, narrow or wide, and is accessible in light and dark; nothing went wrong in it."""
    page = screen.page
    await page.evaluate(AXE)
    for scheme, width in (("light", 1280), ("dark", 375)):
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        await page.set_viewport_size({"width": width, "height": 900})
        assert await page.evaluate(AUDIT) == [], (name, scheme)
        assert await page.evaluate(OVERFLOW) <= 0, (name, width)
        if PICTURES:
            await page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}-{width}.png", full_page=True)
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size({"width": 1280, "height": 900})
    assert [line for line in screen.trouble if "400 (Bad Request)" not in line] == [], name


def zipped(clients: str) -> bytes:
    """The integration's folder."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("pagewell/README.md", GOOD)
        archive.writestr("pagewell/manifest.json", MANIFEST)
        archive.writestr("pagewell/assets/oauth_clients.json", clients)
    return made.getvalue()


async def submit(screen: Screen, partner: Partner) -> str:
    """Publishing, Next: Send App Details, folder, link, note, Finish & Send; the published secret."""
    page = screen.page
    await screen.go(f"/developer/apps/{partner.app_id}")
    await page.get_by_role("link", name="Publishing").click()
    await sound(screen, "publishing-new")
    await page.get_by_role("button", name="Next: Send App Details").click()
    secret = await page.locator(".code-block.large code").inner_text()
    await sound(screen, "publishing-secret")
    await page.get_by_label("I have stored it in a safe place").check()
    await page.get_by_role("button", name="Continue").click()
    await page.wait_for_url("**/publishing?done=stored")
    assert secret not in await page.content()
    clients = await page.locator(".wide-files pre code").first.inner_text()
    upload = {"name": "pagewell.zip", "mimeType": "application/zip", "buffer": zipped(clients)}
    await page.get_by_label("The integration’s folder as a zip").set_input_files(upload)  # type: ignore[arg-type]
    await page.get_by_role("button", name="Upload and check").click()
    await expect(page.get_by_text("Add to “assets” in manifest.json")).to_be_visible()
    assert await page.locator(".check.failed").count() == 4
    await page.get_by_role("button", name="Finish & Send").click()
    await expect(page.locator("#error-note")).to_be_visible()
    await page.locator("#reason-monitors_read").fill("To page whoever is on call")
    await page.get_by_label("Note to the reviewers").fill("The manifest follows in the same pull request.")
    await page.get_by_label("Link to the directory or pull request").fill("https://git.example/pull/7")
    await page.locator("#proposal").get_by_role("button", name="Save").last.click()
    await expect(page.get_by_label("Link to the directory")).to_have_value("https://git.example/pull/7")
    await sound(screen, "publishing-draft")
    await page.get_by_role("button", name="Finish & Send").click()
    await page.wait_for_url("**/publishing?done=sent")
    await sound(screen, "publishing-sent")
    return secret


async def decide(screen: Screen, button: str, comment: str = "", *, look: bool = False) -> None:
    """The first submission of the queue, and what the reviewer says. `look`: at the pages too."""
    page = screen.page
    await screen.go("/review")
    if look:
        await sound(screen, "review-queue")
    await page.locator("a.row-link").first.click()
    if look:
        await sound(screen, "review-submission")
    await page.get_by_label("Comment").first.fill(comment)
    await page.get_by_role("button", name=button).click()
    await page.wait_for_url("**/review/submissions/*done=*")


@pytest.mark.row("S26", "S27", "S28", "S29", "S30", "S2", "S31", "S25", "B4", "B17")
async def test_submitted_checked_reviewed_and_published(world: World, browser: Browser, origin: str) -> None:
    """Changes are asked for and made; both parties approve; the tile is published for everybody; rolled back."""
    partner = await world.partner()
    people = await world.review_people()
    developer = await screen_of(browser, origin, partner.developer)
    page = developer.page
    secret = await submit(developer, partner)
    assert secret.startswith("lscs_")
    first = await screen_of(browser, origin, people["partnerships"])
    second = await screen_of(browser, origin, people["security"])
    for reviewer in (first, second):
        reviewer.trouble.clear()  # to them the Developer Platform, where they signed in, is closed
    await decide(first, "Ask for changes", "Say what events_read is for", look=True)
    await developer.go(f"/developer/apps/{partner.app_id}/publishing")
    await expect(page.get_by_text("Say what events_read is for")).to_be_visible()
    await page.locator("#reason-events_read").fill("To show what happened before")
    await page.locator("#proposal").get_by_role("button", name="Save").last.click()
    await page.get_by_role("button", name="Finish & Send").click()
    await page.wait_for_url("**/publishing?done=sent")
    await decide(first, "Approve")
    await decide(second, "Approve", "Well done")
    await expect(second.page.get_by_text("Every organization can authorize the client")).to_be_visible()
    await developer.go(f"/developer/apps/{partner.app_id}/publishing")
    await expect(page.get_by_text("Revision 1", exact=True)).to_be_visible()
    await sound(developer, "publishing-published")
    await page.get_by_role("button", name="Publish Integration").click()
    await page.wait_for_url("**/publishing?done=sent")
    for reviewer in (first, second):
        await decide(reviewer, "Approve")
    await first.go(f"/review/integrations/{partner.app_id}")
    await expect(first.page.get_by_text("Every organization sees the tile.")).to_be_visible()
    await sound(first, "review-tile")
    await first.page.get_by_label("Why it is taken back").fill("It has a flaw")
    await first.page.get_by_role("button", name="Take the tile back").click()
    await expect(first.page.get_by_text("sandbox organization alone sees")).to_be_visible()
    await developer.go(f"/developer/apps/{partner.app_id}/publishing")
    await page.get_by_label("What happened?").fill("A laptop was stolen")
    await page.get_by_role("button", name="Ask for a new secret").click()
    await first.go("/review/requests")
    await sound(first, "review-requests")
    await first.page.get_by_role("button", name="Grant").click()
    await first.page.wait_for_url("**/review/requests?done=answered")
    await developer.go(f"/developer/apps/{partner.app_id}/publishing")
    await page.get_by_role("button", name="Make a new secret").click()
    assert await page.locator(".code-block.large code").inner_text() != secret
