"""A worker that is killed in the middle of deliveries: another takes up what it had, and nothing is lost or made up."""

import asyncio
import signal
from pathlib import Path
from uuid import UUID

import pytest
from tests.messages.conftest import Messages, Received, Receiver
from tests.processes.servers import launch, until, world_of
from tests.world import World

from latchstring.audit.entries import record
from latchstring.storage.database import Database

pytestmark = pytest.mark.processes
_ENTRIES = 60


async def act(world: World, messages: Messages, organization_id: UUID, client_id: UUID) -> None:
    """Acts that are committed, and as many that are not."""
    for number in range(_ENTRIES):
        async with world.platform.database.transaction() as tx:
            await record(
                tx, messages.act, organization_id, "api_key.created", subject=number, client_id=client_id
            )
        with pytest.raises(ZeroDivisionError):
            async with world.platform.database.transaction() as tx:
                await record(
                    tx,
                    messages.act,
                    organization_id,
                    "api_key.created",
                    subject=-number - 1,
                    client_id=client_id,
                )
                raise ZeroDivisionError


@pytest.mark.row("R26", "B108")
async def test_a_worker_is_killed_while_it_delivers(dsn: str, hashed_password: str, tmp_path: Path) -> None:
    """Each message arrives at least once, under one id, and none of an act that was rolled back."""
    receiver, gate = Receiver(), asyncio.Event()

    async def slowly(writer: asyncio.StreamWriter) -> None:
        await gate.wait()
        writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        await writer.drain()

    receiver.answer = slowly
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    given = {"webhooks_allow_loopback": "true"}
    async with world_of(tmp_path, dsn, hashed_password, "http://127.0.0.1:1") as world:
        messages = Messages(world)
        partner = await world.partner()
        database = world.platform.database
        await messages.hook(partner, url)
        await act(world, messages, partner.organization_id, UUID(partner.client_id))
        first = launch(tmp_path, dsn, command="worker", **given)
        try:
            assert await until(lambda: len(receiver.got) >= 4), first.said
            first.process.send_signal(signal.SIGKILL)
            first.process.wait(10)
        finally:
            first.end_by_force()
        held = await database.fetch("SELECT count(*) FROM messages WHERE state = 'waiting' AND attempts = 1")
        assert held[0][0] >= 4
        # What the dead worker had is due again when its claim has ended; here that time passes at once.
        await database.fetch("UPDATE messages SET next_attempt_at = now() WHERE state = 'waiting'")
        gate.set()
        second = launch(tmp_path, dsn, command="worker", **given)
        try:
            assert await all_sent(database), second.said
            assert await second.stop() == 0
        finally:
            second.end_by_force()
    server.close()
    assert numbers(receiver.got) == set(range(_ENTRIES))
    ids = {(one.headers["webhook-id"], one.json["data"]["api_key"]["id"]) for one in receiver.got}
    assert len(ids) == _ENTRIES
    assert '"level": "error"' not in first.said + second.said


async def all_sent(database: Database) -> bool:
    """Wait until every message is sent; whether that became so in time."""
    for _ in range(1_200):
        (row,) = await database.fetch(
            "SELECT count(*), count(*) FILTER (WHERE state = 'sent') AS sent FROM messages WHERE kind = 'webhook'"
        )
        if row["count"] == row["sent"] == _ENTRIES:
            return True
        await asyncio.sleep(0.05)
    return False


def numbers(got: list[Received]) -> set[int]:
    """The acts that were told."""
    return {int(one.json["data"]["api_key"]["id"]) for one in got}
