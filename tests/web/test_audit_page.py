"""Organization Settings → Audit: what happened is there, filtered, exported and proven; nobody edits it."""

import csv
import io
import re
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Browser, expect
from tests.audit.test_chain import tamper
from tests.web.api.conftest import caller
from tests.web.developer.conftest import origin, screen_of, words
from tests.world import World, csrf_in

from latchstring.audit import chain
from latchstring.audit.entries import record
from latchstring.audit.verification import verify
from latchstring.web.audit_export import neutral
from latchstring.web.pages.audit_words import ACTIONS

__all__ = ["origin"]
AUDIT = "/organization-settings/audit"


async def actions(world: World, organization_id: UUID) -> list[str]:
    """The actions of an organization, oldest first."""
    rows = await world.platform.database.fetch(
        "SELECT action FROM audit_entries WHERE organization_id = $1 ORDER BY id", organization_id
    )
    return [row["action"] for row in rows]


@pytest.mark.row("B090", "R27")
async def test_each_act_has_one_entry_and_no_door_changes_it(world: World) -> None:
    """Consent, exchange, key, reuse of a refresh token, revocation, regenerated secret: one entry each, without a
    secret; and there is no way to write to the log."""
    partner = await world.publish(await world.partner())
    acme = await world.organization("Acme")
    mina = await world.person(acme)
    await world.sign_in(mina)
    flow = await world.flow(mina, partner)
    key = await world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")
    second = (await world.refresh(partner, flow.refresh)).json()
    await world.refresh(partner, second["refresh_token"])
    world.clock.move(minutes=1)
    await world.refresh(partner, flow.refresh)
    told = (await actions(world, acme))[-4:]
    assert told == [
        "authorization.consented", "authorization.redeemed", "api_key.created", "authorization.revoked"
    ]  # fmt: skip
    where = f"/organizations/{partner.organization_id}/clients/{partner.client_id}/secret"
    operator = await caller(world)
    assert (await operator.post(where)).status_code == 201
    assert (await actions(world, partner.organization_id))[-1] == "client.secret_regenerated"
    page = await mina.browser.get(AUDIT)
    assert page.text.count("<b>An authorization was revoked</b>") == 1
    rows = await world.platform.database.fetch("SELECT e::text FROM audit_entries e")
    value = key.json()["data"]["attributes"]["key"]
    for secret in (flow.access, flow.refresh, second["refresh_token"], value, partner.client_secret):
        assert secret not in str(rows)
        assert secret not in page.text
    where = f"/organizations/{acme}/audit_entries"
    listed = (await operator.get(where)).json()["data"]
    for method in ("PUT", "PATCH", "DELETE", "POST"):
        for path in (where, f"{where}/{listed[0]['id']}", f"/organizations/{acme}/audit_chain"):
            assert (await operator.ask(method, path, json={})).status_code in (404, 405)
        token = {"csrf": csrf_in(page)} if "csrf" in page.text else {}
        assert (await mina.browser.request(method, AUDIT, data=token)).status_code in (404, 405)
    assert (await operator.get(where)).json()["data"] == listed


@pytest.mark.row("R21", "R23", "S33")
async def test_the_log_is_filtered_paged_and_exported(world: World) -> None:
    """By action, actor, app and time, over pages and JSON; cells of a spreadsheet are inert; others see nothing."""
    partner, acme = await world.partner(), await world.organization("Acme")
    mina, reader = await world.person(acme), await world.person(acme, "Standard")
    await world.sign_in(mina)
    client_id, database = UUID(partner.client_id), world.platform.database
    async with database.transaction() as tx:
        for number in range(60):
            details = {"note": "=cmd|' /C calc'!A0" if number == 7 else "plain", "number": number}
            act = type(world.act)(f"user:{mina.id}" if number % 2 else "host", world.clock.now(), "r")
            subject = "=1+1" if number == 7 else number
            await record(
                tx, act, acme, "api_key.created", subject=subject, client_id=client_id, details=details
            )
        await record(tx, world.act, acme, "strange.action", subject="<b>x</b>")
    first = await mina.browser.get(AUDIT)
    assert "Older entries" in words(first)
    assert "<b>x</b>" not in first.text
    older = re.search(r'href="([^"]*before=\d+[^"]*)"', first.text)
    assert older is not None
    assert "Newest entries" in words(await mina.browser.get(older[1].replace("&amp;", "&")))
    one = await mina.browser.get(AUDIT, params={"action": "strange.action"})
    assert one.text.count('class="audit-details"') == 1
    nothing = await mina.browser.get(AUDIT, params={"action": "strange.action", "actor": f"user:{mina.id}"})
    assert "No entry matches" in words(nothing)
    world.clock.move(hours=2)
    assert "No entry matches" in words(await mina.browser.get(AUDIT, params={"since": "1h"}))
    asked = {"format": "csv", "action": "api_key.created", "client": partner.client_id}
    sheet = await mina.browser.get(AUDIT + "/export", params=asked)
    assert sheet.headers["content-disposition"].startswith("attachment")
    lines = list(csv.DictReader(io.StringIO(sheet.text.removeprefix("\ufeff"))))
    assert len(lines) == 60
    assert {line["subject"] for line in lines if line["subject"].startswith("'")} == {"'=1+1"}
    assert lines[0]["actor_name"] == mina.name
    assert lines[0]["client_name"] == "On-call Notifier"
    whole = (await mina.browser.get(AUDIT + "/export", params={**asked, "format": "json"})).json()["data"]
    assert [one["details"]["number"] for one in whole] == list(range(59, -1, -1))
    program = await caller(world, acme, mina.id)
    where = f"/organizations/{acme}/audit_entries"
    found = (await program.get(where, actor="host", action="api_key.created", **{"page[size]": "100"})).json()
    assert len(found["data"]) == 30
    assert (await program.get(where, until="2026-11-23T00:00:00Z")).json()["data"] == []
    assert (await program.get(where, since="yesterday")).status_code == 400
    exported, same = (
        f"/organizations/{acme}/audit_export",
        {"action": "api_key.created", "client_id": partner.client_id},
    )
    assert (await program.get(exported, **same)).json()["data"] == whole
    assert (await program.get(exported, **same, format="csv")).text == sheet.text
    assert (await program.get(exported, format="xml")).status_code == 400
    assert (await (await caller(world, acme, reader.id)).get(exported)).status_code == 403
    await world.sign_in(reader)
    for path in (AUDIT, AUDIT + "/export"):
        assert (await reader.browser.get(path)).status_code == 403


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1"])
def test_a_cell_that_looks_like_a_formula_is_led_by_an_apostrophe(cell: str) -> None:
    """And what does not is left as it is."""
    assert neutral(cell) == "'" + cell
    assert neutral("a=1") == "a=1"


def test_every_action_has_a_sentence() -> None:
    """Whatever the code writes into the log is called something by people."""
    source = Path(chain.__file__).parents[1]
    written = re.compile(r"""(?:record|_record|record_of|note)\([^)]*?["']([a-z_]+\.[a-z_]+)["']""")
    texts = [file.read_text("utf-8") for file in source.rglob("*.py")]
    found = {one for text in texts for one in written.findall(text)}
    assert len(found) > 40
    assert {one for one in found if one not in ACTIONS} == set()


@pytest.mark.browser
@pytest.mark.row("S33", "B090")
async def test_somebody_reads_the_log_and_sees_that_it_was_tampered_with(
    world: World, origin: str, browser: Browser
) -> None:
    """Narrow it, open an entry, see the chain's state; then a superuser changes an entry, and the page says so."""
    partner = await world.partner()
    screen = await screen_of(browser, origin, partner.developer)
    page, database = screen.page, world.platform.database
    async with database.transaction() as tx:
        await chain.seal(tx, world.clock.now())
    await verify(database, partner.organization_id, world.clock.now())
    await screen.go("/organization-settings/oauth-apps")
    await page.get_by_role("link", name="Audit").click()
    await expect(page.locator(".chain-state")).to_contain_text("Verified up to")
    await page.get_by_label("Action").select_option("client.created")
    await page.get_by_role("button", name="Show").click()
    row = page.get_by_role("row", name=re.compile("An OAuth client was created"))
    await expect(row).to_have_count(1)
    await row.locator("summary").click()
    await expect(row.locator("dl")).to_contain_text(partner.client_id)
    async with page.expect_download() as started:
        await page.get_by_role("link", name="Export as CSV").click()
    file = await (await started.value).path()
    assert "client.created" in Path(file).read_text("utf-8")
    await tamper(database, "UPDATE audit_entries SET actor = 'user:nobody' WHERE action = 'client.created'")
    await verify(database, partner.organization_id, world.clock.now())
    await page.reload()
    await expect(page.get_by_text("The log was tampered with")).to_be_visible()
    assert screen.trouble == []
