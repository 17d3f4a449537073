"""Reads that may be used again for a moment.

What was read is kept for at most one lease, counted on the monotonic clock from *before* the read began.
Whatever takes something away commits first, waits one lease, and only then answers; so once it has answered,
no process still acts on the old state. What was not found is never kept, nor what allows nothing (`keep`): what
was just given works at once.

What is asked for all the time is read again in the second half of its lease, together with everything else
that is due; what is asked for meanwhile joins early. So busy keys come to be read together: they cost one query or two
in each lease, however many they are, and nobody waits for them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Generic, TypeVar

from latchstring.kit.clock import Clock
from latchstring.storage.gather import Gather

K = TypeVar("K")
V = TypeVar("V")


class Leases(Generic[K, V]):
    """Values by key, read in batches and lent for `lease_s` seconds (0: read for every request)."""

    def __init__(
        self,
        read: Callable[[list[K]], Awaitable[list[V | None]]],
        *,
        clock: Clock,
        lease_s: float,
        keep: Callable[[V], bool] = lambda _: True,
        capacity: int = 20_000,
    ) -> None:
        self._read = read
        self._keep = keep
        self._clock = clock
        self._lease_s = lease_s
        self._lease_ns = int(lease_s * 1e9)
        self._capacity = capacity
        self._held: dict[K, tuple[int, V]] = {}
        self._gather: Gather[K, V | None] = Gather(self._read_and_hold)
        self._due: set[K] = set()
        self._due_ns = self._lease_ns // 2
        self._renewal: asyncio.Task[None] | None = None

    def held(self, key: K) -> V | None:
        """What is still under lease for `key`, or None."""
        held = self._held.get(key)
        if held is None:
            return None
        age_ns = self._clock.monotonic_ns() - held[0]
        if age_ns >= self._lease_ns:
            return None
        if age_ns > self._due_ns:
            self._due.add(key)
            if self._renewal is None:
                self._due_ns = self._lease_ns // 4
                self._renewal = asyncio.get_running_loop().create_task(self._renew())
        return held[1]

    async def get(self, key: K) -> V | None:
        """The value for `key`, at most one lease old."""
        held = self.held(key)
        return held if held is not None else await self._gather(key)

    async def fresh(self, key: K) -> V | None:
        """The value for `key`, read now."""
        return await self._gather(key)

    async def _renew(self) -> None:
        """Read what is due, after a moment in which more becomes due. Should that fail, whoever finds the lease
        ended asks again and hears of it."""
        await asyncio.sleep(self._lease_s / 4)
        due, self._due, self._renewal = list(self._due), set(), None
        self._due_ns = self._lease_ns // 2
        with suppress(Exception):
            await self._read_and_hold(due)

    async def _read_and_hold(self, keys: list[K]) -> list[V | None]:
        started = self._clock.monotonic_ns()
        values = await self._read(keys)
        if self._lease_ns:
            self._make_room(len(keys))
            for key, value in zip(keys, values, strict=True):
                if value is not None and self._keep(value):
                    self._held[key] = (started, value)
                else:
                    self._held.pop(key, None)
        return values

    def _make_room(self, count: int) -> None:
        if len(self._held) + count > self._capacity:
            self._held.clear()
