"""Guessing is slowed down, and the owner is not locked out."""

import pytest
from tests.world import World, csrf_in


@pytest.mark.row("B078", "R28")
async def test_guessing_passwords_is_slowed_down_without_locking_the_owner_out(world: World) -> None:
    """429 with Retry-After for the guesser; the owner still gets in from a browser that is known."""
    acme = await world.organization()
    mina = await world.person(acme)
    await world.sign_in(mina)
    csrf = csrf_in(await mina.browser.get("/"))
    await mina.browser.post("/sign-out", data={"csrf": csrf})
    guesser, statuses = world.browser(), []
    page = await guesser.get("/sign-in")
    for number in range(15):
        form = {"email": mina.email, "password": f"guess {number}", "csrf": csrf_in(page), "next": "/"}
        answer = await guesser.post("/sign-in", data=form)
        statuses.append(answer.status_code)
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert int(answer.headers["retry-after"]) > 0
    assert (await world.sign_in(mina)).status_code == 303


@pytest.mark.row("B078", "B009", "R28")
async def test_guessing_secrets_is_slowed_down_without_locking_the_client_out(world: World) -> None:
    """A hundred wrong secrets: 429 with Retry-After; the right one works in between and after."""
    partner = await world.partner()
    secret, statuses = partner.client_secret, []
    for number in range(100):
        partner.client_secret = f"guess {number}"
        answer = await world.refresh(partner, "x")
        statuses.append(answer.status_code)
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert int(answer.headers["retry-after"]) > 0
    partner.client_secret = secret
    assert (await world.refresh(partner, "x")).status_code == 400
