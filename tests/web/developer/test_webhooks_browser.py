"""The tab Webhooks: a developer makes one, tries it, reads the log, sends again, and ends it. Also over JSON."""

import re
from uuid import UUID

import pytest
from playwright.async_api import Browser, expect
from tests.messages.conftest import Messages, Receiver, messages, receiver, settings
from tests.web.api.conftest import caller
from tests.web.developer.conftest import Desk, desk_of, screen_of, words
from tests.world import Partner, World

__all__ = ["messages", "receiver", "settings"]


def path_of(partner: Partner) -> str:
    """The path of the tab."""
    return f"/developer/apps/{partner.app_id}/clients/{partner.client_id}/webhooks"


@pytest.mark.browser
@pytest.mark.row("S2", "B090")
async def test_a_webhook_from_its_making_to_its_end(
    world: World, origin: str, browser: Browser, messages: Messages, receiver: Receiver
) -> None:
    """Refused, made, its secret stored, tried, failed, sent again, given another secret, removed."""
    partner = await world.partner()
    screen = await screen_of(browser, origin, partner.developer)
    page = screen.page
    await screen.go(f"/developer/apps/{partner.app_id}/clients/{partner.client_id}")
    await page.get_by_role("link", name="Webhooks").click()
    await page.get_by_label("Endpoint").fill("http://10.0.0.1/hooks")
    await page.get_by_role("button", name="Create webhook").click()
    await expect(page.locator("#error-url")).to_contain_text("must begin with https://")
    screen.trouble.clear()  # Chromium names every status 400
    await page.get_by_label("Endpoint").fill(receiver.url)
    await page.get_by_label("scopes.changed").uncheck()
    await page.get_by_role("button", name="Create webhook").click()
    secret = (await page.locator(".secret-once code").inner_text()).strip()
    await page.get_by_label("I have stored it").check()
    await page.get_by_role("button", name="Continue").click()
    assert secret not in await page.content()
    await page.get_by_role("button", name="Send test event").click()
    row = page.get_by_role("row", name=re.compile("webhook.test"))
    await expect(row).to_contain_text("Waiting")
    await messages.work()
    await page.reload()
    await expect(row).to_contain_text("Delivered")
    await expect(row).to_contain_text("204")
    assert receiver.got[0].is_signed_with(secret)
    receiver.answer = b"HTTP/1.1 500 Oh\r\ncontent-length: 22\r\n\r\n<b>no database</b>\n\x00\x1b."
    await row.get_by_role("link").click()
    await page.get_by_role("button", name="Send again").click()
    await expect(page.locator(".toast")).to_contain_text("with the same ID")
    await messages.work()
    await page.reload()
    await expect(page.locator(".tries li.badly")).to_contain_text("<b>no database</b>")
    await expect(page.locator(".tries li")).to_have_count(2)
    await expect(page.locator("pre").last).to_contain_text('"type": "webhook.test"')
    assert receiver.got[0].headers["webhook-id"] == receiver.got[1].headers["webhook-id"]
    await page.get_by_role("link", name="Webhooks").first.click()
    await page.get_by_role("link", name="Regenerate signing secret").click()
    await page.get_by_role("button", name="Regenerate signing secret").click()
    second = (await page.locator(".secret-once code").inner_text()).strip()
    assert second != secret
    assert second.startswith("whsec_")
    await screen.go(path_of(partner))
    await expect(page.get_by_text("The secret before signs too.")).to_be_visible()
    await page.get_by_role("link", name="Remove webhook").click()
    await page.get_by_role("button", name="Remove webhook").click()
    await expect(page.locator(".toast")).to_contain_text("Nothing is sent any more")
    await expect(page.get_by_role("button", name="Create webhook")).to_be_visible()
    assert screen.trouble == []


@pytest.mark.row("R21", "R17")
async def test_repeating_a_post_makes_no_second_secret_and_strangers_find_nothing(world: World) -> None:
    """Reload, back and a double click show nothing; another organization's developer is told that there is none."""
    partner, stranger = await world.partner(), await desk_of(world, "Fathom")
    await world.sign_in(partner.developer)
    desk, path = Desk(world, partner.developer), path_of(partner)
    form = await desk.get(path)
    fields = {"url": "https://hooks.example.com/", "event.api_key.created": "yes"}
    shown = await desk.post(
        path, form, 200, **{name.replace(".", "__"): value for name, value in fields.items()}
    )
    assert "whsec_" in shown.text
    await desk.post(path, form, **{name.replace(".", "__"): value for name, value in fields.items()})
    question = await desk.get(path + "/secret")
    world.clock.move(seconds=1)
    renewed = await desk.post(path + "/secret", question, 200)
    assert "whsec_" in renewed.text
    await desk.post(path + "/secret", question)
    assert "whsec_" not in (await desk.get(path)).text
    nothing = await desk.get(path, after="2026-11-23T12:00:00+00:00~nothing")
    assert "Nothing was sent yet" in words(nothing)
    for below in ("", "/secret", "/removal"):
        await stranger.get(path + below, 404)
    bare = await desk.post(path, form, 400, url="https://hooks.example.com/")
    assert "Tick at least one event" in words(bare)


@pytest.mark.row("R21", "S2")
async def test_the_same_over_json(world: World, messages: Messages, receiver: Receiver) -> None:
    """Written, tried, read, sent again, resumed, given another secret and removed by a program."""
    partner = await world.partner()
    program = await caller(world, partner.organization_id, partner.developer.id)
    where = f"/organizations/{partner.organization_id}/clients/{partner.client_id}/webhook"
    assert (await program.get(where)).status_code == 404
    made = await program.put(where, url=receiver.url, events=["api_key.created", "authorization.created"])
    assert made.status_code == 200
    secret = made.json()["data"]["secret"]
    assert made.json()["data"]["webhook"]["events"] == ["authorization.created", "api_key.created"]
    again = await program.put(where, url=receiver.url, events=["api_key.created"])
    assert again.json()["data"]["secret"] is None
    sent = (await program.post(f"{where}/test")).json()["data"]["id"]
    await messages.work()
    assert receiver.got[0].is_signed_with(secret)
    listed = (await program.get(f"{where}/deliveries")).json()
    assert [(one["id"], one["state"], one["status"]) for one in listed["data"]] == [(sent, "sent", 204)]
    assert UUID(sent).hex == receiver.got[0].headers["webhook-id"].removeprefix("msg_")
    read = (await program.get(f"{where}/deliveries/{sent}")).json()["data"]
    assert [one["number"] for one in read["tries"]] == [1]
    assert (await program.post(f"{where}/deliveries/{sent}/redelivery")).status_code == 201
    assert (await program.post(f"{where}/deliveries/{sent}/redelivery")).status_code == 409
    assert (await program.delete(f"{where}/pause")).json()["data"]["paused_at"] is None
    renewed = await program.post(f"{where}/secret")
    assert renewed.json()["data"]["secret"] not in ("", secret)
    refused = await program.put(where, url="https://a.example.com:22/", events=["api_key.created"])
    assert (refused.status_code, refused.json()["errors"][0]["source"]) == (400, {"pointer": "/url"})
    assert (await program.delete(where)).status_code == 204
    assert (await program.get(where)).status_code == 404
