"""The navigation leads nowhere that its reader may not go, and everywhere that they may."""

import re

import httpx
import pytest
from tests.world import World

from latchstring.accounts import roles
from latchstring.web.pages.paths import PATHS


def places(shown: httpx.Response) -> dict[str, str]:
    """Where the navigation of a page leads: path to words."""
    bar = shown.text.partition('<nav class="site"')[2].partition("</nav>")[0]
    return dict(re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', bar))


@pytest.mark.parametrize("role", ["Admin", "Read Only"])
@pytest.mark.parametrize("kind", ["customer", "sandbox"])
async def test_every_place_that_is_shown_opens(world: World, kind: str, role: str) -> None:
    """Whoever reads the navigation may enter each of its places and each tab of Organization Settings."""
    person = await world.person(await world.organization("Acme", kind), role)
    await world.sign_in(person)
    shown = places(await person.browser.get("/"))
    assert "Documentation" in shown.values()
    assert ("Organization Settings" in shown.values()) == (role == "Admin")
    assert ("Developer Platform" in shown.values()) == (kind == "sandbox" and role == "Admin")
    for path in shown:
        assert (await person.browser.get(path)).status_code == 200, path


async def test_organization_settings_lead_to_the_first_tab_that_is_open(world: World) -> None:
    """Who may see keys but no apps is led to the keys, and sees no tab that would be refused."""
    acme = await world.organization("Acme")
    async with world.platform.database.transaction() as tx:
        await roles.create(
            tx, world.platform.contract, world.platform.entropy, world.act, acme,
            name="Key keeper", permissions=["api_keys_read"], ceiling=None,
        )  # fmt: skip
    keeper = await world.person(acme, "Key keeper")
    await world.sign_in(keeper)
    home = await keeper.browser.get("/")
    assert places(home)[PATHS.api_keys] == "Organization Settings"
    tabs = (await keeper.browser.get(PATHS.api_keys)).text.partition('<nav class="tabs"')[2]
    assert PATHS.oauth_apps not in tabs.partition("</nav>")[0]


async def test_strangers_are_shown_what_is_public_and_the_way_in(world: World) -> None:
    """Documentation and Network are open to everybody; the way in comes back to the page."""
    shown = await world.browser().get(PATHS.docs)
    assert set(places(shown)) == {PATHS.network, PATHS.docs}
    assert f'href="{PATHS.sign_in}?next={PATHS.docs}"' in shown.text
