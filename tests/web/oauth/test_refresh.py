"""POST /oauth2/v1/token with a refresh token."""

import pytest
from httpx import BasicAuth
from tests.settled import Settled
from tests.world import SCOPES, Flow

pytestmark = pytest.mark.asyncio(loop_scope="module")
DEAD = {"error": "invalid_grant", "error_description": "Invalid refresh token"}


async def is_dead(settled: Settled, flow: Flow, *more: str) -> bool:
    """Whether nothing of an authorization works any more."""
    world = settled.world
    for token in (flow.access, flow.refresh, *more):
        if await world.introspect(settled.partner, token) != {"active": False}:
            return False
    refused = await world.refresh(settled.partner, flow.refresh)
    return (await world.call(flow.access)).status_code == 401 and refused.json() == DEAD


@pytest.mark.row("A115", "A101")
async def test_a_refresh_answers_with_a_new_pair(settled: Settled) -> None:
    """All members, a new access token, the granted scope, nothing stored."""
    flow = await settled.flow()
    answer = await settled.world.refresh(settled.partner, flow.refresh)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert set(told) == set(flow.tokens)
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 3600, flow.tokens["scope"])
    assert told["access_token"] != flow.access
    assert told["refresh_token"] != flow.refresh
    for token in (flow.access, told["access_token"]):
        assert (await settled.world.call(token)).status_code == 200


@pytest.mark.row("A067", "A068")
async def test_json_and_basic_work_here_too(settled: Settled) -> None:
    """The same endpoint, the same rules."""
    flow = await settled.flow()
    body = {"grant_type": "refresh_token", "refresh_token": flow.refresh}
    auth = BasicAuth(settled.partner.client_id, settled.partner.client_secret)
    answer = await settled.world.machine.post("/oauth2/v1/token", json=body, auth=auth)
    assert answer.status_code == 200


@pytest.mark.row("A117", "R9")
async def test_a_refused_refresh_consumes_nothing(settled: Settled) -> None:
    """Without or with a wrong secret, in two ways at once, with a bad scope: the token still works."""
    flow = await settled.flow()
    body = {"grant_type": "refresh_token", "refresh_token": flow.refresh}
    right = settled.credentials()
    auth = BasicAuth(right["client_id"], right["client_secret"])
    assert (await settled.post("token", body)).status_code == 401
    assert (await settled.post("token", {**body, **right, "client_secret": "x"})).status_code == 401
    assert (await settled.post("token", {**body, **right}, auth=auth)).status_code == 400
    assert (await settled.post("token", {**body, **right, "scope": "bogus"})).status_code == 400
    assert (await settled.post("token", {**body, **right})).status_code == 200


@pytest.mark.row("A118")
async def test_another_client_can_t_use_it(settled: Settled) -> None:
    """With its own valid secret it is refused, and the token stays its owner's."""
    flow = await settled.flow()
    refused = await settled.world.refresh(settled.rival, flow.refresh)
    assert (refused.status_code, refused.json()) == (400, DEAD)
    assert (await settled.world.refresh(settled.partner, flow.refresh)).status_code == 200


@pytest.mark.row("A119")
async def test_a_narrower_scope_narrows_the_access_token_only(settled: Settled) -> None:
    """The next refresh token still carries everything."""
    flow = await settled.flow()
    narrow = (await settled.world.refresh(settled.partner, flow.refresh, scope="events_read")).json()
    assert narrow["scope"] == "events_read"
    assert (await settled.world.call(narrow["access_token"])).status_code == 403
    about = await settled.world.introspect(settled.partner, narrow["access_token"])
    assert about["scope"] == "events_read"
    wide = (await settled.world.refresh(settled.partner, narrow["refresh_token"])).json()
    assert wide["scope"] == flow.tokens["scope"]
    assert (await settled.world.call(wide["access_token"])).status_code == 200


@pytest.mark.row("A120")
@pytest.mark.parametrize("scope", ["bogus", "dashboards_read", "events_read dashboards_read", 'a"b'])
async def test_a_scope_that_the_client_does_not_have_is_refused(settled: Settled, scope: str) -> None:
    """`invalid_scope`, and the token still works."""
    flow = await settled.flow()
    refused = await settled.world.refresh(settled.partner, flow.refresh, scope=scope)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")
    assert (await settled.world.refresh(settled.partner, flow.refresh)).status_code == 200


@pytest.mark.row("A120")
async def test_a_scope_that_was_not_granted_is_left_out(settled: Settled) -> None:
    """Clients that ask for everything again get what they have; nothing is widened."""
    flow = await settled.flow(scope="events_read")
    again = (await settled.world.refresh(settled.partner, flow.refresh, scope=" ".join(SCOPES))).json()
    assert again["scope"] == "events_read"
    assert (await settled.world.call(again["access_token"])).status_code == 403


@pytest.mark.row("A120")
async def test_when_nothing_remains_the_scope_is_invalid(settled: Settled) -> None:
    """An access token for nothing helps nobody."""
    flow = await settled.flow(scope="events_read")
    refused = await settled.world.refresh(settled.partner, flow.refresh, scope="monitors_read")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")


@pytest.mark.row("A123")
async def test_what_is_no_refresh_token_is_refused(settled: Settled) -> None:
    """Unknown, malformed, an access token, a code, a forged one: alike. Missing is an invalid request."""
    flow, code = await settled.flow(), await settled.code()
    forged = flow.refresh[:60] + "0000" + flow.refresh[64:]
    for token in ("nonsense", flow.access, code, forged, flow.refresh[:-1], settled.partner.client_secret):
        refused = await settled.world.refresh(settled.partner, token)
        assert (refused.status_code, refused.json()) == (400, DEAD)
    missing = await settled.world.token(settled.partner, grant_type="refresh_token")
    assert (missing.status_code, missing.json()["error"]) == (400, "invalid_request")


@pytest.mark.row("A124", "R9")
async def test_a_retry_gets_the_same_successor(settled: Settled) -> None:
    """A lost answer: the same refresh token again, and a pair that works."""
    flow = await settled.flow()
    answers = [(await settled.world.refresh(settled.partner, flow.refresh)).json() for _ in range(3)]
    assert len({answer["refresh_token"] for answer in answers}) == 1
    for answer in answers:
        assert (await settled.world.call(answer["access_token"])).status_code == 200
    assert (await settled.world.refresh(settled.partner, answers[0]["refresh_token"])).status_code == 200


async def test_a_retry_hours_later_still_works_and_is_noted(settled: Settled) -> None:
    """No lock-out by default; both addresses and user agents go to the audit log."""
    flow = await settled.flow()
    first = (await settled.world.refresh(settled.partner, flow.refresh)).json()
    settled.world.clock.move(minutes=20)
    late = (await settled.world.refresh(settled.partner, flow.refresh)).json()
    assert late["refresh_token"] == first["refresh_token"]
    rows = await settled.world.platform.database.fetch(
        "SELECT details FROM audit_entries WHERE action = 'refresh_token.presented_late'"
    )
    assert len(rows) == 1
    assert set(rows[0]["details"]) == {"first", "now"}


@pytest.mark.row("A125", "R9", "B090")
async def test_reuse_after_the_overlap_kills_the_family(settled: Settled) -> None:
    """Every access and refresh token of the authorization is dead, and the audit log says why."""
    flow = await settled.flow()
    second = (await settled.world.refresh(settled.partner, flow.refresh)).json()
    third = (await settled.world.refresh(settled.partner, second["refresh_token"])).json()
    settled.world.clock.move(seconds=31)
    reused = await settled.world.refresh(settled.partner, flow.refresh)
    assert (reused.status_code, reused.json()) == (400, DEAD)
    assert await is_dead(settled, flow, *(str(pair[name]) for pair in (second, third) for name in
                                          ("access_token", "refresh_token")))  # fmt: skip
    rows = await settled.world.platform.database.fetch(
        "SELECT details FROM audit_entries WHERE action = 'authorization.revoked'"
    )
    assert "refresh_token_reused" in {row["details"]["because"] for row in rows}


async def test_within_the_overlap_the_one_before_still_answers(settled: Settled) -> None:
    """A request that raced the successor's first use gets that successor."""
    flow = await settled.flow()
    second = (await settled.world.refresh(settled.partner, flow.refresh)).json()
    await settled.world.refresh(settled.partner, second["refresh_token"])
    settled.world.clock.move(seconds=30)
    again = await settled.world.refresh(settled.partner, flow.refresh)
    assert again.json()["refresh_token"] == second["refresh_token"]


async def test_two_generations_back_is_theft_at_once(settled: Settled) -> None:
    """The overlap covers one generation only."""
    flow = await settled.flow()
    token = flow.refresh
    for _ in range(3):
        token = (await settled.world.refresh(settled.partner, token)).json()["refresh_token"]
    assert (await settled.world.refresh(settled.partner, flow.refresh)).json() == DEAD
    assert (await settled.world.refresh(settled.partner, token)).json() == DEAD


@pytest.mark.row("B097")
async def test_concurrent_refreshes_agree_on_one_successor(settled: Settled) -> None:
    """Twenty at once: all 200 with one and the same refresh token."""
    import asyncio

    flow = await settled.flow()
    answers = await asyncio.gather(*(settled.world.refresh(settled.partner, flow.refresh) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


@pytest.mark.row("A129", "T4")
async def test_a_refresh_token_does_not_expire(settled: Settled) -> None:
    """Ten access-token lifetimes later it still works."""
    flow = await settled.flow()
    settled.world.clock.move(hours=10)
    assert (await settled.world.call(flow.access)).status_code == 401
    again = await settled.world.refresh(settled.partner, flow.refresh)
    assert again.status_code == 200
    assert (await settled.world.call(again.json()["access_token"])).status_code == 200


@pytest.mark.row("A128", "T4", "S33")
async def test_after_the_user_revokes_it_is_dead(settled: Settled) -> None:
    """The administrator's page ends the authorization; the refresh token with it."""
    from tests.world import csrf_in

    flow = await settled.flow()
    page = await settled.mina.browser.get("/organization-settings/oauth-apps")
    link = page.text.partition("/organization-settings/oauth-apps/")[2].partition('"')[0]
    path = f"/organization-settings/oauth-apps/{link}"
    csrf = csrf_in(await settled.mina.browser.get(path))
    assert (await settled.mina.browser.post(path, data={"csrf": csrf})).status_code == 303
    assert await is_dead(settled, flow)


@pytest.mark.row("B072")
async def test_a_private_scope_can_t_be_had_by_refreshing(settled: Settled) -> None:
    """A client that is not configured for it is refused here as everywhere."""
    world = settled.world
    plain = await world.publish(await world.partner("Plain", ("monitors_read",)))
    flow = await world.flow(settled.mina, plain)
    refused = await world.refresh(plain, flow.refresh, scope="api_keys_write")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")
