"""Consent to the difference, what a person sees called of what they allowed, and who ends it."""

import html

import pytest
from tests.integrations.conftest import Shop
from tests.publishing.test_released import resubmitted
from tests.world import SCOPES, parameters_of

from latchstring.publishing.proposal import Reach

pytestmark = pytest.mark.asyncio(loop_scope="module")
APPS, KEYS = "/organization-settings/oauth-apps", "/organization-settings/api-keys"


@pytest.mark.row("B4", "S31", "S35")
async def test_a_revision_asks_for_what_is_new_and_folds_the_rest(shop: Shop) -> None:
    """The tile offers to allow the new scopes; the page shows them first; after the exchange all work."""
    world = shop.settled.world
    partner = await world.partner("Growing")
    published = await world.released(partner, Reach("everyone"))
    tile = f"/integrations/{partner.app_id}"
    mina = await shop.admin("Careful")
    await shop.post(mina, f"{tile}/installation")
    await shop.post(mina, f"{tile}/connection")
    old = await world.flow(mina, published)
    await world.approve(await resubmitted(world, partner, scopes=(*SCOPES, "dashboards_read")))
    assert (await world.call(old.access)).status_code == 200
    assert (await world.call(old.access, "/api/v1/dashboard")).status_code == 403
    title = world.platform.contract.scopes["dashboards_read"].title["en"]
    page = (await mina.browser.get(f"{tile}/configuration")).text
    assert "Allow the new scopes" in page and title in page
    parameters_of(await shop.post(mina, f"{tile}/connection"))
    question = (await mina.browser.get(world.authorize_url(published))).text
    new, folded = question.partition('<details class="granted">')[::2]
    assert "wants more access" in question
    assert 'data-scope="dashboards_read"' in new and 'data-scope="monitors_read"' not in new
    assert 'data-scope="monitors_read"' in folded and 'data-scope="events_read"' in folded
    world.clock.move(seconds=1)
    flow = await world.flow(mina, published)
    assert set(flow.tokens["scope"].split()) == {*SCOPES, "dashboards_read"}
    for path in ("/api/v1/monitor", "/api/v1/dashboard"):
        assert (await world.call(flow.access, path)).status_code == 200
    page = (await mina.browser.get(f"{tile}/configuration")).text
    assert "Allow the new scopes" not in page and "Replaced by a newer one" not in page
    assert (await world.call(old.access)).status_code == 401
    assert (await world.refresh(published, old.refresh)).status_code == 400


@pytest.mark.row("B4", "S31", "B5")
async def test_consent_to_the_difference_leaves_one_authorization(shop: Shop) -> None:
    """The one before it ends with the exchange and its key passes on; of other people, and of a second consent to the
    same revision, nothing ends."""
    world = shop.settled.world
    partner = await world.partner("Replacing")
    published = await world.released(partner, Reach("everyone"))
    mina = await shop.admin("Replaced")
    jo = await world.person(mina.organization_id, name="Jo")
    await world.sign_in(jo)
    old, of_jo = await world.flow(mina, published), await world.flow(jo, published)
    key = await shop.key(old)
    await world.approve(await resubmitted(world, partner, scopes=(*SCOPES, "dashboards_read")))
    assert (await world.call(old.access)).status_code == 200
    new = await world.flow(mina, published)
    assert (await world.call(old.access)).status_code == 401
    assert (await world.refresh(published, old.refresh)).status_code == 400
    for flow in (new, of_jo, await world.flow(mina, published), new):
        assert (await world.call(flow.access)).status_code == 200
    assert await shop.works(key) == 200
    ended = await world.platform.database.fetch(
        "SELECT revoked_because, (SELECT count(*) FROM api_keys k WHERE k.organization_id = a.organization_id"
        " AND k.authorization_id = a.id AND k.revoked_at IS NULL) AS keys FROM authorizations a"
        " WHERE organization_id = $1 AND state = 'revoked'",
        mina.organization_id,
    )
    assert [tuple(row) for row in ended] == [("replaced", 0)]
    keys = (await mina.browser.get(KEYS)).text
    assert "has lost its access" not in keys


@pytest.mark.row("S33", "B3")
async def test_what_was_called_is_shown_per_scope(shop: Shop) -> None:
    """On OAuth Apps and on the tile, with a text beside each chart; the key's calls and its last use too."""
    world = shop.settled.world
    mina = await shop.admin("Watching")
    flow, key = await shop.connected(mina)
    for path in ("/api/v1/monitor", "/api/v1/monitor", "/api/v1/events?start=1&end=2"):
        assert (await world.call(flow.access, path)).status_code == 200
    assert await shop.works(key) == 200
    await world.platform.calls.write()
    apps = html.unescape((await mina.browser.get(APPS)).text)
    for told in (
        'aria-label="4 calls in the last 30 days"',
        'aria-label="2 calls in the last 30 days"',
        "Revision 1",
    ):
        assert told in apps, told
    tile = (await mina.browser.get(f"{shop.tile}/configuration")).text
    assert "5 calls in all" in tile and "Data sent with its API key" in tile
    keys = (await mina.browser.get(KEYS)).text
    assert key[-4:] in keys and "just now" in keys
    world.clock.move(days=31)
    await world.sign_in(mina)
    assert "calls in the last 30 days" not in (await mina.browser.get(APPS)).text


@pytest.mark.row("S33", "T4")
async def test_all_authorizations_of_an_app_end_together(shop: Shop) -> None:
    """Whoever let it in; the other app and the other organization go on; a foreign id is as good as none."""
    world = shop.settled.world
    mina, other = await shop.admin("Sweeping"), await shop.admin("Untouched")
    jo = await world.person(mina.organization_id, name="Jo")
    await world.sign_in(jo)
    flows = [await world.flow(person, shop.notifier) for person in (mina, jo)]
    rival, elsewhere = await world.flow(mina, shop.settled.rival), await world.flow(other, shop.notifier)
    path = f"{APPS}/of/{shop.notifier.client_id}/revocation"
    asked = await mina.browser.get(path)
    assert mina.email in asked.text and jo.email in asked.text
    answer = await shop.post(mina, path)
    assert "has lost its access" in (await mina.browser.get(answer.headers["location"])).text
    for flow in flows:
        assert (await world.call(flow.access)).status_code == 401
        assert (await world.refresh(shop.notifier, flow.refresh)).status_code == 400
    for flow in (rival, elsewhere):
        assert (await world.call(flow.access)).status_code == 200
    assert (await mina.browser.get(path)).status_code == 404
    assert (await mina.browser.get(f"{APPS}/of/{mina.id}/revocation")).status_code == 404


@pytest.mark.row("S34", "S20")
async def test_keys_that_nobody_answers_for_are_flagged(shop: Shop) -> None:
    """Of a disabled user, and of an app that lost its authorization."""
    world = shop.settled.world
    mina = await shop.admin("Answering")
    jo = await world.person(mina.organization_id, name="Jo")
    await world.sign_in(jo)
    flow = await world.flow(jo, shop.notifier)
    await shop.key(flow)
    await world.platform.database.fetch("UPDATE users SET disabled_at = now() WHERE id = $1", jo.id)
    assert "disabled or has left" in (await mina.browser.get(KEYS)).text
    await shop.post(mina, f"{APPS}/of/{shop.notifier.client_id}/revocation")
    assert "has lost its access" in (await mina.browser.get(KEYS + "?search=notifier")).text
