"""Reads that may be used again for a moment."""

import asyncio

import pytest
from tests.world import MovableClock

from latchstring.storage.leases import Leases


class Store:
    """A store that counts its reads, and may take its time."""

    def __init__(self, clock: MovableClock, takes_ms: int = 0) -> None:
        self.clock, self.takes_ms = clock, takes_ms
        self.values: dict[str, str] = {"a": "first"}
        self.reads: list[list[str]] = []
        self.was_read = asyncio.Event()
        self.fails: Exception | None = None

    async def __call__(self, keys: list[str]) -> list[str | None]:
        """The values as they were when the read began."""
        self.reads.append(list(keys))
        self.was_read.set()
        if self.fails:
            raise self.fails
        found = [self.values.get(key) for key in keys]
        self.clock.move(milliseconds=self.takes_ms)
        return found

    async def read_times(self, count: int) -> None:
        """Wait until it was read so many times; a read ahead happens when it likes."""
        while len(self.reads) < count:
            self.was_read.clear()
            await self.was_read.wait()
        await asyncio.sleep(0)

    def leases(self, lease_s: float = 0.025, **more: object) -> Leases[str, str]:
        """Leases on it."""
        return Leases(self, clock=self.clock, lease_s=lease_s, **more)  # type: ignore[arg-type]


async def test_within_a_lease_nothing_is_read_again() -> None:
    """And when it has ended, it is."""
    store = Store(clock := MovableClock())
    leases = store.leases()
    assert await leases.get("a") == "first"
    store.values["a"] = "second"
    clock.move(milliseconds=24)
    assert await leases.get("a") == "first"
    clock.move(milliseconds=1)
    assert await leases.get("a") == "second"
    assert len(store.reads) == 2


async def test_a_lease_counts_from_before_the_read_began() -> None:
    """However long the read took: what was committed since must not be missed for longer than one lease."""
    store = Store(clock := MovableClock(), takes_ms=20)
    leases = store.leases()
    assert await leases.get("a") == "first"
    clock.move(milliseconds=4)
    assert leases.held("a") == "first"
    clock.move(milliseconds=1)
    assert leases.held("a") is None


async def test_a_read_slower_than_a_lease_is_not_kept() -> None:
    """It answers its asker, and is over."""
    store = Store(MovableClock(), takes_ms=40)
    leases = store.leases()
    assert await leases.get("a") == "first"
    assert leases.held("a") is None


async def test_what_was_not_found_is_never_kept() -> None:
    """What was just made works at once."""
    store = Store(MovableClock())
    leases = store.leases()
    assert await leases.get("b") is None
    store.values["b"] = "new"
    assert await leases.get("b") == "new"


async def test_what_is_gone_is_forgotten() -> None:
    """A fresh read that finds nothing ends the lease."""
    store = Store(MovableClock())
    leases = store.leases()
    assert await leases.get("a") == "first"
    del store.values["a"]
    assert await leases.fresh("a") is None
    assert leases.held("a") is None


async def test_what_allows_nothing_is_not_kept() -> None:
    """And replaces what was held."""
    store = Store(MovableClock())
    leases = store.leases(keep=lambda value: value != "pending")
    assert await leases.get("a") == "first"
    store.values["a"] = "pending"
    assert await leases.fresh("a") == "pending"
    assert leases.held("a") is None


async def test_a_fresh_read_reads_now() -> None:
    """And its answer is lent in turn."""
    store = Store(MovableClock())
    leases = store.leases()
    await leases.get("a")
    store.values["a"] = "second"
    assert await leases.fresh("a") == "second"
    assert await leases.get("a") == "second"


async def test_without_a_lease_every_request_reads() -> None:
    """The setting 0."""
    store = Store(MovableClock())
    leases = store.leases(0)
    await leases.get("a")
    await leases.get("a")
    assert len(store.reads) == 2
    assert leases.held("a") is None


async def test_there_is_room_for_so_many_and_no_more() -> None:
    """Memory is bounded; whatever is pushed out is read again."""
    store = Store(MovableClock())
    store.values = {str(number): "x" for number in range(100)}
    leases = store.leases(capacity=10)
    for number in range(100):
        assert await leases.get(str(number)) == "x"
    assert sum(leases.held(str(number)) is not None for number in range(100)) <= 10


async def test_what_is_in_demand_is_read_ahead_together() -> None:
    """In the second half of their leases, with one query, while everybody is still served from the old ones."""
    store = Store(clock := MovableClock())
    store.values["b"] = "first"
    leases = store.leases()
    await leases.get("a")
    await leases.get("b")
    store.values |= {"a": "second", "b": "second"}
    clock.move(milliseconds=13)
    assert [await leases.get(key) for key in "abab"] == ["first"] * 4
    await store.read_times(3)
    assert sorted(store.reads[-1]) == ["a", "b"]
    assert [leases.held(key) for key in "ab"] == ["second"] * 2
    clock.move(milliseconds=12)
    assert leases.held("a") == "second", "the new lease counts from the new read"


async def test_what_is_read_ahead_at_different_times_comes_to_be_read_at_once() -> None:
    """While a read ahead is being gathered, what is in its second quarter joins it."""
    store = Store(clock := MovableClock())
    store.values["b"] = "first"
    leases = store.leases()
    await leases.get("a")
    clock.move(milliseconds=6)
    await leases.get("b")
    clock.move(milliseconds=7)
    assert leases.held("b") == "first", "not due, and nothing is being gathered"
    assert leases.held("a") == "first"
    assert leases.held("b") == "first"
    await store.read_times(3)
    assert sorted(store.reads[-1]) == ["a", "b"]


async def test_in_the_first_half_of_a_lease_nothing_is_read_ahead() -> None:
    """Nor for what nobody asks for."""
    store = Store(clock := MovableClock())
    store.values["b"] = "first"
    leases = store.leases()
    await leases.get("a")
    await leases.get("b")
    clock.move(milliseconds=12)
    assert leases.held("a") == "first"
    clock.move(milliseconds=1)
    assert leases.held("b") == "first"
    await store.read_times(3)
    assert store.reads[2:] == [["b"]]


async def test_reading_ahead_finds_what_was_taken_away() -> None:
    """It never makes a lease longer: what is gone by then ends with it."""
    store = Store(clock := MovableClock())
    leases = store.leases()
    await leases.get("a")
    del store.values["a"]
    clock.move(milliseconds=13)
    assert leases.held("a") == "first"
    await store.read_times(2)
    assert leases.held("a") is None


async def test_a_failed_read_ahead_troubles_nobody_before_the_lease_has_ended() -> None:
    """Then whoever asks hears of it, and the next read ahead is tried anew."""
    store = Store(clock := MovableClock())
    leases = store.leases()
    await leases.get("a")
    store.fails = OSError("the database is away")
    clock.move(milliseconds=13)
    assert leases.held("a") == "first"
    await store.read_times(2)
    assert leases.held("a") == "first"
    await store.read_times(3)
    clock.move(milliseconds=12)
    with pytest.raises(OSError, match="away"):
        await leases.get("a")
