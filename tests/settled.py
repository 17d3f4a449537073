"""A platform that tests share when they do not interfere: a published app, a rival, and a signed-in administrator.

A module that uses `settled` says `pytestmark = pytest.mark.asyncio(loop_scope="module")`. Its clock only moves
on, and never by more than hours: sign-ins must last.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx
import hypothesis
import pytest
import pytest_asyncio

from latchstring.kit.entropy import SystemEntropy
from latchstring.settings import Settings
from latchstring.web.application import application
from latchstring.wiring import assemble
from tests.conftest import _create as create_database
from tests.conftest import _drop as drop_database
from tests.world import REDIRECT, SCOPES, VERIFIER, Flow, MovableClock, Partner, Person, World

#: Shared machines are slow at times: no test fails for that.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")


@dataclass
class Settled:
    """A world with somebody in it."""

    world: World
    partner: Partner
    rival: Partner
    acme: UUID
    mina: Person

    async def flow(self, **changes: str | None) -> Flow:
        """Mina lets the partner's app into Acme."""
        return await self.world.flow(self.mina, self.partner, **changes)

    async def code(self, **changes: str | None) -> str:
        """Mina allows; the code."""
        return await self.world.code(self.mina, self.partner, **changes)

    async def authorize(self, **changes: str | None) -> httpx.Response:
        """Mina's browser brings an authorization request."""
        return await self.mina.browser.get(self.world.authorize_url(self.partner, **changes))

    def credentials(self, partner: Partner | None = None) -> dict[str, str]:
        """A client's credentials as it sends them in the body."""
        partner = partner or self.partner
        return {"client_id": partner.client_id, "client_secret": partner.client_secret}

    def exchange(self, code: str, /, **changes: str | None) -> dict[str, str]:
        """The body of a right code exchange, with changes; None leaves a parameter out."""
        asked: Mapping[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": VERIFIER,
            **self.credentials(),
            **changes,
        }
        return {name: value for name, value in asked.items() if value is not None}

    async def post(
        self, endpoint: str, body: Mapping[str, str] | None = None, **more: object
    ) -> httpx.Response:
        """A form posted to an OAuth endpoint."""
        return await self.world.machine.post(f"/oauth2/v1/{endpoint}", data=body, **more)  # type: ignore[arg-type]


@asynccontextmanager
async def world_on(dsn: str, settings: Settings, hashed: str, clock: MovableClock) -> AsyncIterator[World]:
    """A platform on a database, as one process would run it."""
    platform = await assemble(settings, dsn, clock=clock, entropy=SystemEntropy())
    door = application(platform)
    transport = httpx.ASGITransport(app=door)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=settings.app_origin) as machine:
        yield World(platform, door, clock, machine, hashed)
    await platform.close()


@asynccontextmanager
async def database_of_its_own(postgres: str, template: str) -> AsyncIterator[str]:
    """The DSN of a fresh migrated database for as long as the block lasts."""
    name = f"test_{uuid4().hex}"
    try:
        yield await create_database(postgres, name, template)
    finally:
        await drop_database(postgres, name)


async def settle(world: World) -> Settled:
    """Put people and apps into an empty world."""
    partner = await world.publish(await world.partner("Pagewell"))
    rival = await world.publish(await world.partner("Rivalry", SCOPES))
    acme = await world.organization("Acme")
    mina = await world.person(acme)
    assert (await world.sign_in(mina)).status_code == 303
    return Settled(world, partner, rival, acme, mina)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def settled(
    postgres: str, template: str, hashed_password: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Settled]:
    """The shared platform of a module."""
    settings = Settings(data_dir=str(tmp_path_factory.mktemp("settled")), lease_ms=0, pool_size=4)
    async with (
        database_of_its_own(postgres, template) as dsn,
        world_on(dsn, settings, hashed_password, MovableClock()) as world,
    ):
        yield await settle(world)
