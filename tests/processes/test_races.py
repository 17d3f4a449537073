"""Many requests at the same moment, over several processes: one outcome, and never an error of ours."""

import asyncio
from collections import Counter

import pytest
from tests.processes.servers import Cluster
from tests.processes.wire import Line, form, request, together
from tests.world import REDIRECT, VERIFIER, Partner, Person, World

pytestmark = pytest.mark.processes
AT_ONCE = 50


async def someone(world: World) -> tuple[Person, Partner]:
    """A customer who is signed in, and a published integration."""
    partner = await world.publish(await world.partner())
    person = await world.person(await world.organization())
    assert (await world.sign_in(person)).status_code == 303
    return person, partner


def of(partner: Partner, **fields: str) -> dict[str, str]:
    """Fields of a request in which the client authenticates itself."""
    return {"client_id": partner.client_id, "client_secret": partner.client_secret, **fields}


def redemption(partner: Partner, code: str) -> bytes:
    """A right token request for a code."""
    fields = of(
        partner, grant_type="authorization_code", code=code, redirect_uri=REDIRECT, code_verifier=VERIFIER
    )
    return form("/oauth2/v1/token", fields)


def refreshing(partner: Partner, token: str) -> bytes:
    """A right refresh."""
    return form("/oauth2/v1/token", of(partner, grant_type="refresh_token", refresh_token=token))


@pytest.mark.row("B002", "B001")
async def test_of_fifty_redemptions_of_one_code_exactly_one_succeeds(shared: Cluster, live: World) -> None:
    """The losers of a race are refused and end nothing; a later replay of the code ends what it created."""
    person, partner = await someone(live)
    for _ in range(20):
        code = await live.code(person, partner)
        answers = await together(shared.ports, [redemption(partner, code)] * AT_ONCE)
        by_status = Counter(answer.status for answer in answers)
        assert by_status == {200: 1, 400: AT_ONCE - 1}
        assert {a.json()["error"] for a in answers if a.status == 400} == {"invalid_grant"}
        tokens = next(answer for answer in answers if answer.status == 200).json()
        if (await live.call(tokens["access_token"])).status_code != 200:
            assert await why_ended(live, person) == "code_replayed"
    code = await live.code(person, partner)
    tokens = (await live.redeem(partner, code)).json()
    assert (await live.call(tokens["access_token"])).status_code == 200
    assert (await live.redeem(partner, code)).json()["error"] == "invalid_grant"
    assert (await live.call(tokens["access_token"])).status_code == 401
    assert (await live.refresh(partner, tokens["refresh_token"])).json()["error"] == "invalid_grant"
    assert await live.introspect(partner, tokens["access_token"]) == {"active": False}


async def why_ended(world: World, person: Person) -> str:
    """Why the newest authorization of somebody ended. A request that was so late that it came after the winner's
    commit cannot be told from a replay."""
    query = "SELECT revoked_because FROM authorizations WHERE organization_id = $1 ORDER BY consented_at DESC LIMIT 1"
    rows = await world.platform.database.fetch(query, person.organization_id)
    return str(rows[0]["revoked_because"])


@pytest.mark.row("B097", "A124")
async def test_fifty_refreshes_of_one_token_get_one_successor(shared: Cluster, live: World) -> None:
    """Concurrent refreshes over all processes all succeed, with the same successor, which works."""
    person, partner = await someone(live)
    flow = await live.flow(person, partner)
    token = flow.refresh
    for _ in range(4):
        answers = await together(shared.ports, [refreshing(partner, token)] * AT_ONCE)
        assert {answer.status for answer in answers} == {200}
        successors = {answer.json()["refresh_token"] for answer in answers}
        assert len(successors) == 1
        token = successors.pop()
    last = (await live.refresh(partner, token)).json()
    assert (await live.call(last["access_token"])).status_code == 200


@pytest.mark.row("B096", "A176")
async def test_of_fifty_key_requests_one_makes_the_key(shared: Cluster, live: World) -> None:
    """One live key per organization and client, however many ask at once."""
    person, partner = await someone(live)
    flow = await live.flow(person, partner)
    raw = request("POST", "/api/v2/api_keys/marketplace", authorization=f"Bearer {flow.access}")
    answers = await together(shared.ports, [raw] * AT_ONCE)
    assert Counter(answer.status for answer in answers) == {201: 1, 409: AT_ONCE - 1}
    key = next(a for a in answers if a.status == 201).json()["data"]["attributes"]["key"]
    assert not any(key.encode() in answer.body for answer in answers if answer.status == 409)
    query = "SELECT count(*) FROM api_keys WHERE organization_id = $1 AND revoked_at IS NULL"
    assert (await live.platform.database.fetch(query, person.organization_id))[0][0] == 1
    assert (await live.machine.get("/api/v1/validate", headers={"dd-api-key": key})).status_code == 200


async def over_all(lines: list[Line], token: str, each: int) -> Counter[int]:
    """Call over every connection at once, `each` times over; how often each status came."""
    raw = request("GET", "/api/v1/monitor", authorization=f"Bearer {token}", connection="keep-alive")

    async def talk(line: Line) -> list[int]:
        return [(await line.ask(raw)).status for _ in range(each)]

    return Counter(status for said in await asyncio.gather(*map(talk, lines)) for status in said)


@pytest.mark.row("B091", "A132", "B067")
async def test_what_is_revoked_on_one_worker_is_dead_on_all(shared: Cluster, live: World) -> None:
    """Every worker has just used the token; once the revocation is answered, none accepts it any more."""
    person, partner = await someone(live)
    lines = [Line(port) for port in shared.ports for _ in range(12)]
    try:
        for ended in ("access_token", "refresh_token", "access_token", "refresh_token"):
            flow = await live.flow(person, partner)
            assert set(await over_all(lines, flow.access, 2)) == {200}
            assert (await live.revoke(partner, flow.tokens[ended])).status_code == 200
            assert await over_all(lines, flow.access, 21) == {401: 504}
        flow = await live.flow(person, partner)
        assert set(await over_all(lines, flow.access, 2)) == {200}
        await take_permission(live, person, {"monitors_read"})
        assert await over_all(lines, flow.access, 10) == {403: 240}
        await take_permission(live, person, set())
        assert set(await over_all(lines, flow.access, 2)) == {200}
    finally:
        await asyncio.gather(*(line.close() for line in lines))


async def take_permission(world: World, person: Person, without: set[str]) -> None:
    """Give somebody a role of its own with all permissions but some."""
    name = "Apart"
    everything = sorted(world.platform.contract.scopes.keys() - without)
    async with world.platform.database.transaction() as tx:
        tx.revokes()
        role = await tx.value("SELECT gen_random_uuid()")
        await tx.execute("DELETE FROM membership_roles WHERE user_id = $1", person.id)
        await tx.execute(
            "DELETE FROM roles WHERE organization_id = $1 AND name = $2", person.organization_id, name
        )
        await tx.execute(
            "INSERT INTO roles (organization_id, id, name, permissions, created_at) VALUES ($1, $2, $3, $4, now())",
            person.organization_id, role, name, everything,
        )  # fmt: skip
        await tx.execute(
            "INSERT INTO membership_roles VALUES ($1, $2, $3)", person.organization_id, person.id, role
        )


@pytest.mark.row("B105")
async def test_granting_and_taking_away_at_once_is_never_a_failure(shared: Cluster, live: World) -> None:
    """Refreshes, keys, calls, consents, revocations and lost roles meet on the same rows: decided, never failed."""
    person, partner = await someone(live)
    for _ in range(8):
        flow, code = await live.flow(person, partner), await live.code(person, partner)
        bearer = f"Bearer {flow.access}"
        raws = [
            *[refreshing(partner, flow.refresh)] * 6,
            *[redemption(partner, code)] * 4,
            *[request("POST", "/api/v2/api_keys/marketplace", authorization=bearer)] * 6,
            *[request("GET", "/api/v1/monitor", authorization=bearer)] * 6,
            *[form("/oauth2/v1/revoke", of(partner, token=flow.refresh))] * 3,
            *[form("/oauth2/v1/revoke", of(partner, token=flow.access))] * 3,
        ]
        answers, *_ = await asyncio.gather(
            together(shared.ports, raws),
            take_permission(live, person, {"events_read"}),
            live.code(person, partner),
            take_permission(live, person, set()),
            return_exceptions=True,
        )
        assert not isinstance(answers, BaseException), answers
        assert {answer.status for answer in answers} <= {200, 201, 400, 401, 403, 409, 503}
        await take_permission(live, person, set())
        assert (await live.call(flow.access)).status_code == 401
