"""Consent shows who asks: the logo, and a caution about names that pose as others."""

import re
from uuid import UUID, uuid4

import pytest
from tests.web.developer.conftest import words
from tests.web.developer.test_apps import png
from tests.world import World

from latchstring.apps import apps


@pytest.mark.row("S1")
async def test_the_logo_of_whoever_asks_is_shown_to_those_who_may_be_asked(world: World) -> None:
    """As the type that its bytes have; to nobody else, and nothing else of the app."""
    partner = await world.partner()
    await world.sign_in(partner.developer)
    browser, asked = partner.developer.browser, world.authorize_url(partner)
    assert "<img" not in (await browser.get(asked)).text
    async with world.platform.database.transaction() as tx:
        await apps.put_logo(tx, world.act, partner.organization_id, partner.app_id, png())
    found = re.search(r'<img class="mark large picture" src="([^"]+)"', (await browser.get(asked)).text)
    assert found is not None
    picture = await browser.get(found[1])
    assert (picture.status_code, picture.content) == (200, png())
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in picture.headers["content-security-policy"]
    mina = await world.person(await world.organization("Acme"))
    await world.sign_in(mina)
    assert (await mina.browser.get(found[1])).status_code == 404
    assert (await world.browser().get(found[1])).status_code == 303
    assert (await browser.get(f"/clients/{uuid4()}/logo")).status_code == 404


@pytest.mark.row("B050", "B053")
async def test_a_name_that_poses_as_another_is_flagged(world: World) -> None:
    """A Cyrillic letter in a Latin name: named at consent, and beside the field where the app is named."""
    partner = await world.partner("P\u0430gewell")
    await world.sign_in(partner.developer)
    browser = partner.developer.browser
    asked = words(await browser.get(world.authorize_url(partner)))
    assert "Look twice at who is asking" in asked
    assert "mixes alphabets: \u0430 (Cyrillic)" in asked
    await world.platform.database.fetch(
        "UPDATE apps SET name = $2 WHERE id = $1", UUID(str(partner.app_id)), "On-c\u0430ll"
    )
    basics = await browser.get(f"/developer/apps/{partner.app_id}")
    assert 'id="advice-name"' in basics.text
    assert "mixes alphabets: \u0430 (Cyrillic)" in words(basics)


async def test_an_honest_name_is_asked_for_plainly(world: World) -> None:
    """No caution where there is nothing to be cautious of."""
    partner = await world.partner("당직 알리미 for Slack")
    await world.sign_in(partner.developer)
    asked = await partner.developer.browser.get(world.authorize_url(partner))
    assert "Look twice" not in words(asked)
