"""What a client may ask for follows it everywhere: private scopes, scopes that it drops, secrets shown once."""

from uuid import UUID

import pytest
from tests.settled import Settled
from tests.world import REDIRECT, Partner, parameters_of

from latchstring.accounts import organizations
from latchstring.accounts.refused import Refused
from latchstring.apps import clients
from latchstring.apps.clients import Smithy
from latchstring.apps.model import ClientFields

pytestmark = pytest.mark.asyncio(loop_scope="module")


def fields(*scopes: str) -> ClientFields:
    """A client's fields with these scopes."""
    return ClientFields("On-call Notifier", "Tells", (REDIRECT,), "https://notifier.example/start", scopes)


async def edit(settled: Settled, partner: Partner, *scopes: str) -> None:
    """The developer changes the client's scopes."""
    world = settled.world
    async with world.platform.database.transaction() as tx:
        await clients.update(
            tx,
            world.platform.contract,
            world.act,
            partner.organization_id,
            UUID(partner.client_id),
            fields(*scopes),
        )


@pytest.mark.row("A193", "B072", "S14", "R16")
async def test_a_private_scope_needs_approval_on_every_path(settled: Settled) -> None:
    """Making a client, changing one, asking for it, refreshing: refused."""
    world = settled.world
    partner = await world.partner("Unapproved", ("monitors_read",))
    await world.sign_in(partner.developer)
    with pytest.raises(Refused):
        await edit(settled, partner, "monitors_read", "api_keys_write")
    platform = world.platform
    smithy = Smithy(platform.shared_keys, platform.entropy, platform.site.key)
    with pytest.raises(Refused):
        async with platform.database.transaction() as tx:
            await clients.create(
                tx,
                platform.contract,
                smithy,
                world.act,
                partner.organization_id,
                partner.app_id,
                fields("api_keys_write"),
            )
    asked = await partner.developer.browser.get(world.authorize_url(partner, scope="api_keys_write"))
    assert parameters_of(asked)["error"] == "invalid_scope"
    flow = await world.flow(partner.developer, partner)
    refused = await world.refresh(partner, flow.refresh, scope="monitors_read api_keys_write")
    assert refused.json()["error"] == "invalid_scope"


@pytest.mark.row("B072", "R16", "R15")
async def test_an_approval_that_is_withdrawn_takes_the_scope_from_living_tokens(settled: Settled) -> None:
    """At the next call; the other scopes of the token work on."""
    world = settled.world
    partner = await world.partner("Withdrawn", ("monitors_read", "api_keys_write"))
    await world.sign_in(partner.developer)
    flow = await world.flow(partner.developer, partner)
    async with world.platform.database.transaction() as tx:
        await organizations.withdraw_private_scope(tx, world.act, partner.organization_id, "api_keys_write")
    assert (await world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")).status_code == 403
    assert (await world.call(flow.access)).status_code == 200
    assert (await world.refresh(partner, flow.refresh)).json()["scope"] == "monitors_read"


@pytest.mark.row("R14")
async def test_a_scope_that_the_client_drops_is_dropped_from_living_tokens(settled: Settled) -> None:
    """And given back, it works again: what was consented to is still what was consented to."""
    world = settled.world
    partner = await world.partner("Dropping", ("monitors_read", "events_read"))
    await world.sign_in(partner.developer)
    flow = await world.flow(partner.developer, partner)
    await edit(settled, partner, "events_read")
    assert (await world.call(flow.access)).status_code == 403
    assert (await world.introspect(partner, flow.access))["scope"] == "events_read"
    await edit(settled, partner, "events_read", "monitors_read")
    assert (await world.call(flow.access)).status_code == 200


@pytest.mark.row("R14", "B068", "R9")
async def test_a_scope_that_the_client_gains_is_not_in_living_tokens(settled: Settled) -> None:
    """Nobody consented to it: not by refreshing, not by asking again for everything."""
    world = settled.world
    partner = await world.partner("Gaining", ("monitors_read",))
    await world.sign_in(partner.developer)
    flow = await world.flow(partner.developer, partner)
    await edit(settled, partner, "monitors_read", "dashboards_read")
    assert (await world.call(flow.access, "/api/v1/dashboard")).status_code == 403
    again = (await world.refresh(partner, flow.refresh, scope="monitors_read dashboards_read")).json()
    assert again["scope"] == "monitors_read"
    assert (await world.call(again["access_token"], "/api/v1/dashboard")).status_code == 403


@pytest.mark.row("B073", "R16", "S31")
async def test_a_published_client_can_t_be_edited(settled: Settled) -> None:
    """Neither changed nor deleted in place."""
    world = settled.world
    with pytest.raises(Refused):
        await edit(settled, settled.partner, "monitors_read")
    with pytest.raises(Refused):
        async with world.platform.database.transaction() as tx:
            await clients.delete(
                tx, world.act, settled.partner.organization_id, UUID(settled.partner.client_id)
            )
    assert (await settled.authorize()).status_code == 200


@pytest.mark.row("R19", "R15")
async def test_a_client_that_is_deleted_takes_everything_along(settled: Settled) -> None:
    """Access, refresh and its secret; and nobody can authorize it any more."""
    world = settled.world
    partner = await world.partner("Deleted")
    await world.sign_in(partner.developer)
    flow = await world.flow(partner.developer, partner)
    made = (await world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")).json()["data"]
    async with world.platform.database.transaction() as tx:
        await clients.delete(tx, world.act, partner.organization_id, UUID(partner.client_id))
    assert (await world.call(flow.access)).status_code == 401
    assert (await world.refresh(partner, flow.refresh)).status_code == 401
    page = await partner.developer.browser.get(world.authorize_url(partner))
    assert "invalid_request - Invalid client_id parameter value" in page.text
    headers = {"dd-api-key": made["attributes"]["key"]}
    assert (await world.machine.get("/api/v1/validate", headers=headers)).status_code == 403


@pytest.mark.row("B085", "R27")
async def test_no_log_line_holds_a_credential(settled: Settled, capfd: pytest.CaptureFixture[str]) -> None:
    """A whole flow with refusals of every kind: codes, tokens, secrets, verifiers and cookies stay out."""
    world = settled.world
    code = await settled.code()
    body = settled.exchange(code)
    await settled.post("token", {**body, "client_secret": "not the secret at all"})
    await settled.post("token", {**body, "code_verifier": "w" * 64})
    flow = await settled.flow()
    await world.call(flow.refresh)
    await world.call(flow.access, "/api/v1/dashboard")
    await world.refresh(settled.partner, flow.refresh, scope="bogus")
    await settled.authorize(scope="bogus")
    out = "".join(capfd.readouterr())
    rows = await world.platform.database.fetch("SELECT * FROM refusals")
    kept = "".join(str(dict(row)) for row in rows)
    cookie = settled.mina.browser.cookies["latchstring_us1_session"]
    for secret in (
        code,
        flow.access,
        flow.refresh,
        body["client_secret"],
        "not the secret at all",
        "w" * 64,
        cookie,
    ):
        assert secret not in out
        assert secret not in kept
