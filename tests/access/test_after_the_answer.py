"""Once a revocation has been answered, no process acts on the old state: two processes, one database, leases."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from tests.settled import Settled, database_of_its_own, settle, world_on
from tests.world import Flow, Partner, Person, World, csrf_in

from latchstring.accounts import organizations, people, roles
from latchstring.apps import clients
from latchstring.apps.clients import Smithy
from latchstring.kit.clock import SystemClock
from latchstring.protocol import tokens
from latchstring.settings import Settings

pytestmark = pytest.mark.asyncio(loop_scope="module")
LEASE_MS = 40


@dataclass
class Pair:
    """Two processes of one site: everything is taken away at `here` and used at `there`."""

    settled: Settled
    there: World

    @property
    def here(self) -> World:
        """The process that revokes."""
        return self.settled.world

    async def warm(self, flow: Flow) -> None:
        """Use a token at `there`, so that what it read is under lease."""
        answer = await self.there.call(flow.access)
        assert answer.status_code == 200


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pair(
    postgres: str, template: str, hashed_password: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Pair]:
    """Two platforms with the same keys on the same database, and real clocks."""
    folder: Path = tmp_path_factory.mktemp("pair")
    chosen = Settings(data_dir=str(folder), lease_ms=LEASE_MS, pool_size=3)
    clock = SystemClock()
    async with (
        database_of_its_own(postgres, template) as dsn,
        world_on(dsn, chosen, hashed_password, clock) as here,  # type: ignore[arg-type]
        world_on(dsn, chosen, hashed_password, clock) as there,  # type: ignore[arg-type]
    ):
        yield Pair(await settle(here), there)


async def somebody(pair: Pair, name: str) -> tuple[Person, Flow]:
    """A person of a fresh organization who let the app in."""
    world = pair.here
    person = await world.person(await world.organization(name), name=name)
    await world.sign_in(person)
    return person, await world.flow(person, pair.settled.partner)


async def by_access_token(pair: Pair, person: Person, flow: Flow) -> None:
    """The partner gives the token up."""
    await pair.here.revoke(pair.settled.partner, flow.access)


async def by_refresh_token(pair: Pair, person: Person, flow: Flow) -> None:
    """The partner gives everything up."""
    await pair.here.revoke(pair.settled.partner, flow.refresh)


async def by_page(pair: Pair, person: Person, flow: Flow) -> None:
    """The administrator ends it."""
    page = await person.browser.get("/organization-settings/oauth-apps")
    path = page.text.partition('href="/organization-settings/oauth-apps/')[2].partition('"')[0]
    path = f"/organization-settings/oauth-apps/{path}"
    csrf = csrf_in(await person.browser.get(path))
    assert (await person.browser.post(path, data={"csrf": csrf})).status_code == 303


async def by_disabling_the_user(pair: Pair, person: Person, flow: Flow) -> None:
    """The host disables the person."""
    async with pair.here.platform.database.transaction() as tx:
        await people.disable(tx, pair.here.act, person.id)


async def by_ending_the_membership(pair: Pair, person: Person, flow: Flow) -> None:
    """The person leaves the organization."""
    async with pair.here.platform.database.transaction() as tx:
        await people.end_membership(tx, pair.here.act, person.organization_id, person.id)


async def by_disabling_the_organization(pair: Pair, person: Person, flow: Flow) -> None:
    """The host disables the organization."""
    async with pair.here.platform.database.transaction() as tx:
        await organizations.disable(tx, pair.here.act, person.organization_id)


async def by_replay(pair: Pair, person: Person, flow: Flow) -> None:
    """The code is presented again."""
    assert (await pair.here.redeem(pair.settled.partner, flow.parameters["code"])).status_code == 400


ENDS = [
    by_access_token, by_refresh_token, by_page, by_disabling_the_user, by_ending_the_membership,
    by_disabling_the_organization, by_replay,
]  # fmt: skip


@pytest.mark.row("B091", "A132", "A133", "R15", "B5")
@pytest.mark.parametrize("end", ENDS)
async def test_a_token_that_was_ended_here_is_dead_there(
    pair: Pair, end: Callable[[Pair, Person, Flow], Awaitable[None]]
) -> None:
    """The very next call at the other process is refused, although it had just used the token."""
    person, flow = await somebody(pair, end.__name__)
    await pair.warm(flow)
    await end(pair, person, flow)
    refused = await pair.there.call(flow.access)
    assert (refused.status_code, refused.json()) == (401, {"errors": ["Forbidden"]})
    about = await pair.there.introspect(pair.settled.partner, flow.access)
    assert about == {"active": False}


@pytest.mark.row("B067", "R15")
async def test_a_permission_that_was_lost_here_is_lost_there(pair: Pair) -> None:
    """403 at the very next call."""
    person, flow = await somebody(pair, "demoted")
    await pair.warm(flow)
    async with pair.here.platform.database.transaction() as tx:
        named = await roles.named(tx, person.organization_id, [])
        await people.put_member(tx, pair.here.act, person.organization_id, person.id, named)
    assert (await pair.there.call(flow.access)).status_code == 403


@pytest.mark.row("R15", "A177", "A180")
async def test_an_api_key_that_was_revoked_here_is_dead_there(pair: Pair) -> None:
    """403 at the very next call."""
    person, flow = await somebody(pair, "keyed")
    made = (await pair.here.call(flow.access, "/api/v2/api_keys/marketplace", "POST")).json()["data"]
    headers = {"dd-api-key": made["attributes"]["key"]}
    assert (await pair.there.machine.get("/api/v1/validate", headers=headers)).status_code == 200
    path = f"/organization-settings/api-keys/{made['id']}/revocation"
    csrf = csrf_in(await person.browser.get(path))
    assert (await person.browser.post(path, data={"csrf": csrf})).status_code == 303
    assert (await pair.there.machine.get("/api/v1/validate", headers=headers)).status_code == 403


async def regenerated(pair: Pair, partner: Partner) -> str:
    """Another secret for the client."""
    platform = pair.here.platform
    async with platform.database.transaction() as tx:
        smithy = Smithy(platform.shared_keys, platform.entropy, platform.site.key)
        made = await clients.regenerate_secret(
            tx, smithy, pair.here.act, partner.organization_id, UUID(partner.client_id)
        )
    return made.client_secret


@pytest.mark.row("A187", "A127", "R15", "R17")
async def test_a_secret_that_was_replaced_here_is_dead_there(pair: Pair) -> None:
    """The old one 401 at the very next request, the new one works."""
    partner = await pair.here.partner("Rotating")
    assert (await pair.there.refresh(partner, "x")).status_code == 400
    new = await regenerated(pair, partner)
    assert (await pair.there.refresh(partner, "x")).status_code == 401
    partner.client_secret = new
    assert (await pair.there.refresh(partner, "x")).status_code == 400


@pytest.mark.row("B038", "R15")
async def test_a_session_that_ended_here_is_over_there(pair: Pair) -> None:
    """The old cookie leads to the sign-in page at the other process too."""
    person, _ = await somebody(pair, "leaving")
    browser = pair.there.browser()
    headers = {"cookie": f"latchstring_us1_session={person.browser.cookies['latchstring_us1_session']}"}
    assert (await browser.get("/", headers=headers)).status_code == 200
    csrf = csrf_in(await person.browser.get("/"))
    await person.browser.post("/sign-out", data={"csrf": csrf})
    assert (await browser.get("/", headers=headers)).status_code == 303


@pytest.mark.row("R15")
async def test_a_lease_is_really_used(pair: Pair) -> None:
    """The other tests prove nothing unless the other process would have acted on what it had read."""
    _, flow = await somebody(pair, "leased")
    parsed = tokens.parse(flow.access)
    assert parsed is not None
    for _ in range(100):  # on a busy machine a lease may be over before anybody has looked
        await pair.warm(flow)
        found = pair.there.platform.ledger.held(parsed.row.name)
        if found is not None:
            break
    assert found is not None
    assert found.row_name == parsed.row.name


async def test_what_was_given_here_works_there_at_once(pair: Pair) -> None:
    """Also where the pending authorization had just been read."""
    world, partner = pair.here, pair.settled.partner
    person, _ = await somebody(pair, "given")
    code = await world.code(person, partner)
    refused = await pair.there.redeem(partner, code, code_verifier="w" * 64)
    assert refused.status_code == 400
    tokens = (await pair.here.redeem(partner, code)).json()
    assert (await pair.there.call(tokens["access_token"])).status_code == 200
    assert (await pair.here.call(tokens["access_token"])).status_code == 200
    assert (await pair.there.revoke(partner, tokens["access_token"])).status_code == 200
    assert (await pair.here.call(tokens["access_token"])).status_code == 401


@pytest.mark.row("B002", "R26")
async def test_processes_that_race_for_a_code_make_one_family_at_most(pair: Pair) -> None:
    """One 200, all others 400. A loser that came after the redemption is a replay and ends it: then none lives."""
    partner = pair.settled.partner
    code = await pair.here.code(pair.settled.mina, partner)
    racing = [world.redeem(partner, code) for _ in range(5) for world in (pair.here, pair.there)]
    answers = await asyncio.gather(*racing)
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 9
    rows = await pair.here.platform.database.fetch(
        "SELECT 1 FROM authorizations WHERE user_id = $1 AND state = 'active'", pair.settled.mina.id
    )
    assert len(rows) <= 1


@pytest.mark.row("B097", "R9")
async def test_processes_that_race_with_a_refresh_token_agree_on_its_successor(pair: Pair) -> None:
    """All 200, one and the same refresh token, and it works at either."""
    partner = pair.settled.partner
    _, flow = await somebody(pair, "racing")
    racing = [world.refresh(partner, flow.refresh) for _ in range(5) for world in (pair.here, pair.there)]
    answers = await asyncio.gather(*racing)
    assert {answer.status_code for answer in answers} == {200}
    successors = {answer.json()["refresh_token"] for answer in answers}
    assert len(successors) == 1
    for world in (pair.here, pair.there):
        assert (await world.refresh(partner, next(iter(successors)))).status_code == 200
