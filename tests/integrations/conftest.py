"""A platform with a released integration that everybody sees, for a module of tests that do not interfere."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest_asyncio
from tests.settled import Settled
from tests.world import Flow, Partner, Person, csrf_in, parameters_of

from latchstring.publishing.proposal import Reach


@dataclass
class Shop:
    """The settled world, with the notifier's tile for everybody."""

    settled: Settled
    notifier: Partner

    @property
    def tile(self) -> str:
        """The path of its tile."""
        return f"/integrations/{self.notifier.app_id}"

    async def admin(self, name: str, role: str = "Admin") -> Person:
        """Somebody signed in, in a fresh organization of that name."""
        world = self.settled.world
        person = await world.person(await world.organization(name), role, name=f"{name} Admin")
        await world.sign_in(person)
        return person

    async def post(self, person: Person, path: str, **fields: str) -> httpx.Response:
        """A form of a page, posted by somebody."""
        token = csrf_in(await person.browser.get("/account/password"))
        return await person.browser.post(path, data={"csrf": token, **fields})

    async def install(self, person: Person) -> httpx.Response:
        """Press Install."""
        return await self.post(person, f"{self.tile}/installation")

    async def connect(self, person: Person) -> dict[str, str]:
        """Press Connect Accounts; what the onboarding URL is told."""
        return parameters_of(await self.post(person, f"{self.tile}/connection"))

    async def connected(self, person: Person) -> tuple[Flow, str]:
        """Install, connect and authorize; the tokens and the value of a key."""
        await self.install(person)
        await self.connect(person)
        flow = await self.settled.world.flow(person, self.notifier)
        return flow, await self.key(flow)

    async def key(self, flow: Flow) -> str:
        """Make an API key with a token; its value."""
        made = await self.settled.world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")
        assert made.status_code == 201, made.text
        return str(made.json()["data"]["attributes"]["key"])

    async def works(self, key: str) -> int:
        """The status of a call with an API key."""
        answer = await self.settled.world.machine.get("/api/v1/validate", headers={"dd-api-key": key})
        return answer.status_code

    async def uninstall(self, person: Person) -> httpx.Response:
        """Press Uninstall."""
        return await self.post(person, f"{self.tile}/uninstallation")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(settled: Settled) -> AsyncIterator[Shop]:
    """The shop."""
    partner = await settled.world.partner("Tilemaker")
    yield Shop(settled, await settled.world.released(partner, Reach("everyone")))
