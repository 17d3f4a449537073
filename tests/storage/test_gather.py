"""One query for many askers."""

import asyncio

import asyncpg

from latchstring.storage.gather import Gather


class Slow:
    """Answers a batch when it is told to, and remembers every batch."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()

    async def __call__(self, keys: list[int]) -> list[int]:
        """Ten times each key; keys below zero can't be asked for."""
        self.batches.append(list(keys))
        await self.gate.wait()
        if min(keys) < 0:
            raise ValueError(f"bad key {min(keys)}")
        return [key * 10 for key in keys]


async def some_turns() -> None:
    """Let everything that can run, run."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_who_comes_while_a_query_is_on_its_way_waits_together_for_the_next() -> None:
    """One alone first, then all the others at once."""
    slow = Slow()
    gather = Gather(slow)
    first = gather(1)
    await some_turns()
    others = [gather(key) for key in range(2, 50)]
    await some_turns()
    slow.gate.set()
    assert await first == 10
    assert await asyncio.gather(*others) == [key * 10 for key in range(2, 50)]
    assert [len(batch) for batch in slow.batches] == [1, 48]


async def test_a_batch_has_a_limit() -> None:
    """So that no statement grows without end."""
    slow = Slow()
    gather = Gather(slow, at_most=10)
    answers = [gather(key) for key in range(25)]
    slow.gate.set()
    assert await asyncio.gather(*answers) == [key * 10 for key in range(25)]
    assert [len(batch) for batch in slow.batches] == [10, 10, 5]


async def test_the_same_key_twice_is_answered_twice() -> None:
    """Every asker gets an answer of their own."""
    slow = Slow()
    slow.gate.set()
    gather = Gather(slow)
    assert await asyncio.gather(gather(3), gather(3), gather(4)) == [30, 30, 40]


async def test_a_query_starts_no_earlier_than_the_question() -> None:
    """An answer is never older than the moment of asking: no joining of a query that is under way."""
    slow = Slow()
    gather = Gather(slow)
    first = gather(1)
    await some_turns()
    second = gather(1)
    slow.gate.set()
    await asyncio.gather(first, second)
    assert slow.batches == [[1], [1]]


async def test_what_one_asker_brought_is_nobody_else_s_failure() -> None:
    """The bad key fails alone."""
    slow = Slow()
    slow.gate.set()
    gather = Gather(slow)
    answers = await asyncio.gather(gather(1), gather(-1), gather(2), return_exceptions=True)
    assert answers[0] == 10
    assert isinstance(answers[1], ValueError)
    assert answers[2] == 20
    assert await gather(5) == 50


async def test_a_database_that_is_away_is_everybody_s_failure_and_asked_once() -> None:
    """No storm of single queries against what does not answer."""
    calls = 0

    async def away(keys: list[int]) -> list[int]:
        nonlocal calls
        calls += 1
        raise ConnectionRefusedError

    gather = Gather(away)
    answers = await asyncio.gather(*(gather(key) for key in range(5)), return_exceptions=True)
    assert all(isinstance(answer, ConnectionRefusedError) for answer in answers)
    assert calls == 1


async def test_a_contended_batch_is_tried_once_more() -> None:
    """Deadlocks and serialization failures are nobody's fault."""
    calls = 0

    async def contended(keys: list[int]) -> list[int]:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise asyncpg.DeadlockDetectedError
        return keys

    assert await Gather(contended)(7) == 7


async def test_an_asker_who_leaves_takes_nobody_along() -> None:
    """A client that disconnects cancels its own wait and nothing else; its write goes on."""
    slow = Slow()
    gather = Gather(slow)

    async def ask(key: int) -> int:
        return await gather(key)

    tasks = [asyncio.create_task(ask(key)) for key in range(3)]
    await some_turns()
    tasks[1].cancel()
    await some_turns()
    slow.gate.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert (answers[0], answers[2]) == (0, 20)
    assert isinstance(answers[1], asyncio.CancelledError)
    assert 1 in slow.batches[0]


async def test_wrong_numbers_of_answers_are_an_error() -> None:
    """Never somebody else's answer, and nobody waits for ever."""

    async def short(keys: list[int]) -> list[int]:
        return keys[:-1]

    gather = Gather(short)
    for answer in await asyncio.gather(gather(1), gather(2), return_exceptions=True):
        assert isinstance(answer, ValueError)
