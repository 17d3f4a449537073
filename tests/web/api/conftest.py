"""What the tests of the administration API stand on: callers with credentials."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.world import ORIGIN, World

from latchstring.accounts import credentials
from latchstring.accounts.credentials import Holder

V1 = "/platform/v1"


class Caller:
    """A program with a credential, or without one."""

    def __init__(self, world: World, value: str | None = None) -> None:
        self.world = world
        self.value = value

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request; `path` is below the API's prefix."""
        headers = {"authorization": f"Bearer {self.value}"} if self.value else {}
        transport = httpx.ASGITransport(app=self.world.door)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers) as client:
            return await client.request(method, V1 + path, **more)

    async def get(self, path: str, **query: str) -> httpx.Response:
        """GET."""
        return await self.ask("GET", path, params=query)

    async def post(self, path: str, **body: object) -> httpx.Response:
        """POST of a JSON object."""
        return await self.ask("POST", path, json=body)

    async def put(self, path: str, **body: object) -> httpx.Response:
        """PUT, of a JSON object if there is one."""
        return await self.ask("PUT", path, **({"json": body} if body else {}))

    async def patch(self, path: str, **body: object) -> httpx.Response:
        """PATCH of a JSON object."""
        return await self.ask("PATCH", path, json=body)

    async def delete(self, path: str) -> httpx.Response:
        """DELETE."""
        return await self.ask("DELETE", path)


async def caller(world: World, organization_id: UUID | None = None, user_id: UUID | None = None) -> Caller:
    """A program with a new credential: an operator's, or a member's."""
    holder = Holder(organization_id, user_id) if organization_id and user_id else None
    platform = world.platform
    async with platform.database.transaction() as tx:
        minted = await credentials.mint(
            tx, platform.keys, platform.entropy, world.act, site=platform.site.key, name="test", holder=holder
        )
    return Caller(world, minted.value)


@pytest.fixture
async def operator(world: World) -> AsyncIterator[Caller]:
    """A program of the host's operators."""
    yield await caller(world)
