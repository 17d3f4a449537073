"""Uninstallation: everything of it dies at once and nothing else, with a receipt; whatever else goes on meanwhile."""

import asyncio

import httpx
import pytest
from tests.integrations.conftest import Shop
from tests.world import Flow, Person

from latchstring.integrations.reconcile import reconcile

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def rows(shop: Shop, sql: str, *arguments: object) -> list[dict[str, object]]:
    """A query of the database."""
    return [dict(row) for row in await shop.settled.world.platform.database.fetch(sql, *arguments)]


@pytest.mark.row("A195", "A128", "R19", "S32", "B14")
async def test_uninstalling_ends_token_refresh_token_and_key_at_once(shop: Shop) -> None:
    """The other organization and the other app go on; the receipt lists both, and stays."""
    world = shop.settled.world
    mina, other = await shop.admin("Ending"), await shop.admin("Going on")
    flow, key = await shop.connected(mina)
    rival = await world.flow(mina, shop.settled.rival)
    elsewhere, elsewhere_key = await shop.connected(other)
    await world.call(flow.access)
    await world.platform.calls.write()
    asked = (await mina.browser.get(f"{shop.tile}/uninstallation")).text
    assert mina.email in asked and key[-4:] in asked
    answer = await shop.uninstall(mina)
    assert (await world.call(flow.access)).status_code == 401
    refreshed = await world.refresh(shop.notifier, flow.refresh)
    assert (refreshed.status_code, refreshed.json()["error"]) == (400, "invalid_grant")
    assert await shop.works(key) == 403
    assert (await world.call(elsewhere.access)).status_code == 200
    assert await shop.works(elsewhere_key) == 200
    assert (await world.call(rival.access)).status_code == 200
    receipt = await mina.browser.get(answer.headers["location"])
    assert receipt.status_code == 200 and mina.email in receipt.text and key[-4:] in receipt.text
    path = answer.headers["location"].partition("?")[0]
    saved = (await mina.browser.get(path + "/document")).json()
    assert [one["user_email"] for one in saved["ended"]["authorizations"]] == [mina.email]
    assert [one["last4"] for one in saved["ended"]["api_keys"]] == [key[-4:]]
    assert (await other.browser.get(path)).status_code == 404
    assert path in (await mina.browser.get(f"{shop.tile}/uninstallation")).text


@pytest.mark.row("A195", "B14", "S33")
async def test_each_ended_thing_is_in_the_audit_log(shop: Shop) -> None:
    """integration.uninstalled with the receipt and counts; every authorization and key with its reason."""
    mina = await shop.admin("Audited")
    await shop.connected(mina)
    await shop.uninstall(mina)
    found = await rows(
        shop,
        "SELECT action, details FROM audit_entries WHERE organization_id = $1 AND (details->>'because' = 'uninstalled'"
        " OR action LIKE 'integration.%') ORDER BY id",
        mina.organization_id,
    )
    assert sorted(str(row["action"]) for row in found) == [
        "api_key.revoked", "authorization.revoked", "integration.installed", "integration.uninstalled",
    ]  # fmt: skip
    told = next(row["details"] for row in found if row["action"] == "integration.uninstalled")
    assert isinstance(told, dict) and told["authorizations"] == told["api_keys"] == 1
    receipts = await rows(
        shop, "SELECT id FROM uninstall_receipts WHERE organization_id = $1", mina.organization_id
    )
    assert [str(row["id"]) for row in receipts] == [told["receipt"]]


@pytest.mark.row("A098", "R19")
async def test_a_code_dies_with_the_integration(shop: Shop) -> None:
    """Uninstalled between consent and exchange: invalid_grant."""
    world = shop.settled.world
    mina = await shop.admin("Halfway")
    await shop.install(mina)
    code = await world.code(mina, shop.notifier)
    await shop.uninstall(mina)
    answer = await world.redeem(shop.notifier, code)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.row("S32", "T5")
async def test_reinstalling_starts_clean(shop: Shop) -> None:
    """Nothing is taken over: the flow is repeated, a new key is made, and the old ones stay dead."""
    world = shop.settled.world
    mina = await shop.admin("Again")
    old, old_key = await shop.connected(mina)
    await shop.uninstall(mina)
    tile = (await mina.browser.get(f"{shop.tile}/configuration")).text
    assert "Install the integration first" in tile
    new, new_key = await shop.connected(mina)
    assert (await world.call(new.access)).status_code == 200 and await shop.works(new_key) == 200
    assert (await world.call(old.access)).status_code == 401 and await shop.works(old_key) == 403


@pytest.mark.row("B065", "B14")
async def test_what_is_withdrawn_can_still_be_uninstalled(shop: Shop) -> None:
    """The tile is gone for strangers; who has it installed sees it until they remove it."""
    world = shop.settled.world
    mina, stranger = await shop.admin("Left behind"), await shop.admin("Too late")
    flow, key = await shop.connected(mina)
    show = "UPDATE integrations SET audience = $2, published_at = $3 WHERE id = $1"
    await world.platform.database.fetch(show, shop.notifier.app_id, "sandbox", None)
    try:
        assert (await stranger.browser.get(shop.tile)).status_code == 404
        page = await mina.browser.get(shop.tile)
        assert page.status_code == 200 and "No longer offered" in page.text
        assert (await shop.post(mina, f"{shop.tile}/connection")).status_code == 409
        receipt = await mina.browser.get((await shop.uninstall(mina)).headers["location"])
        assert receipt.status_code == 200 and key[-4:] in receipt.text
        assert (await world.call(flow.access)).status_code == 401
        assert (await mina.browser.get(shop.tile)).status_code == 404
    finally:
        await world.platform.database.fetch(show, shop.notifier.app_id, "everyone", world.clock.now())


async def alive(shop: Shop, person: Person) -> int:
    """How many authorizations, keys and installations of the integration live in the person's organization."""
    found = await rows(
        shop,
        "SELECT (SELECT count(*) FROM authorizations WHERE organization_id = $1 AND client_id = $2"
        " AND state IN ('pending', 'active'))"
        " + (SELECT count(*) FROM api_keys WHERE organization_id = $1 AND client_id = $2 AND revoked_at IS NULL)"
        " + (SELECT count(*) FROM installations WHERE organization_id = $1 AND client_id = $2) AS alive",
        person.organization_id,
        shop.notifier.client_id,
    )
    return int(str(found[0]["alive"]))


@pytest.mark.row("B105", "B14", "R26")
async def test_uninstalling_against_refresh_and_key_creation(shop: Shop) -> None:
    """200 rounds: however they meet, nothing is alive afterwards, and no answer is a failure of ours."""
    world = shop.settled.world
    mina = await shop.admin("Racing")
    for number in range(200):
        await shop.install(mina)
        flow = await world.flow(mina, shop.notifier)
        answers = await asyncio.gather(
            *_in_turn(number, [
                lambda: shop.uninstall(mina),
                lambda flow=flow: world.refresh(shop.notifier, flow.refresh),
                lambda flow=flow: world.call(flow.access, "/api/v2/api_keys/marketplace", "POST"),
            ])
        )  # fmt: skip
        assert all(answer.status_code < 500 for answer in answers), [answer.text for answer in answers]
        assert await alive(shop, mina) == 0
        await _is_dead(shop, flow, answers)
    found = await reconcile(world.platform.database, world.clock.now(), mend=False)
    assert found.is_nothing


def _in_turn(number: int, calls: list) -> list:  # type: ignore[type-arg]
    turned = calls[number % 3 :] + calls[: number % 3]
    return [call() for call in turned]


async def _is_dead(shop: Shop, flow: Flow, answers: list[httpx.Response]) -> None:
    """Neither the tokens from before nor what came out of the race works."""
    world = shop.settled.world
    tokens = {flow.access} | {a.json()["access_token"] for a in answers if "access_token" in a.text}
    keys = [a.json()["data"]["attributes"]["key"] for a in answers if a.status_code == 201]
    for token in tokens:
        assert (await world.call(token)).status_code == 401
    for key in keys:
        assert await shop.works(key) == 403


@pytest.mark.row("B105", "R26", "S32")
async def test_uninstalling_against_consent_and_a_second_uninstall(shop: Shop) -> None:
    """20 rounds: a consent comes before it and is dead, or after it and lives whole; two uninstalls make one receipt
    of each thing."""
    world = shop.settled.world
    mina = await shop.admin("Consenting")
    for _ in range(20):
        flow, _ = await shop.connected(mina)
        first, consent, second = await asyncio.gather(
            shop.uninstall(mina), world.consent(mina, shop.notifier), shop.uninstall(mina)
        )
        assert {first.status_code, consent.status_code, second.status_code} == {303}
        assert (await world.call(flow.access)).status_code == 401
        await shop.uninstall(mina)
        assert await alive(shop, mina) == 0
    ended = await rows(
        shop,
        "SELECT x->>'id' AS id FROM uninstall_receipts, jsonb_array_elements(ended->'authorizations') x"
        " WHERE organization_id = $1",
        mina.organization_id,
    )
    dead = await rows(shop, "SELECT id FROM authorizations WHERE organization_id = $1", mina.organization_id)
    assert sorted(str(row["id"]) for row in ended) == sorted(str(row["id"]) for row in dead)


@pytest.mark.row("B14")
async def test_the_reconciler_finds_and_ends_what_should_be_dead(shop: Shop) -> None:
    """Brought back behind our back, a token and a key are found, told, and ended again."""
    world = shop.settled.world
    mina = await shop.admin("Undead")
    flow, key = await shop.connected(mina)
    world.clock.move(seconds=1)
    await shop.uninstall(mina)
    database = world.platform.database
    await database.fetch(
        "UPDATE authorizations SET state = 'active', revoked_at = NULL, revoked_because = NULL"
        " WHERE organization_id = $1", mina.organization_id,
    )  # fmt: skip
    await database.fetch(
        "UPDATE api_keys SET revoked_at = NULL WHERE organization_id = $1", mina.organization_id
    )
    assert (await world.call(flow.access)).status_code == 200
    found = await reconcile(database, world.clock.now())
    assert (found.authorizations, found.api_keys) == (1, 1)
    assert (await world.call(flow.access)).status_code == 401 and await shop.works(key) == 403
    assert (await reconcile(database, world.clock.now())).is_nothing
