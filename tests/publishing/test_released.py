"""From a test client to a published one that any organization authorizes, and on through revisions."""

from uuid import UUID

import pytest
from tests.world import Partner, World

from latchstring.apps import clients
from latchstring.apps.model import ClientFields
from latchstring.publishing import send
from latchstring.publishing.model import Submission
from latchstring.publishing.proposal import Reach


async def resubmitted(world: World, partner: Partner, **changes: object) -> Submission:
    """The test client changed, and its app details sent again."""
    house, test_client = world.platform.house, UUID(partner.client_id)
    async with world.platform.database.transaction() as tx:
        old = clients.fields_of(await clients.get(tx, partner.organization_id, test_client))
        fields = ClientFields(**{**{n: getattr(old, n) for n in ClientFields.__slots__}, **changes})  # type: ignore[arg-type]
        await clients.update(tx, house.contract, world.act, partner.organization_id, test_client, fields)
        ids = (partner.organization_id, partner.developer.id)
        begun = await send.begin(tx, house, world.act, *ids, partner.app_id, test_client)
        assert begun.client_secret is None
        return await send.finish(tx, house, world.act, *ids, begun.submission.id, ())


@pytest.mark.row("S22", "S26", "S30", "A188")
async def test_a_released_client_has_its_own_credentials_and_works_everywhere(world: World) -> None:
    """Another ID and secret; any organization authorizes it; the test client stays in its sandbox."""
    partner, acme = await world.partner(), await world.organization()
    mina = await world.person(acme)
    await world.sign_in(mina)
    published = await world.released(partner, Reach("everyone"))
    assert published.client_id != partner.client_id
    assert published.client_secret != partner.client_secret
    flow = await world.flow(mina, published)
    assert (await world.call(flow.access)).status_code == 200
    outside = await mina.browser.get(world.authorize_url(partner))
    assert "Invalid client_id parameter value" in outside.text


@pytest.mark.row("S31", "A190", "B4")
async def test_a_revision_keeps_the_credentials_and_pins_authorizations(world: World) -> None:
    """Dropped scopes end at once; a scope that was dropped and comes back is not given again without consent."""
    partner, acme = await world.partner(), await world.organization()
    mina = await world.person(acme)
    await world.sign_in(mina)
    published = await world.released(partner)
    flow = await world.flow(mina, published)
    for scopes, status in (
        (("events_read",), 403),
        (("events_read", "monitors_read"), 403),
    ):
        await world.approve(await resubmitted(world, partner, scopes=scopes))
        assert (await world.call(flow.access)).status_code == status
        tokens = await world.refresh(published, flow.refresh)
        assert tokens.status_code == 200, tokens.text
        assert tokens.json()["scope"] == "events_read"
        flow.tokens = tokens.json()
    again = await world.flow(mina, published)
    assert (await world.call(again.access)).status_code == 200
