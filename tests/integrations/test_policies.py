"""App policies: allow-list, block-list and ceilings, on live tokens and keys and on what is still to be consented to."""

import asyncio

import pytest
from tests.integrations.conftest import Shop
from tests.world import Person, consent_fields, parameters_of

from latchstring.integrations.reconcile import reconcile

pytestmark = pytest.mark.asyncio(loop_scope="module")
POLICIES = "/organization-settings/policies"


async def put(shop: Shop, person: Person, do: str = "save", **fields: str) -> str:
    """Post the policy form; the page that follows."""
    asked = {name.replace("__", "."): value for name, value in fields.items()}
    answer = await shop.post(person, POLICIES, do=do, **{"mode": "any", **asked})
    if answer.status_code == 303:
        answer = await person.browser.get(answer.headers["location"])
    assert answer.status_code == 200, answer.text[:600]
    return answer.text


def rule(shop: Shop) -> str:
    """The field of the notifier's rule."""
    return f"rule.{shop.notifier.client_id}"


@pytest.mark.row("B13")
async def test_a_block_ends_token_refresh_and_key_at_once_and_is_lifted_at_once(shop: Shop) -> None:
    """Only this app in only this organization; introspection says so too; the cause is explained to the partner."""
    world = shop.settled.world
    mina, other = await shop.admin("Blocking"), await shop.admin("Not blocking")
    flow, key = await shop.connected(mina)
    elsewhere, _ = await shop.connected(other)
    rival = await world.flow(mina, shop.settled.rival)
    await put(shop, mina, **{rule(shop): "block"})
    refused = await world.call(flow.access)
    assert refused.status_code == 401
    assert await shop.works(key) == 403
    refreshed = await world.refresh(shop.notifier, flow.refresh)
    assert (refreshed.status_code, refreshed.json()["error"]) == (400, "invalid_grant")
    assert await world.introspect(shop.notifier, flow.access) == {"active": False}
    assert await world.introspect(shop.notifier, flow.refresh) == {"active": False}
    assert (await world.call(elsewhere.access)).status_code == 200
    assert (await world.call(rival.access)).status_code == 200
    causes = await world.platform.database.fetch(
        "SELECT cause FROM refusals WHERE client_id = $1", shop.notifier.client_id
    )
    told = {"bearer_app_blocked", "api_key_app_blocked", "refresh_token_app_blocked"}
    assert told <= {row["cause"] for row in causes}
    await put(shop, mina, **{rule(shop): "none"})
    assert (await world.call(flow.access)).status_code == 200
    assert await shop.works(key) == 200
    assert (await world.refresh(shop.notifier, flow.refresh)).status_code == 200


@pytest.mark.row("B13")
async def test_consent_to_a_blocked_app_names_the_rule_and_who_can_change_it(shop: Shop) -> None:
    """No Allow on the page; a posted yes is 403 without a code; denying sends access_denied to the app."""
    world = shop.settled.world
    mina = await shop.admin("Deciding")
    for fields, words in (
        ({rule(shop): "block"}, "blocks"),
        ({"mode": "allow_list"}, "allows only the apps on its list"),
        ({"limited": "1"}, "allows none of the scopes"),
    ):
        await put(shop, mina, **fields)
        page = await mina.browser.get(world.authorize_url(shop.notifier))
        assert words in page.text and "Deciding Admin" in page.text and 'value="allow"' not in page.text
        refused = await mina.browser.post(
            "/oauth2/v1/authorize", data={**consent_fields(page), "decision": "allow"}
        )
        assert refused.status_code == 403 and "location" not in refused.headers
        denied = await mina.browser.post(
            "/oauth2/v1/authorize", data={**consent_fields(page), "decision": "deny"}
        )
        assert parameters_of(denied)["error"] == "access_denied"
    assert (await shop.install(mina)).headers["location"].endswith("?done=installed")
    await put(shop, mina, mode="allow_list", **{rule(shop): "allow"})
    assert (await world.call((await world.flow(mina, shop.notifier)).access)).status_code == 200


@pytest.mark.row("B13", "R14")
async def test_a_ceiling_takes_scopes_away_and_gives_them_back(shop: Shop) -> None:
    """Of the organization and of the app; the live token at once, the next consent without them."""
    world = shop.settled.world
    mina = await shop.admin("Limiting")
    flow = await world.flow(mina, shop.notifier)
    events = "/api/v1/events?start=1&end=2"
    assert (await world.call(flow.access, events)).status_code == 200
    await put(shop, mina, limited="1", scope__monitors_read="1", scope__api_keys_write="1")
    refused = await world.call(flow.access, events)
    assert refused.status_code == 403 and "insufficient_scope" in refused.headers["www-authenticate"]
    assert (await world.call(flow.access)).status_code == 200
    page = await mina.browser.get(world.authorize_url(shop.notifier))
    assert "Left out" in page.text
    narrowed = await world.flow(mina, shop.notifier)
    assert set(narrowed.tokens["scope"].split()) == {"monitors_read", "api_keys_write"}
    await put(shop, mina)
    assert (await world.call(flow.access, events)).status_code == 200
    assert (await world.call(narrowed.access, events)).status_code == 403, "only what was consented to"
    app = shop.notifier.client_id
    await put(shop, mina, **{f"limited.{app}": "1", f"scope.{app}.events_read": "1"})
    assert (await world.call(flow.access)).status_code == 403
    assert (await world.call(flow.access, events)).status_code == 200


@pytest.mark.row("B13")
async def test_the_dry_run_says_what_would_break_and_changes_nothing(shop: Shop) -> None:
    """The authorization, its person, the key, and the operations that were called in the last thirty days."""
    world = shop.settled.world
    mina = await shop.admin("Dry")
    flow, key = await shop.connected(mina)
    for _ in range(3):
        await world.call(flow.access)
    await world.platform.calls.write()
    page = await put(shop, mina, "preview", **{rule(shop): "block"})
    summary = next(
        o.summary for o in world.platform.contract.operations.values() if o.path == "/api/v1/monitor"
    )
    for told in (mina.email, key[-4:], summary, "3 calls", "1 authorization changes"):
        assert told in page, told
    assert (await world.call(flow.access)).status_code == 200 and await shop.works(key) == 200
    rows = await world.platform.database.fetch(
        "SELECT (SELECT count(*) FROM app_rules WHERE organization_id = $1)"
        " + (SELECT count(*) FROM app_policies WHERE organization_id = $1) AS written",
        mina.organization_id,
    )
    assert rows[0]["written"] == 0
    assert "Nothing that lives now is touched" in await put(shop, mina, "preview")


@pytest.mark.row("B13", "B065")
async def test_who_may_change_the_policy(shop: Shop) -> None:
    """Not a reader; not by a form without its token; and it says so in the audit log."""
    world = shop.settled.world
    mina, reader = await shop.admin("Policing"), await shop.admin("Looking", "Standard")
    assert (await shop.post(reader, POLICIES, do="save", mode="any")).status_code == 403
    assert (await mina.browser.post(POLICIES, data={"mode": "any", "do": "save"})).status_code == 403
    unknown = await shop.post(mina, POLICIES, **{"do": "save", "mode": "any", f"rule.{mina.id}": "block"})
    assert unknown.status_code == 400 and "not known here" in unknown.text
    assert (await shop.post(mina, POLICIES, do="save", mode="odd")).status_code == 400
    await put(shop, mina, mode="allow_list")
    found = await world.platform.database.fetch(
        "SELECT details FROM audit_entries WHERE organization_id = $1 AND action = 'policy.changed'",
        mina.organization_id,
    )
    assert [row["details"]["mode"] for row in found] == ["allow_list"]


@pytest.mark.row("B13", "B105", "R26")
async def test_a_block_against_consents_and_redemptions(shop: Shop) -> None:
    """30 rounds: whichever comes first, nothing of a blocked app works once the block is saved."""
    world = shop.settled.world
    mina = await shop.admin("Racing blocks")
    for _ in range(30):
        code = await world.code(mina, shop.notifier)
        page = await mina.browser.get(world.authorize_url(shop.notifier))
        yes = {**consent_fields(page), "decision": "allow"}
        redeemed, consented, _ = await asyncio.gather(
            world.redeem(shop.notifier, code),
            mina.browser.post("/oauth2/v1/authorize", data=yes),
            put(shop, mina, **{rule(shop): "block"}),
        )
        if redeemed.status_code == 200:
            assert (await world.call(redeemed.json()["access_token"])).status_code == 401
        if consented.status_code == 303:
            late = await world.redeem(shop.notifier, parameters_of(consented)["code"])
            assert (
                late.status_code == 400 or (await world.call(late.json()["access_token"])).status_code == 401
            )
        await put(shop, mina)
    assert (await reconcile(world.platform.database, world.clock.now(), mend=False)).policies == 0
