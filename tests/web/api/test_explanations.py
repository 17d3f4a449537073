"""A refused request is explained to the owner of the app and to operators, and to nobody else."""

import pytest
from tests.web.api.conftest import V1, caller
from tests.world import World


@pytest.mark.row("B1")
async def test_the_owner_of_the_app_is_told_why_and_nobody_else_is(world: World) -> None:
    """What the wire hides, its owner may read: cause, reason, remedy, what was missing."""
    partner = await world.publish(await world.partner())
    acme = await world.organization("Acme")
    mina = await world.person(acme)
    await world.sign_in(mina)
    flow = await world.flow(mina, partner)
    refused = await world.call(flow.access, "/api/v1/dashboard")
    request_id = refused.headers["x-request-id"]
    owner = await caller(world, partner.organization_id, partner.developer.id)
    told = (await owner.get(f"/requests/{request_id}")).json()["data"]
    assert (told["cause"], told["status"]) == ("scope_missing", 403)
    assert told["noted"]["missing"] == "dashboards_read"
    assert told["why"].startswith("The operation needs a scope") and told["remedy"].startswith(
        "Add the scope"
    )
    assert flow.access not in str(told)
    assert (await (await caller(world)).get(f"/requests/{request_id}")).status_code == 200
    for stranger in (await caller(world, acme, mina.id),):
        assert (await stranger.get(f"/requests/{request_id}")).status_code == 404


@pytest.mark.row("B1")
@pytest.mark.parametrize("request_id", ["0" * 24, "x", "%00", "a" * 5_000, "' OR 1=1", "%F0%9F%98%80"])
async def test_a_request_that_was_not_kept_is_not_found(world: World, request_id: str) -> None:
    """Whatever is asked for, the answer is no failure."""
    operator = await caller(world)
    assert (await operator.get(f"/requests/{request_id}")).status_code in (400, 404)


@pytest.mark.row("B12")
async def test_the_explanation_comes_in_the_readers_language(world: World) -> None:
    """Accept-Language chooses."""
    partner = await world.partner()
    answer = await world.token(partner, grant_type="refresh_token", refresh_token="nonsense")
    owner = await caller(world, partner.organization_id, partner.developer.id)
    url = f"{V1}/requests/{answer.headers['x-request-id']}"
    for language, begins in (
        ("en", "What was sent as refresh token"),
        ("ko", "새로 고침 토큰으로 보낸 값이"),
    ):
        headers = {"authorization": f"Bearer {owner.value}", "accept-language": language}
        told = (await world.machine.get(url, headers=headers)).json()["data"]
        assert told["why"].startswith(begins)
