"""The sample host behind a stand-in for the enforcement that allows everything, and the official client."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from datadog_api_client import ApiClient, Configuration
from granian.constants import Interfaces
from granian.server.embed import Server

from latchstring.access.caller import CALL, Call, Caller
from latchstring.contract.load import load_contract, shipped_contract_path
from latchstring.contract.model import Contract
from latchstring.kit.clock import SystemClock
from latchstring.kit.entropy import SystemEntropy
from latchstring.sample_host import SampleHost
from latchstring.storage.database import Database, connect

ORGANIZATION = "x-test-organization"


class SetClock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def now(self) -> datetime:
        return self.moment

    def monotonic_ns(self) -> int:
        return SystemClock().monotonic_ns()

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)


@dataclass(frozen=True)
class Organization:
    id: UUID
    user_id: UUID
    role_id: UUID
    email: str


class LettingThrough:
    """Finds the operation and says who calls, as the enforcement does, but asks for no credential."""

    def __init__(self, app: SampleHost, contract: Contract, organizations: dict[str, Organization]) -> None:
        self._app = app
        self._contract = contract
        self._organizations = organizations

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        organization = self._organizations[headers.get(ORGANIZATION.encode(), b"first").decode()]
        raw = scope.get("raw_path") or scope["path"].encode()
        found = self._contract.match(scope["method"], raw.partition(b"?")[0].decode())
        assert found is not None, scope["path"]
        caller = Caller(organization.id, None, organization.user_id, None, None, frozenset())
        await self._app({**scope, CALL: Call(caller, found.operation, found.parameters)}, receive, send)


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load_contract(shipped_contract_path())


@pytest.fixture(scope="session")
def sample_dsn(postgres: str, template: str) -> str:
    """One migrated database for all tests here: they keep apart by having organizations of their own."""
    name = f"sample_host_{uuid4().hex}"

    async def make() -> None:
        connection = await asyncpg.connect(postgres)
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        await connection.close()

    asyncio.run(make())
    return postgres.replace("/postgres?", f"/{name}?")


@pytest.fixture
async def database(sample_dsn: str) -> AsyncIterator[Database]:
    """A pool on that database, without leases."""
    pool = await connect(sample_dsn, size=5)
    yield pool
    await pool.close()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def organizations(database: Database) -> dict[str, Organization]:
    """Two organizations with a user and a role each, and one more user in the first."""
    made = {name: organization(name) for name in ("first", "second")}
    now = datetime.now(UTC)
    async with database.transaction() as tx:
        for name, one in made.items():
            await tx.execute(
                "INSERT INTO organizations (id, name, kind, created_at) VALUES ($1, $2, 'customer', $3)",
                one.id,
                name,
                now,
            )
            await tx.execute(
                "INSERT INTO roles (organization_id, id, name, permissions, managed, created_at) "
                "VALUES ($1, $2, 'Admin', '{monitors_read,monitors_write}', true, $3)",
                one.id,
                one.role_id,
                now,
            )
            await add_member(tx, one.id, one.user_id, one.email, [one.role_id])
        await add_member(tx, made["first"].id, uuid4(), f"another-{uuid4().hex}@example.com", [])
    return made


def organization(name: str) -> Organization:
    return Organization(uuid4(), uuid4(), uuid4(), f"{name}-{uuid4().hex}@example.com")


async def add_member(tx: Any, organization_id: UUID, user_id: UUID, email: str, roles: list[UUID]) -> None:
    now = datetime.now(UTC)
    await tx.execute(
        "INSERT INTO users (id, email, name, created_at) VALUES ($1, $2, $3, $4)",
        user_id,
        email,
        email.partition("@")[0].title(),
        now,
    )
    await tx.execute(
        "INSERT INTO memberships (organization_id, user_id, created_at) VALUES ($1, $2, $3)",
        organization_id,
        user_id,
        now,
    )
    for role_id in roles:
        await tx.execute(
            "INSERT INTO membership_roles VALUES ($1, $2, $3)", organization_id, user_id, role_id
        )


@pytest.fixture
def app(
    database: Database, clock: SetClock, contract: Contract, organizations: dict[str, Organization]
) -> LettingThrough:
    return LettingThrough(SampleHost(database, clock, SystemEntropy()), contract, organizations)


@pytest.fixture
async def first(app: LettingThrough) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the first organization, in this process."""
    async with _client(app, "first") as client:
        yield client


@pytest.fixture
async def second(app: LettingThrough) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the second organization, in this process."""
    async with _client(app, "second") as client:
        yield client


@asynccontextmanager
async def _client(app: LettingThrough, organization: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://host.test", headers={ORGANIZATION: organization}
    ) as client:
        yield client


@pytest.fixture(scope="session")
def ports() -> Iterator[int]:
    return iter(range(8800, 8900))


@pytest.fixture
async def origin(app: LettingThrough, ports: Iterator[int]) -> AsyncIterator[str]:
    """The sample host on a real socket of this machine."""
    port = next(ports)
    server = Server(app, "127.0.0.1", port, interface=Interfaces.ASGINL, log_enabled=False)
    running = asyncio.create_task(server.serve())
    await _listening(port)
    yield f"http://127.0.0.1:{port}"
    server.stop()
    await running


async def _listening(port: int) -> None:
    for _ in range(500):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.01)
            continue
        writer.close()
        await writer.wait_closed()
        return
    raise RuntimeError("the server does not listen")


Official = Callable[[Callable[[ApiClient], Any]], Any]


@pytest.fixture
async def official(origin: str) -> AsyncIterator[Official]:
    """Runs a function with the official client, in a thread, as the client blocks."""
    configuration = Configuration(host=origin)
    configuration.api_key["apiKeyAuth"] = "0" * 32
    configuration.server_index = 1
    configuration.server_variables = {"protocol": "http", "name": origin.removeprefix("http://")}
    configuration.enable_retry = False
    client = ApiClient(configuration)

    async def run(work: Callable[[ApiClient], Any]) -> Any:
        return await asyncio.to_thread(work, client)

    yield run
    client.rest_client.pool_manager.clear()
