"""POST /oauth2/v1/introspect (RFC 7662)."""

import pytest
from tests.settled import Settled

from latchstring.accounts import resource_servers

pytestmark = pytest.mark.asyncio(loop_scope="module")
INACTIVE = b'{"active":false}'


async def ask(settled: Settled, token: str, **credentials: str) -> bytes:
    """The answer's bytes."""
    answer = await settled.post("introspect", {**settled.credentials(), **credentials, "token": token})
    assert answer.status_code == 200
    return answer.content


@pytest.mark.row("A144")
async def test_a_live_access_token_is_described(settled: Settled) -> None:
    """Everything a resource server needs, never stored on the way."""
    flow = await settled.flow(scope="events_read monitors_read")
    answer = await settled.post("introspect", {**settled.credentials(), "token": flow.access})
    assert answer.headers["cache-control"] == "no-store"
    told, now = answer.json(), int(settled.world.clock.now().timestamp())
    assert set(told.pop("scope").split()) == {"events_read", "monitors_read"}
    assert told == {
        "active": True,
        "client_id": settled.partner.client_id,
        "sub": str(settled.mina.id),
        "org": str(settled.acme),
        "token_type": "Bearer",
        "iss": settled.world.platform.site.issuer,
        "iat": now,
        "exp": now + 3600,
    }


@pytest.mark.row("A145")
@pytest.mark.parametrize("changes", [{"client_secret": "wrong"}, {"client_secret": ""}, {"client_id": ""}])
async def test_without_authentication_nothing_is_told(settled: Settled, changes: dict[str, str]) -> None:
    """401 `invalid_client`."""
    flow = await settled.flow()
    body = {**settled.credentials(), **changes, "token": flow.access}
    answer = await settled.post("introspect", body, headers={"authorization": f"Bearer {flow.access}"})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.headers["www-authenticate"]


@pytest.mark.row("A146", "R11")
async def test_what_is_not_live_is_exactly_inactive(settled: Settled) -> None:
    """Unknown, malformed, forged, a code, revoked, expired: the same bytes."""
    revoked, expired = await settled.flow(), await settled.flow()
    await settled.world.revoke(settled.partner, revoked.refresh)
    settled.world.clock.move(hours=1)
    live, code = await settled.flow(), await settled.code()
    forged = live.access[:80] + ("00" if live.access[80:82] != "00" else "11") + live.access[82:]
    dead = (revoked.access, revoked.refresh, expired.access, code, forged, "x", "lsat_us1_00", "a" * 10_000)
    for token in dead:
        assert await ask(settled, token) == INACTIVE


@pytest.mark.row("A147", "B076", "B077")
async def test_another_client_s_token_is_inactive(settled: Settled) -> None:
    """The same bytes as for an unknown one."""
    flow = await settled.flow()
    for token in (flow.access, flow.refresh):
        assert await ask(settled, token, **settled.credentials(settled.rival)) == INACTIVE


@pytest.mark.row("A148")
async def test_an_own_refresh_token_is_active(settled: Settled) -> None:
    """Asking about it is not using it."""
    flow = await settled.flow()
    for _ in range(3):
        about = await settled.world.introspect(settled.partner, flow.refresh)
        assert about["active"] is True
        assert "exp" not in about
    settled.world.clock.move(seconds=40)
    assert (await settled.world.refresh(settled.partner, flow.refresh)).status_code == 200


async def test_a_refresh_token_of_the_past_is_inactive_and_asking_is_no_theft(settled: Settled) -> None:
    """No side effects: the authorization lives on."""
    flow = await settled.flow()
    token = flow.refresh
    for _ in range(2):
        token = (await settled.world.refresh(settled.partner, token)).json()["refresh_token"]
    settled.world.clock.move(seconds=40)
    assert await ask(settled, flow.refresh) == INACTIVE
    assert (await settled.world.refresh(settled.partner, token)).status_code == 200


@pytest.mark.row("A150")
async def test_without_token_the_request_is_invalid(settled: Settled) -> None:
    """There is nothing to tell."""
    answer = await settled.post("introspect", settled.credentials())
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_resource_server_may_ask_about_any_token(settled: Settled) -> None:
    """Registered by the host, with its own credentials; a disabled one may not."""
    platform, flow = settled.world.platform, await settled.flow()
    async with platform.database.transaction() as tx:
        made = await resource_servers.create(
            tx, platform.shared_keys, platform.entropy, settled.world.act, site="us1", name="Gateway"
        )
    credentials = {"client_id": str(made.client_id), "client_secret": made.client_secret}
    answer = await settled.post("introspect", {**credentials, "token": flow.access})
    assert answer.json()["active"] is True
    wrong = {**credentials, "client_secret": made.client_secret[:-1] + "x", "token": flow.access}
    assert (await settled.post("introspect", wrong)).status_code == 401
    assert (await settled.post("revoke", {**credentials, "token": flow.access})).status_code == 401
    async with platform.database.transaction() as tx:
        await resource_servers.disable(tx, settled.world.act, made.client_id)
    assert (await settled.post("introspect", {**credentials, "token": flow.access})).status_code == 401


@pytest.mark.row("R14")
async def test_the_scope_told_is_what_the_user_may_do_now(settled: Settled) -> None:
    """A resource server that trusts introspection enforces lost permissions too."""
    world = settled.world
    reader = await world.person(settled.acme, "Read Only", "Rea Donly")
    await world.sign_in(reader)
    flow = await world.flow(reader, settled.partner)
    about = await world.introspect(settled.partner, flow.access)
    assert set(about["scope"].split()) == {"monitors_read", "events_read"}


@pytest.mark.row("B077", "R28")
async def test_guessing_tells_nothing_and_is_slowed_down(settled: Settled) -> None:
    """Unknown and foreign alike: one body, then 429; the client's own tokens are answered all along."""
    settled.world.clock.move(minutes=5)
    flow = await settled.flow()
    own = await settled.world.flow(settled.mina, settled.rival)
    answers = []
    for number in range(60):
        guess = f"{flow.access[:-12]}{number:012x}" if number % 2 else flow.access
        answers.append(
            await settled.post("introspect", {**settled.credentials(settled.rival), "token": guess})
        )
    assert {answer.content for answer in answers if answer.status_code == 200} == {INACTIVE}
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert (await settled.world.introspect(settled.rival, own.access))["active"] is True
    assert (await settled.world.introspect(settled.partner, flow.access))["active"] is True
