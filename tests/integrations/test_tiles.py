"""Tiles: who sees which, Install, Connect Accounts, and what happens to a flow that began there."""

import asyncio
import re

import pytest
from tests.integrations.conftest import Shop
from tests.world import Person, consent_fields, csrf_in, parameters_of

from latchstring.accounts import people, roles
from latchstring.publishing.proposal import Reach

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def with_role(shop: Shop, person: Person, permissions: list[str]) -> Person:
    """A colleague who holds just these permissions."""
    world = shop.settled.world
    async with world.platform.database.transaction() as tx:
        role = await roles.create(
            tx, world.platform.contract, world.platform.entropy, world.act, person.organization_id,
            name=" ".join(permissions)[:90], permissions=permissions, ceiling=None,
        )  # fmt: skip
    other = await world.person(person.organization_id, name="Colleague")
    async with world.platform.database.transaction() as tx:
        await people.put_member(tx, world.act, person.organization_id, other.id, [role.id])
    await world.sign_in(other)
    return other


@pytest.mark.row("S2", "S17", "S30", "S32")
async def test_a_tile_shows_to_those_it_is_meant_for(shop: Shop) -> None:
    """Approved for the sandbox: the partner's organization alone. Named: those alone. Everyone: everybody."""
    world = shop.settled.world
    insider, stranger = await shop.admin("Insider"), await shop.admin("Stranger")
    for reach, seen in (
        (None, (200, 404, 404)),
        (Reach("named", (insider.organization_id,)), (200, 200, 404)),
        (Reach("everyone"), (200, 200, 200)),
    ):
        partner = await world.partner("Somebody")
        await world.sign_in(partner.developer)
        await world.released(partner, reach)
        tile = f"/integrations/{partner.app_id}"
        for person, status in zip((partner.developer, insider, stranger), seen, strict=True):
            assert (await person.browser.get(tile)).status_code == status
            listed = (await person.browser.get("/integrations")).text
            assert (tile in listed) is (status == 200)
            for below in ("/configuration", "/uninstallation"):
                assert (await person.browser.get(tile + below)).status_code == status
        refused = await shop.post(stranger, tile + "/installation")
        assert refused.status_code == (303 if seen[2] == 200 else 404)


@pytest.mark.row("S32", "A194")
async def test_connect_accounts_leads_to_the_onboarding_url(shop: Shop) -> None:
    """303 with `domain` and `site` added; before it is installed the button does not work."""
    mina = await shop.admin("Connecting")
    assert (await shop.post(mina, f"{shop.tile}/connection")).status_code == 409
    assert (await shop.install(mina)).headers["location"] == f"{shop.tile}/configuration?done=installed"
    answer = await shop.post(mina, f"{shop.tile}/connection")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("https://notifier.example/start?")
    assert set(parameters_of(answer)) == {"domain", "site"}
    page = await mina.browser.get(f"{shop.tile}/configuration")
    assert "form-action 'self' https://notifier.example" in page.headers["content-security-policy"]


@pytest.mark.row("A048", "S35", "R14")
async def test_a_flow_from_the_tile_needs_every_permission(shop: Shop) -> None:
    """At the tile the button names what is missing and who has it; at the consent a yes is 403 without a code."""
    world = shop.settled.world
    mina = await shop.admin("Strict")
    await shop.install(mina)
    lacking = await with_role(shop, mina, ["monitors_read", "events_read"])
    missing = world.platform.contract.scopes["api_keys_write"].title["en"]
    page = await shop.post(lacking, f"{shop.tile}/connection")
    assert page.status_code == 403
    assert missing in page.text and "Strict Admin" in page.text
    # The permission is lost between the tile and the consent.
    await shop.connect(mina)
    async with world.platform.database.transaction() as tx:
        await people.put_member(
            tx, world.act, mina.organization_id, lacking.id,
            await roles.named(tx, mina.organization_id, ["Admin"]),
        )  # fmt: skip
    await shop.connect(lacking)
    async with world.platform.database.transaction() as tx:
        await people.put_member(
            tx, world.act, mina.organization_id, lacking.id,
            await roles.named(tx, mina.organization_id, ["Read Only"]),
        )  # fmt: skip
    question = await lacking.browser.get(world.authorize_url(shop.notifier))
    assert missing in question.text and "Strict Admin" in question.text
    assert 'value="allow"' not in question.text
    fields = {**consent_fields(question), "decision": "allow"}
    refused = await lacking.browser.post("/oauth2/v1/authorize", data=fields)
    assert refused.status_code == 403 and "location" not in refused.headers
    assert missing in refused.text
    # Who starts at the partner may go on while lacking some; the tile then asks for a re-authorization.
    world.clock.move(hours=1, seconds=1)
    await world.flow(lacking, shop.notifier)
    tile = await mina.browser.get(f"{shop.tile}/configuration")
    assert "Needs re-authorization" in tile.text


@pytest.mark.row("S35")
async def test_what_began_at_the_tile_is_known_once(shop: Shop) -> None:
    """The authorization says so; the next flow without the button began at the partner."""
    world = shop.settled.world
    mina = await shop.admin("Marked")
    await shop.install(mina)
    await shop.connect(mina)
    await world.flow(mina, shop.notifier)
    await world.flow(mina, shop.notifier)
    rows = await world.platform.database.fetch(
        "SELECT initiated_by FROM authorizations WHERE organization_id = $1 ORDER BY consented_at, redeemed_at",
        mina.organization_id,
    )
    assert sorted(row["initiated_by"] for row in rows) == ["partner", "tile"]


@pytest.mark.row("B099")
async def test_two_install_at_once(shop: Shop) -> None:
    """One installation, one entry in the audit log, and both go on to connect."""
    world = shop.settled.world
    mina = await shop.admin("Twice")
    token = csrf_in(await mina.browser.get("/account/password"))
    answers = await asyncio.gather(
        *(mina.browser.post(f"{shop.tile}/installation", data={"csrf": token}) for _ in range(6))
    )
    assert {answer.headers["location"] for answer in answers} == {f"{shop.tile}/configuration?done=installed"}
    for table, more in (("installations", ""), ("audit_entries", " AND action = 'integration.installed'")):
        rows = await world.platform.database.fetch(
            f"SELECT count(*) FROM {table} WHERE organization_id = $1{more}", mina.organization_id
        )
        assert rows[0]["count"] == 1


@pytest.mark.row("S32")
async def test_installed_comes_first_and_search_and_category_narrow(shop: Shop) -> None:
    """An authorization from the partner's side counts as installed."""
    world = shop.settled.world
    mina = await shop.admin("Searching")
    await world.flow(mina, shop.notifier)
    page = (await mina.browser.get("/integrations")).text
    assert page.index('id="installed"') < page.index(shop.tile)
    assert shop.tile in (await mina.browser.get("/integrations?search=TILEMAKER")).text
    assert "No integration matches" in (await mina.browser.get("/integrations?search=%25")).text
    assert "No integration matches" in (await mina.browser.get("/integrations?category=Nope")).text
    for odd in ("?after=x", "?after=~", "?search=%00", "?category=" + "x" * 3000):
        assert (await mina.browser.get("/integrations" + odd)).status_code == 200


@pytest.mark.row("B063", "R21")
async def test_who_may_not_manage_does_not(shop: Shop) -> None:
    """Install and Uninstall need the permission; looking does not."""
    reader = await shop.admin("Reading", "Read Only")
    assert (await reader.browser.get(shop.tile)).status_code == 200
    for path in ("/installation", "/uninstallation"):
        assert (await shop.post(reader, shop.tile + path)).status_code == 403


@pytest.mark.row("R23", "R24")
async def test_a_partners_text_is_inert(shop: Shop) -> None:
    """No script, no picture, no address but http, https and mailto; links say that we don't vouch for them."""
    world = shop.settled.world
    text = """# Hello

<script>alert(1)</script> <img src="https://evil.example/x.png"> ![pixel](https://evil.example/y.png)

[ok](https://fine.example) [bad](javascript:alert(1)) [data](data:text/html,x)
<a href="//evil.example" onclick="x()">y</a>

| a | b |
| - | - |
| 1 | <svg onload=alert(1)> |
"""
    await world.platform.database.fetch(
        "UPDATE integrations SET overview = $2 WHERE id = $1", shop.notifier.app_id, text
    )
    mina = await shop.admin("Careful")
    page = (await mina.browser.get(shop.tile)).text
    shown = page[page.index('<article class="prose partner-text"') : page.index("</article>")]
    assert "<h3>Hello</h3>" in shown and "<table>" in shown
    assert '<a href="https://fine.example" rel="noopener nofollow">ok</a>' in shown
    assert re.findall(r'href="([^"]*)"', shown) == ["https://fine.example"]
    for bad in ("<script", "<img", "<svg", "onclick", "onload"):
        assert bad not in shown, bad
