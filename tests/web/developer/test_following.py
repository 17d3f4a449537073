"""A page that follows a run does not keep a server that stops."""

from uuid import UUID

import pytest
from starlette.responses import StreamingResponse
from tests.web.api.conftest import caller
from tests.world import World

from latchstring.web import stopping
from latchstring.web.developer.following import follow


@pytest.mark.row("B108")
async def test_an_open_stream_ends_when_the_server_is_asked_to_stop(world: World) -> None:
    """It tells what is new, goes on listening, and is over at the next look."""
    partner = await world.partner()
    api = await caller(world, partner.organization_id, partner.developer.id)
    run = (
        await api.post(f"/organizations/{partner.organization_id}/clients/{partner.client_id}/runs")
    ).json()
    stream = follow(world.platform, partner.organization_id, UUID(partner.client_id), UUID(run["data"]["id"]))
    assert isinstance(stream, StreamingResponse)
    said = aiter(stream.body_iterator)
    assert [str(await anext(said)).split("\n")[0] for _ in range(2)] == ["retry: 2000", "event: changed"]
    try:
        stopping.ask()
        assert [chunk async for chunk in said] == []
    finally:
        stopping.forget()
