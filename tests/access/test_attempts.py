"""Budgets for failures."""

import pytest
from tests.world import MovableClock

from latchstring.access.attempts import Attempts


@pytest.mark.row("R28", "B078")
def test_a_burst_is_free_and_then_there_is_a_pace() -> None:
    """Twenty at once, then one every three seconds, and the time to wait is told."""
    clock = MovableClock()
    attempts = Attempts(clock)
    assert [attempts.failed("a") for _ in range(20)] == [None] * 20
    assert attempts.failed("a") == 3
    clock.move(seconds=3)
    assert attempts.failed("a") is None
    assert attempts.failed("a") is not None


def test_one_subject_s_failures_are_not_another_s() -> None:
    """Other clients are unaffected."""
    attempts = Attempts(MovableClock(), burst=1)
    assert attempts.failed("a") is None
    assert attempts.failed("a") is not None
    assert attempts.failed("b") is None


def test_failing_on_does_not_push_the_end_away() -> None:
    """Who keeps guessing gets the same pace, not an ever longer ban."""
    clock = MovableClock()
    attempts = Attempts(clock, burst=2, per_minute=60)
    for _ in range(50):
        attempts.failed("a")
    clock.move(seconds=1)
    assert attempts.failed("a") is None


@pytest.mark.row("R25")
def test_memory_is_bounded() -> None:
    """However many subjects a stranger invents."""
    attempts = Attempts(MovableClock())
    for number in range(25_000):
        attempts.failed(number)
    assert len(attempts._left) <= 10_000
