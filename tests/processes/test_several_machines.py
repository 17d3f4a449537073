"""Two sites with two application processes, a PostgreSQL and a proxy each; something of every kind is killed."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

import httpx
import pytest
from tests.processes.regions import Region, folder_for_regions, need_haproxy, regions, trusting
from tests.processes.servers import Cluster, children_of, until
from tests.world import Partner, Person, World, consent_fields, csrf_in, parameters_of

from latchstring.kit.clock import SystemClock
from latchstring.kit.entropy import SystemEntropy
from latchstring.settings import Settings
from latchstring.storage.embedded import ensure_database
from latchstring.web.application import application
from latchstring.wiring import assemble

pytestmark = [pytest.mark.processes, pytest.mark.long]
SCOPES = ("monitors_read", "events_read", "api_keys_write")
_OUTAGE = (502, 503, 504)
_CUSTOMERS = 2


async def insist(ask: Callable[[], Awaitable[httpx.Response]]) -> tuple[httpx.Response, int]:
    """Ask until there is an answer that is not about an outage; the answer, and the tries."""
    for attempt in range(1, 600):
        try:
            answer = await ask()
            if answer.status_code not in _OUTAGE:
                return answer, attempt
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.1)
    raise AssertionError("no answer")


@dataclass
class Told:
    """What one customer's integration was told, and therefore relies on."""

    refresh: str = ""
    access: list[str] = field(default_factory=list)
    key: str = ""
    events: list[str] = field(default_factory=list)
    rounds: int = 0
    leaves: bool = False


@dataclass
class Play:
    """A site with its world, through its proxy."""

    region: Region
    world: World
    partner: Partner
    customers: list[tuple[Person, Told]]
    over: asyncio.Event

    def call(self, told: Told, path: str, **query: str) -> Awaitable[httpx.Response]:
        """A call of the host's API with the newest access token."""
        headers = {"authorization": f"Bearer {told.access[-1]}"}
        return self.world.machine.get(path, headers=headers, params=query)

    async def connect(self, person: Person, told: Told) -> None:
        """Sign in, allow, redeem, make the key. Whose answers were lost begins again, as people do."""
        signed_in, _ = await insist(lambda: self.world.sign_in(person))
        assert signed_in.status_code == 303, signed_in.text
        while not told.access:
            answer, tries = await insist(lambda: self._allowed_and_redeemed(person))
            if answer.status_code == 200:
                self._take(told, answer)
            else:
                assert answer.json()["error"] == "invalid_grant", answer.text
                assert tries > 1
        made, tries = await insist(lambda: self._key(told))
        assert made.status_code == 201 or (made.status_code == 409 and tries > 1), made.text
        if made.status_code == 201:
            told.key = made.json()["data"]["attributes"]["key"]

    async def _allowed_and_redeemed(self, person: Person) -> httpx.Response:
        page = await person.browser.get(self.world.authorize_url(self.partner))
        if page.status_code != 200:
            return page
        fields = {**consent_fields(page), "decision": "allow"}
        allowed = await person.browser.post("/oauth2/v1/authorize", data=fields)
        if allowed.status_code != 303:
            return allowed
        return await self.world.redeem(self.partner, parameters_of(allowed)["code"])

    def _key(self, told: Told) -> Awaitable[httpx.Response]:
        headers = {"authorization": f"Bearer {told.access[-1]}"}
        return self.world.machine.post("/api/v2/api_keys/marketplace", headers=headers)

    def _take(self, told: Told, answer: httpx.Response) -> None:
        tokens = answer.json()
        told.refresh = tokens["refresh_token"]
        told.access.append(tokens["access_token"])

    async def work(self, person: Person, told: Told) -> None:
        """Connect, then refresh, read and send until it is over, three times at least."""
        await self.connect(person, told)
        while told.rounds < 3 or not self.over.is_set():
            answer, _ = await insist(lambda: self.world.refresh(self.partner, told.refresh))
            if told.leaves and answer.status_code == 400:
                return
            assert answer.status_code == 200, answer.text
            self._take(told, answer)
            read, _ = await insist(lambda: self.call(told, "/api/v1/monitor"))
            if told.leaves and read.status_code == 401:
                return
            assert read.status_code == 200, read.text
            if told.key:
                await self._send(told)
            told.rounds += 1
            await asyncio.sleep(0.4)

    async def _send(self, told: Told) -> None:
        marker = f"{told.key[:6]}-{told.rounds}"
        event = {"title": "Paged", "text": marker}
        headers = {"dd-api-key": told.key}
        answer, _ = await insist(
            lambda: self.world.machine.post("/api/v1/events", json=event, headers=headers)
        )
        assert answer.status_code == 202, answer.text
        told.events.append(marker)

    async def revoke(self, person: Person) -> None:
        """The customer ends the authorization, on the pages."""
        listed, _ = await insist(lambda: person.browser.get("/organization-settings/oauth-apps"))
        link = listed.text.partition('href="/organization-settings/oauth-apps/')[2].partition('"')[0]
        path = f"/organization-settings/oauth-apps/{link}"
        asked, _ = await insist(lambda: person.browser.get(path))
        done, _ = await insist(lambda: person.browser.post(path, data={"csrf": csrf_in(asked)}))
        assert done.status_code in (303, 404), done.text

    async def nothing_is_lost(self, told: Told) -> None:
        """Every token, key and event that was acknowledged is there."""
        for access in told.access:
            answer = await self.call(replace(told, access=[access]), "/api/v1/monitor")
            assert answer.status_code == 200
        assert (await self.world.refresh(self.partner, told.refresh)).status_code == 200
        if told.key:
            headers = {"dd-api-key": told.key}
            valid = await self.world.machine.get("/api/v1/validate", headers=headers)
            assert valid.status_code == 200
        now = int(self.world.clock.now().timestamp())
        kept = await self.call(told, "/api/v1/events", start=str(now - 600), end=str(now + 60))
        assert [marker for marker in told.events if marker not in kept.text] == []

    async def is_out(self, told: Told) -> None:
        """What was revoked stays so."""
        assert (await self.call(told, "/api/v1/monitor")).status_code == 401
        refused = await self.world.refresh(self.partner, told.refresh)
        assert refused.json()["error"] == "invalid_grant"


@asynccontextmanager
async def play(region: Region, hashed: str) -> AsyncIterator[Play]:
    """The site's people and integration; browsers and machines go through the proxy."""
    own = {
        name: value for name, value in region.settings.items() if name not in ("trusted_proxies", "pool_size")
    }
    settings = Settings(data_dir=str(region.folder), pool_size=2, **own)  # type: ignore[arg-type]
    platform = await assemble(settings, region.dsn, clock=SystemClock(), entropy=SystemEntropy())
    async with AsyncExitStack() as stack:
        stack.push_async_callback(platform.close)

        async def through_the_proxy(**headers: str) -> httpx.AsyncClient:
            client = httpx.AsyncClient(
                base_url=region.origin, verify=trusting(region), timeout=30, headers=headers
            )
            return await stack.enter_async_context(client)

        machine = await through_the_proxy()
        world = World(platform, application(platform), SystemClock(), machine, hashed)  # type: ignore[arg-type]
        partner = await world.publish(await world.partner(scopes=SCOPES))
        customers = []
        for number in range(_CUSTOMERS):
            person = await world.person(await world.organization(f"Customer {number}"))
            browser = await through_the_proxy(accept="text/html")
            customers.append((replace(person, browser=browser), Told()))
        yield Play(region, world, partner, customers, asyncio.Event())


async def came_up(region: Region) -> None:
    """Wait until the proxy has somebody to pass a request to."""
    async with httpx.AsyncClient(base_url=region.origin, verify=trusting(region)) as client:
        answer, _ = await insist(lambda: client.get("/readyz"))
        assert answer.status_code == 200, answer.text


async def disasters(us1: Region, eu1: Region) -> None:
    """A process of every kind ends at the worst moment, in one region while the other has its own trouble."""
    killed = us1.instances[0]
    killed.workers()
    killed.end_by_force()
    backend = next(pid for pid in children_of(eu1.postmaster()) if b" site " in _title(pid))
    os.kill(backend, signal.SIGKILL)
    await asyncio.sleep(1)
    us1.reload_proxy()
    before = us1.postmaster()
    os.kill(before, signal.SIGKILL)
    assert await until(lambda: _postmaster(us1) not in (0, before), 60)
    eu1.reload_proxy()
    await ensure_database(us1.postgres, "site")
    us1.instances[0] = us1.start_instance(killed.port)
    await us1.instances[0].ready()


def _title(pid: int) -> bytes:
    with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123
        return file.read()


def _postmaster(region: Region) -> int:
    try:
        return region.postmaster()
    except (FileNotFoundError, IndexError, ValueError):
        return 0


@pytest.mark.row("S21", "S22", "B5", "B100", "B102", "R26", "R27")
async def test_nothing_that_was_acknowledged_is_lost_on_any_site(hashed_password: str) -> None:
    """While integrations work on both sites, application, database and proxy are killed; all that was answered
    holds, what was revoked stays revoked, and no site knows the other's tokens."""
    need_haproxy()
    with folder_for_regions() as folder, regions(folder, "us1", "eu1") as places:
        for region in places:
            region.postgres.watch()
            region.dsn = await ensure_database(region.postgres, "site")
            region.instances = [region.start_instance(), region.start_instance()]
        await asyncio.gather(*(one.ready() for region in places for one in region.instances))
        async with AsyncExitStack() as stack:
            for region in places:
                region.start_proxy()
                await came_up(region)
            plays = [await stack.enter_async_context(play(region, hashed_password)) for region in places]
            tasks = [
                asyncio.create_task(one.work(person, told)) for one in plays for person, told in one.customers
            ]
            assert await until(lambda: all(told.rounds for one in plays for _, told in one.customers), 120)
            leaving = [(one, *one.customers[-1]) for one in plays]
            for one, person, told in leaving:
                told.leaves = True
                await one.revoke(person)
            await disasters(*places)
            for one in plays:
                one.over.set()
            await asyncio.gather(*tasks)
            for one in plays:
                for _, told in one.customers[:-1]:
                    await one.nothing_is_lost(told)
            for one, _, told in leaving:
                await one.is_out(told)
            us1, eu1 = plays
            foreign = us1.customers[0][1]
            assert (await eu1.call(foreign, "/api/v1/monitor")).status_code == 401
        for region in places:
            for instance in region.instances:
                assert await instance.stop() == 0
            Cluster(region.dsn, region.folder, region.instances).assert_no_failure()
