"""What the tests of messages stand on: a server of an app's own that is posted to, and letters in a folder."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import pytest
from standardwebhooks import Webhook as Verifier
from tests.world import Partner, World

from latchstring.audit.entries import Act
from latchstring.messages import webhooks
from latchstring.messages.delivery import Courier
from latchstring.messages.model import EVENTS, NewSigningSecret
from latchstring.messages.webhooks import Owner
from latchstring.settings import Settings
from latchstring.working import courier_of, outbox_of

OK = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"


@dataclass
class Received:
    """One request that arrived."""

    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """Its body."""
        decoded: dict[str, Any] = msgspec.json.decode(self.body)
        return decoded

    def is_signed_with(self, secret: str) -> bool:
        """Whether the Standard Webhooks library, as partners use it, accepts it (its clock is moved to ours)."""
        verifier = Verifier(secret)
        verifier._Webhook__verify_timestamp = lambda text: _moment(text)  # type: ignore[attr-defined]
        try:
            verifier.verify(self.body, self.headers)
        except Exception:
            return False
        return True


def _moment(text: str) -> Any:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(int(text), UTC)


@dataclass
class Receiver:
    """A real HTTP server of a partner; `answer` is what it says, or a coroutine that talks to the connection."""

    url: str = ""
    got: list[Received] = field(default_factory=list)
    answer: bytes | Callable[[asyncio.StreamWriter], Awaitable[None]] = OK

    @property
    def types(self) -> list[str]:
        """The events that arrived, in order."""
        return [one.json["type"] for one in self.got]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            pairs = (line.split(": ", 1) for line in head[1:] if ": " in line)
            headers = {name.lower(): value for name, value in pairs}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            self.got.append(Received(headers, body))
            if isinstance(self.answer, bytes):
                writer.write(self.answer)
                await writer.drain()
            else:
                await self.answer(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A server that says 204."""
    made = Receiver()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hooks?app=notifier"
    yield made
    server.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Webhooks may go to this machine, letters into a folder."""
    return Settings(
        data_dir=str(tmp_path),
        lease_ms=0,
        pool_size=4,
        webhooks_allow_loopback=True,
        mail_folder=str(tmp_path / "mail"),
        mail_from="Latchstring <no-reply@latchstring.example>",
    )


@dataclass
class Messages:
    """The worker's part in this process, a step at a time."""

    world: World

    @cached_property
    def courier(self) -> Courier:
        """What delivers."""
        return courier_of(self.world.platform)

    async def work(self) -> int:
        """Take what happened and deliver all that is due, once; how many deliveries that were."""
        await outbox_of(self.world.platform).empty()
        courier, number = self.courier, 0
        while claimed := await courier.claim_webhooks():
            await asyncio.gather(*map(courier.deliver_webhook, claimed))
            number += len(claimed)
        while claimed := await courier.claim_mail():
            await asyncio.gather(*map(courier.deliver_mail, claimed))
            number += len(claimed)
        return number

    def owner(self, partner: Partner) -> Owner:
        """Whose client it is."""
        from uuid import UUID

        keys = self.world.platform.shared_keys
        return Owner(keys, partner.organization_id, UUID(partner.client_id), True)

    @property
    def act(self) -> Act:
        """The host acts."""
        return self.world.act

    async def hook(self, partner: Partner, url: str, events: tuple[str, ...] = EVENTS) -> str:
        """Give the partner's client a webhook; its secret."""
        async with self.world.platform.database.transaction() as tx:
            made = await webhooks.put(tx, self.act, self.owner(partner), url, events)
        assert isinstance(made, NewSigningSecret)
        return made.secret

    async def states(self) -> list[tuple[str, str, int]]:
        """Event, state and attempts of every message, oldest first."""
        rows = await self.world.platform.database.fetch(
            "SELECT event, state, attempts FROM messages ORDER BY created_at, entry_id, event, recipient"
        )
        return [tuple(row) for row in rows]

    def letters(self) -> list[EmailMessage]:
        """The letters in the folder, in order of their readers and subjects."""
        folder = Path(self.world.platform.settings.mail_folder or "")
        found = [
            email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            for file in folder.glob("*.eml")
        ]
        return sorted(found, key=lambda one: (str(one["to"]), str(one["subject"])))  # type: ignore[arg-type, return-value]


@pytest.fixture
def messages(world: World) -> Messages:
    """The worker's part."""
    return Messages(world)
