"""Bearer tokens on the API (RFC 6750), and what a token may do at each call."""

import pytest
from tests.settled import Settled
from tests.world import Person

from latchstring.accounts import people, roles

pytestmark = pytest.mark.asyncio(loop_scope="module")
FORBIDDEN = {"errors": ["Forbidden"]}


@pytest.mark.row("A163", "T3", "R13")
@pytest.mark.parametrize(
    "headers", [{}, {"authorization": ""}, {"authorization": "Basic eDp5"}, {"authorization": "x"}]
)
async def test_without_a_token_there_is_a_challenge_without_an_error(
    settled: Settled, headers: dict[str, str]
) -> None:
    """Nothing was presented, so nothing was wrong with it."""
    answer = await settled.world.machine.get("/api/v1/monitor", headers=headers)
    assert (answer.status_code, answer.json()) == (401, FORBIDDEN)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["x-request-id"]


@pytest.mark.row("A164", "A169", "T3", "R13")
async def test_what_is_no_live_access_token_is_an_invalid_token(settled: Settled) -> None:
    """Unknown, forged, expired, revoked; a refresh token, a code, a client secret, an API key."""
    expired = await settled.flow()
    settled.world.clock.move(hours=1)
    revoked, live = await settled.flow(), await settled.flow()
    await settled.world.revoke(settled.partner, revoked.refresh)
    code = await settled.code()
    forged = live.access[:90] + ("00" if live.access[90:92] != "00" else "11") + live.access[92:]
    for token in (
        expired.access, revoked.access, live.refresh, code, forged, settled.partner.client_secret,
        "lspt_us1_00", "x", "0" * 32, live.access + "x", live.access.upper(),
    ):  # fmt: skip
        answer = await settled.world.call(token)
        assert (answer.status_code, answer.json()) == (401, FORBIDDEN), token
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]


@pytest.mark.row("A165", "T3")
async def test_a_token_without_the_scope_is_told_which_one_is_missing(settled: Settled) -> None:
    """403 with `insufficient_scope` and the scope that would do."""
    flow = await settled.flow(scope="events_read")
    answer = await settled.world.call(flow.access)
    assert (answer.status_code, answer.json()) == (403, FORBIDDEN)
    challenge = answer.headers["www-authenticate"]
    assert 'error="insufficient_scope"' in challenge
    assert 'scope="monitors_read"' in challenge


@pytest.mark.row("A166")
@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer"])
async def test_the_case_of_the_scheme_does_not_matter(settled: Settled, scheme: str) -> None:
    """Nor that of the header's name."""
    flow = await settled.flow()
    answer = await settled.world.machine.get(
        "/api/v1/monitor", headers={"AuthoriZation": f"{scheme} {flow.access}"}
    )
    assert answer.status_code == 200


@pytest.mark.row("A167")
async def test_a_token_in_the_query_or_the_body_is_not_accepted(settled: Settled) -> None:
    """Header only."""
    flow, machine = await settled.flow(), settled.world.machine
    query = await machine.get("/api/v1/monitor", params={"access_token": flow.access})
    form = await machine.post("/api/v1/monitor", data={"access_token": flow.access})
    cookie = await machine.get("/api/v1/monitor", headers={"cookie": f"access_token={flow.access}"})
    assert {query.status_code, form.status_code, cookie.status_code} == {401}


@pytest.mark.row("T3")
async def test_an_application_key_is_refused(settled: Settled) -> None:
    """With a token or alone: 403."""
    flow = await settled.flow()
    for headers in ({}, {"authorization": f"Bearer {flow.access}"}):
        answer = await settled.world.machine.get(
            "/api/v1/monitor", headers={"dd-application-key": "0" * 40, **headers}
        )
        assert (answer.status_code, answer.json()) == (403, FORBIDDEN)


@pytest.mark.row("A069")
async def test_an_access_token_works_for_exactly_its_lifetime(settled: Settled) -> None:
    """`expires_in` seconds, and not one more."""
    flow = await settled.flow()
    settled.world.clock.move(seconds=flow.tokens["expires_in"] - 1)
    assert (await settled.world.call(flow.access)).status_code == 200
    settled.world.clock.move(seconds=1)
    assert (await settled.world.call(flow.access)).status_code == 401


@pytest.mark.row("T6", "S23")
async def test_an_organization_s_subdomain_in_the_api_host_is_explained(settled: Settled) -> None:
    """421 and the name of the right host, never data."""
    flow = await settled.flow()
    headers = {"host": "acme.localhost:8100", "authorization": f"Bearer {flow.access}"}
    answer = await settled.world.machine.get("/api/v1/monitor", headers=headers)
    assert answer.status_code == 421
    assert "localhost:8100" in answer.json()["errors"][0]


async def _roles(settled: Settled, person: Person, *names: str) -> None:
    world = settled.world
    async with world.platform.database.transaction() as tx:
        await people.put_member(
            tx, world.act, settled.acme, person.id, await roles.named(tx, settled.acme, names)
        )


@pytest.mark.row("B067", "R14", "S35")
async def test_a_lost_permission_counts_from_the_next_call_on(settled: Settled) -> None:
    """403 at once, and restored it works again: the token is the same."""
    world = settled.world
    person = await world.person(settled.acme, name="Lo Ser")
    await world.sign_in(person)
    flow = await world.flow(person, settled.partner)
    assert (await world.call(flow.access)).status_code == 200
    await _roles(settled, person)
    refused = await world.call(flow.access)
    assert (refused.status_code, refused.json()) == (403, FORBIDDEN)
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]
    await _roles(settled, person, "Admin")
    assert (await world.call(flow.access)).status_code == 200


@pytest.mark.row("B068", "R14")
async def test_a_gained_permission_does_not_widen_a_token(settled: Settled) -> None:
    """Consent said which scopes; a new role adds none."""
    world = settled.world
    person = await world.person(settled.acme, "Read Only", "Ga Iner")
    await world.sign_in(person)
    flow = await world.flow(person, settled.partner, scope="events_read")
    await _roles(settled, person, "Admin")
    assert (await world.call(flow.access)).status_code == 403
    assert (await world.refresh(settled.partner, flow.refresh)).json()["scope"] == "events_read"


@pytest.mark.row("S35", "R14")
async def test_a_token_can_do_no_more_than_its_user(settled: Settled) -> None:
    """Granted by somebody who may not create keys, the scope alone does not create one."""
    world = settled.world
    reader = await world.person(settled.acme, "Read Only", "Rea Der")
    await world.sign_in(reader)
    flow = await world.flow(reader, settled.partner)
    assert "api_keys_write" in flow.tokens["scope"]
    assert (await world.call(flow.access)).status_code == 200
    refused = await world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")
    assert (refused.status_code, refused.json()) == (403, FORBIDDEN)


@pytest.mark.row("B069", "R15", "R19")
@pytest.mark.parametrize("how", ["disabled", "removed"])
async def test_who_is_gone_takes_their_tokens_along(settled: Settled, how: str) -> None:
    """Access 401, refresh `invalid_grant`, introspection inactive: at once."""
    world = settled.world
    person = await world.person(settled.acme, name="Go Ner")
    await world.sign_in(person)
    flow = await world.flow(person, settled.partner)
    async with world.platform.database.transaction() as tx:
        if how == "disabled":
            await people.disable(tx, world.act, person.id)
        else:
            await people.end_membership(tx, world.act, settled.acme, person.id)
    assert (await world.call(flow.access)).status_code == 401
    assert (await world.refresh(settled.partner, flow.refresh)).json()["error"] == "invalid_grant"
    for token in (flow.access, flow.refresh):
        assert await world.introspect(settled.partner, token) == {"active": False}
    assert (await person.browser.get("/organization-settings/oauth-apps")).status_code in (303, 403)


@pytest.mark.row("A169", "B035")
async def test_the_platform_s_own_credentials_open_no_api(settled: Settled) -> None:
    """A session cookie of an administrator is no token."""
    answer = await settled.mina.browser.get("/api/v1/monitor")
    assert answer.status_code == 401


@pytest.mark.row("B024", "R8")
@pytest.mark.parametrize(
    "header",
    [
        b"Bearer \xff\xfe",
        b"Bearer " + b"a" * 60_000,
        b"Bearer",
        b"Bearer  ",
        b"bearer\tx",
        "Bearer é".encode(),
    ],
)
async def test_any_authorization_header_is_answered(settled: Settled, header: bytes) -> None:
    """401, whatever it holds."""
    answer = await settled.world.machine.get("/api/v1/monitor", headers={b"authorization": header})
    assert (answer.status_code, answer.json()) == (401, FORBIDDEN)
