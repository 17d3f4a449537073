"""POST /oauth2/v1/revoke (RFC 7009)."""

import pytest
from httpx import BasicAuth
from tests.settled import Settled

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.row("A132", "R10")
async def test_an_access_token_dies_alone(settled: Settled) -> None:
    """401 on the very next call; its refresh token and its siblings live on."""
    flow = await settled.flow()
    sibling = (await settled.world.refresh(settled.partner, flow.refresh)).json()
    answer = await settled.world.revoke(settled.partner, flow.access)
    assert (answer.status_code, answer.json()) == (200, {})
    refused = await settled.world.call(flow.access)
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]
    assert await settled.world.introspect(settled.partner, flow.access) == {"active": False}
    assert (await settled.world.call(sibling["access_token"])).status_code == 200
    assert (await settled.world.refresh(settled.partner, sibling["refresh_token"])).status_code == 200


@pytest.mark.row("A133", "R10", "T4")
async def test_a_refresh_token_takes_the_whole_authorization(settled: Settled) -> None:
    """The access tokens too; another authorization of the same people is untouched."""
    flow, other = await settled.flow(), await settled.flow()
    assert (await settled.world.revoke(settled.partner, flow.refresh)).status_code == 200
    refused = await settled.world.refresh(settled.partner, flow.refresh)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert (await settled.world.call(flow.access)).status_code == 401
    assert (await settled.world.call(other.access)).status_code == 200


async def test_an_older_refresh_token_takes_it_too(settled: Settled) -> None:
    """Any generation that we issued names the authorization."""
    flow = await settled.flow()
    second = (await settled.world.refresh(settled.partner, flow.refresh)).json()
    await settled.world.revoke(settled.partner, flow.refresh)
    assert (await settled.world.call(second["access_token"])).status_code == 401


@pytest.mark.row("A134")
async def test_what_is_dead_or_unknown_is_answered_like_success(settled: Settled) -> None:
    """200 and `{}`: unknown, malformed, revoked already, expired."""
    flow = await settled.flow()
    await settled.world.revoke(settled.partner, flow.access)
    old = await settled.flow()
    settled.world.clock.move(hours=1)
    for token in ("nonsense", "lsat_us1_00", flow.access, old.access, settled.partner.client_secret, "é"):
        answer = await settled.world.revoke(settled.partner, token)
        assert (answer.status_code, answer.json()) == (200, {})


@pytest.mark.row("A135", "B076", "R10")
async def test_another_client_s_tokens_stay_alive(settled: Settled) -> None:
    """The answer tells nothing, and nothing happens."""
    flow = await settled.flow()
    for token in (flow.access, flow.refresh):
        assert (await settled.world.revoke(settled.rival, token)).status_code == 200
    assert (await settled.world.call(flow.access)).status_code == 200
    assert (await settled.world.refresh(settled.partner, flow.refresh)).status_code == 200


@pytest.mark.row("A136", "B076")
@pytest.mark.parametrize("changes", [{"client_secret": ""}, {"client_secret": "wrong"}, {"client_id": ""}])
async def test_without_authentication_nothing_is_revoked(settled: Settled, changes: dict[str, str]) -> None:
    """401 `invalid_client`; a Bearer header does not stand in for it."""
    flow = await settled.flow()
    body = {**settled.credentials(), "token": flow.access, **changes}
    refused = await settled.post("revoke", body, headers={"authorization": f"Bearer {flow.access}"})
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert (await settled.world.call(flow.access)).status_code == 200


@pytest.mark.row("A137")
async def test_without_token_the_request_is_invalid(settled: Settled) -> None:
    """There is nothing to revoke."""
    answer = await settled.post("revoke", settled.credentials())
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.row("A138")
@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "frobnicate"])
async def test_a_wrong_hint_does_not_matter(settled: Settled, hint: str) -> None:
    """A token says itself what it is."""
    flow = await settled.flow()
    for token in (flow.access, flow.refresh):
        body = {**settled.credentials(), "token": token, "token_type_hint": hint}
        assert (await settled.post("revoke", body)).status_code == 200
    assert (await settled.world.call(flow.access)).status_code == 401
    assert (await settled.world.refresh(settled.partner, flow.refresh)).status_code == 400


@pytest.mark.row("A140")
async def test_the_documented_call_with_a_bearer_header_works(settled: Settled) -> None:
    """`Authorization: Bearer` beside credentials in the body is no second way of authentication."""
    flow = await settled.flow()
    body = {**settled.credentials(), "token": flow.access}
    answer = await settled.post("revoke", body, headers={"authorization": f"Bearer {flow.access}"})
    assert (answer.status_code, answer.json()) == (200, {})
    assert (await settled.world.call(flow.access)).status_code == 401


@pytest.mark.parametrize("endpoint", ["revoke", "introspect"])
async def test_json_and_basic_are_taken(settled: Settled, endpoint: str) -> None:
    """Whatever Accept says, the answer is JSON."""
    flow = await settled.flow()
    auth = BasicAuth(settled.partner.client_id, settled.partner.client_secret)
    answer = await settled.world.machine.post(
        f"/oauth2/v1/{endpoint}", json={"token": flow.access}, auth=auth, headers={"accept": "text/html"}
    )
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    body = {**settled.credentials(), "token": flow.access}
    assert (await settled.world.machine.post(f"/oauth2/v1/{endpoint}", json=body)).status_code == 200


@pytest.mark.row("A091", "R7")
@pytest.mark.parametrize("endpoint", ["revoke", "introspect"])
async def test_a_repeated_token_is_refused(settled: Settled, endpoint: str) -> None:
    """Which of the two would it be?"""
    content = "&".join(f"{name}={value}" for name, value in settled.credentials().items())
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await settled.world.machine.post(
        f"/oauth2/v1/{endpoint}", content=content + "&token=a&token=b", headers=headers
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("endpoint", ["revoke", "introspect"])
async def test_another_content_type_is_an_invalid_request(settled: Settled, endpoint: str) -> None:
    """Here there is no code to be invalid."""
    answer = await settled.world.machine.post(
        f"/oauth2/v1/{endpoint}", content=b"token=x", headers={"content-type": "text/plain"}
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_code_can_t_be_revoked(settled: Settled) -> None:
    """It is no token: the flow goes on."""
    code = await settled.code()
    assert (await settled.world.revoke(settled.partner, code)).status_code == 200
    assert (await settled.world.redeem(settled.partner, code)).status_code == 200


async def test_denied_tokens_are_forgotten_once_they_have_expired(settled: Settled) -> None:
    """The list of single revoked tokens needs no clean-up job."""
    flow = await settled.flow()
    await settled.world.revoke(settled.partner, flow.access)
    settled.world.clock.move(hours=2)
    fresh = (await settled.world.refresh(settled.partner, flow.refresh)).json()
    await settled.world.revoke(settled.partner, fresh["access_token"])
    rows = await settled.world.platform.database.fetch(
        "SELECT * FROM denied_access_tokens d JOIN authorizations a ON a.id = d.authorization_id"
        " WHERE a.id = $1",
        _authorization_id(flow.access),
    )
    assert len(rows) == 1


def _authorization_id(token: str) -> object:
    from uuid import UUID

    from latchstring.protocol import tokens

    parsed = tokens.parse(token)
    assert parsed is not None
    return UUID(bytes=parsed.row.name[16:])
