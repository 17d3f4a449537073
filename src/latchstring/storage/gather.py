"""One query for many askers.

While one query is on its way, the keys that arrive wait together for the next. Under load a round trip
serves dozens; at rest nobody waits.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from latchstring.storage.database import CONTENDED, UNAVAILABLE

K = TypeVar("K")
V = TypeVar("V")


class Gather(Generic[K, V]):
    """Asks `run` for a list of keys at a time; it answers with a list of the same length and order.

    A refusal of one key must be an answer. When a batch fails although the database is there, each of its keys
    is asked for alone: what one asker brought is nobody else's failure.
    """

    def __init__(self, run: Callable[[list[K]], Awaitable[list[V]]], *, at_most: int = 128) -> None:
        self._run = run
        self._at_most = at_most
        self._waiting: list[tuple[K, asyncio.Future[V]]] = []
        self._task: asyncio.Task[None] | None = None

    def __call__(self, key: K) -> "asyncio.Future[V]":
        """The answer for `key`, from a query that starts no earlier than now."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[V] = loop.create_future()
        self._waiting.append((key, answer))
        if self._task is None:
            self._task = loop.create_task(self._drain())
        return answer

    async def _drain(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._at_most], self._waiting[self._at_most :]
                await self._serve(batch)
        finally:
            self._task = None

    async def _serve(self, batch: list[tuple[K, "asyncio.Future[V]"]]) -> None:
        try:
            answers = await self._ask([key for key, _ in batch])
            answered = list(zip(batch, answers, strict=True))
        except BaseException as failure:
            if len(batch) > 1 and isinstance(failure, Exception) and not isinstance(failure, UNAVAILABLE):
                for one in batch:
                    await self._serve([one])
                return
            for _, waiting in batch:
                if not waiting.done():
                    waiting.set_exception(failure)
            if not isinstance(failure, Exception):
                raise
            return
        for (_, waiting), answer in answered:
            if not waiting.done():
                waiting.set_result(answer)

    async def _ask(self, keys: list[K]) -> list[V]:
        try:
            return await self._run(keys)
        except CONTENDED:
            return await self._run(keys)
