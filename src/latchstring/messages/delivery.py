"""The worker's part: what happened becomes messages, and messages are delivered. Any number of workers may do so.

A worker takes a message for a while, and writes down how the try went. One that dies in between leaves a message
that is taken up again when that while has passed: delivered at least once, under the same id.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

import msgspec
import structlog

from latchstring.audit.entries import Act, record
from latchstring.kit.clock import Clock
from latchstring.kit.entropy import Entropy
from latchstring.messages import signing, store, webhook_store
from latchstring.messages.mail import CannotSend, Mailer, Write, compose
from latchstring.messages.model import Claimed, Outcome
from latchstring.messages.outbox import Outbox
from latchstring.messages.post import Poster
from latchstring.messages.schedule import CLAIM, FAILURES_TO_PAUSE, GIVE_UP_AFTER, next_probe, next_try
from latchstring.storage.database import CONTENDED, UNAVAILABLE, Database, Transaction
from latchstring.storage.keys import KeyRing

log = structlog.get_logger("latchstring")
T = TypeVar("T")
_IDLE_S: Final = 0.5
_POSTS: Final = 32
_POSTS_EACH: Final = 4
_LETTERS: Final = 4
_GONE: Final = Outcome(False, problem="no_webhook")
_NO_KEY: Final = Outcome(False, problem="no_signing_key")


@dataclass(frozen=True, slots=True)
class Post:
    """What letters are sent with: who takes them, who writes them, and who they are from."""

    mailer: Mailer
    write: Write
    sender: str


@dataclass(frozen=True, slots=True)
class Courier:
    """Delivers."""

    database: Database
    clock: Clock
    entropy: Entropy
    shared_keys: KeyRing
    poster: Poster
    post: Post | None

    async def claim_webhooks(self, room: int = _POSTS, busy: tuple[UUID, ...] = ()) -> list[Claimed]:
        """Take webhook messages that are due."""
        async with self.database.transaction() as tx:
            return await store.claim_webhooks(tx, self.clock.now(), CLAIM, room, busy)

    async def claim_mail(self, room: int = _LETTERS) -> list[Claimed]:
        """Take letters that are due."""
        if self.post is None:
            return []
        async with self.database.transaction() as tx:
            return await store.claim_mail(tx, self.clock.now(), CLAIM, room)

    async def deliver_webhook(self, message: Claimed) -> Outcome:
        """Post a message that was claimed, and write down how that went."""
        began = time.monotonic()
        outcome = await self._posted(message)
        now, milliseconds = self.clock.now(), _milliseconds(began)
        async with self.database.transaction() as tx:
            if outcome.ok:
                again_at = None
                if await webhook_store.resume(tx, message.recipient):
                    await store.hasten(tx, message.recipient, now, CLAIM)
                    await self._record(tx, message, "webhook.resumed", {})
            else:
                again_at = await self._failed(tx, message, outcome)
            await store.finish(tx, message, outcome, at=now, milliseconds=milliseconds, again_at=again_at)
        return outcome

    async def deliver_mail(self, message: Claimed) -> Outcome:
        """Send a letter that was claimed, and write down how that went."""
        began = time.monotonic()
        outcome = await self._mailed(message)
        now = self.clock.now()
        again_at = None if outcome.ok else next_try(self.entropy, now, message.tries_left)
        async with self.database.transaction() as tx:
            await store.finish(
                tx, message, outcome, at=now, milliseconds=_milliseconds(began), again_at=again_at
            )
        return outcome

    async def _posted(self, message: Claimed) -> Outcome:
        async with self.database.transaction() as tx:
            found = await webhook_store.address(tx, message.recipient)
        if found is None:
            return _GONE
        url, secrets = found
        body, now, name = msgspec.json.encode(message.payload), self.clock.now(), f"msg_{message.id.hex}"
        signed = signing.signatures(self.shared_keys, message.recipient, secrets, name, now, body.decode())
        if signed is None:
            return _NO_KEY
        headers = {
            "content-type": "application/json",
            "user-agent": "Latchstring-Webhooks/1",
            "webhook-id": name,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signed,
        }
        return await self.poster.post(url, body, headers)

    async def _failed(self, tx: Transaction, message: Claimed, outcome: Outcome) -> datetime | None:
        """Count it; after too many in a row the endpoint is paused, and its owner is told through the log."""
        now = self.clock.now()
        if outcome.problem == "no_webhook":
            return None
        failures, probe_at, probes = await webhook_store.failed(tx, message.recipient)
        if probe_at is None and failures < FAILURES_TO_PAUSE:
            return next_try(self.entropy, now, message.tries_left)
        if probe_at is not None and probe_at > now + CLAIM:
            return probe_at  # it was on its way when the endpoint was paused
        retry_at = next_probe(self.entropy, now, probes)
        await webhook_store.pause(tx, message.recipient, at=now, retry_at=retry_at)
        if probe_at is None:
            await self._record(tx, message, "webhook.paused", {"failures": failures})
        return retry_at

    async def _mailed(self, message: Claimed) -> Outcome:
        post = self.post
        rows = await self.database.fetch(
            "SELECT email, name, locale FROM users WHERE id = $1 AND disabled_at IS NULL", message.recipient
        )
        if post is None or not rows:
            return Outcome(False, problem="no_reader")
        reader = rows[0]
        try:
            mail = post.write(message.event, dict(message.payload), reader["locale"])
            letter = compose(post.sender, reader["email"], reader["name"], mail, message.id, self.clock.now())
            await asyncio.to_thread(post.mailer.send, letter)
        except CannotSend as problem:
            return Outcome(False, problem=str(problem))
        return Outcome(True)

    async def _record(
        self, tx: Transaction, message: Claimed, action: str, details: dict[str, object]
    ) -> None:
        act = Act("host", self.clock.now())
        client_id = message.recipient
        await record(
            tx,
            act,
            message.organization_id,
            action,
            subject=client_id,
            client_id=client_id,
            details=details,
        )


async def run(outbox: Outbox, courier: Courier, stop: asyncio.Event) -> None:
    """Work until `stop` is set; what is on its way then is brought to its end."""

    async def seal(_: int, __: tuple[UUID, ...]) -> list[Claimed]:
        await outbox.empty()
        async with courier.database.transaction() as tx:
            await store.give_up(tx, courier.clock.now(), GIVE_UP_AFTER)
        return []

    async def letters(room: int, _: tuple[UUID, ...]) -> list[Claimed]:
        return await courier.claim_mail(room)

    await asyncio.gather(
        _loop(stop, 1, seal, courier.deliver_mail),
        _loop(stop, _POSTS, courier.claim_webhooks, courier.deliver_webhook),
        _loop(stop, _LETTERS, letters, courier.deliver_mail),
    )


async def _loop(
    stop: asyncio.Event,
    most: int,
    claim: Callable[[int, tuple[UUID, ...]], Awaitable[list[Claimed]]],
    deliver: Callable[[Claimed], Awaitable[Outcome]],
) -> None:
    """Claim and deliver, at most `most` at a time and few of each recipient, until told to stop."""
    running: dict[asyncio.Task[None], UUID] = {}
    while not stop.is_set():
        busy = tuple(one for one, number in Counter(running.values()).items() if number >= _POSTS_EACH)
        claimed = await _guarded(claim(most - len(running), busy)) or [] if len(running) < most else []
        for message in claimed:
            running[asyncio.ensure_future(_deliver(deliver, message))] = message.recipient
        await _wait(stop, running, 0 if claimed and len(running) < most else _IDLE_S)
        running = {task: recipient for task, recipient in running.items() if not task.done()}
    if running:
        await asyncio.wait(running)


async def _deliver(deliver: Callable[[Claimed], Awaitable[Outcome]], message: Claimed) -> None:
    outcome = await _guarded(deliver(message))
    if outcome is not None and not outcome.ok:
        log.info("message_not_delivered", message=str(message.id), problem=outcome.problem)


async def _guarded(work: Awaitable[T]) -> T | None:
    """The work's answer, or None when the database is away; what it did not get done is done later."""
    try:
        return await work
    except (*UNAVAILABLE, *CONTENDED) as problem:
        log.warning("messages_unavailable", problem=type(problem).__name__)
        return None


async def _wait(stop: asyncio.Event, running: dict[asyncio.Task[None], UUID], seconds: float) -> None:
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({stopping, *running}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()


def _milliseconds(began: float) -> int:
    return int((time.monotonic() - began) * 1_000)
