"""Refresh rotation, judged from one counter."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchstring.protocol.rotation import Advance, Counter, Inactive, Policy, Repeat, Theft, judge

T0 = datetime(2026, 11, 23, 12, tzinfo=UTC)
OVERLAP = timedelta(seconds=30)
POLICY = Policy(OVERLAP)
GENERATIONS = st.integers(1, 2**31 - 2)
AGES = st.timedeltas(timedelta(0), timedelta(days=4000))


def at(age: timedelta) -> datetime:
    """A moment after the counter moved."""
    return T0 + age


@given(GENERATIONS, GENERATIONS, AGES)
def test_what_was_never_presented_moves_the_counter(counter: int, ahead: int, age: timedelta) -> None:
    """A valid token ahead of the counter proves that the counter merely lags."""
    presented = counter + ahead
    assert judge(Counter(counter, T0), presented, at(age), POLICY) == Advance(presented + 1)


@given(GENERATIONS, AGES)
def test_a_retry_gets_the_same_successor_however_late(counter: int, age: timedelta) -> None:
    """A lost answer never locks a partner out; a late retry is only told of."""
    verdict = judge(Counter(counter, T0), counter, at(age), POLICY)
    assert verdict == Repeat(counter + 1, late=age > OVERLAP)


@given(GENERATIONS, st.timedeltas(timedelta(0), OVERLAP))
def test_the_one_before_still_answers_within_the_overlap(counter: int, age: timedelta) -> None:
    """Requests that raced the successor's first use are answered with that successor."""
    assert judge(Counter(counter, T0), counter - 1, at(age), POLICY) == Repeat(counter, late=False)


@pytest.mark.row("A125")
@given(GENERATIONS, st.timedeltas(OVERLAP + timedelta(microseconds=1), timedelta(days=4000)))
def test_the_one_before_is_theft_after_the_overlap(counter: int, age: timedelta) -> None:
    """Its successor is in use and no race explains it any more."""
    assert judge(Counter(counter, T0), counter - 1, at(age), POLICY) == Theft()


@given(GENERATIONS, st.integers(2, 2**31), AGES)
def test_anything_older_is_theft_at_once(counter: int, back: int, age: timedelta) -> None:
    """The overlap covers one generation only."""
    assert judge(Counter(counter, T0), counter - back, at(age), POLICY) == Theft()


@given(GENERATIONS, st.timedeltas(timedelta(0), timedelta(hours=2)))
def test_a_retry_window_revokes_what_comes_later(counter: int, age: timedelta) -> None:
    """A host that prefers lock-out to an unseen thief sets a window."""
    window = timedelta(minutes=5)
    verdict = judge(Counter(counter, T0), counter, at(age), Policy(OVERLAP, retry_window=window))
    assert isinstance(verdict, Theft) == (age > window)


@given(GENERATIONS, GENERATIONS, AGES)
def test_an_inactivity_limit_ends_what_nobody_used(counter: int, presented: int, age: timedelta) -> None:
    """Longer than the limit without a refresh: over, whatever is presented."""
    limit = timedelta(days=90)
    verdict = judge(Counter(counter, T0), presented, at(age), Policy(OVERLAP, inactivity=limit))
    assert isinstance(verdict, Inactive) == (age > limit)


@given(GENERATIONS, GENERATIONS, st.timedeltas(timedelta(days=-1), timedelta(0)))
def test_a_clock_behind_the_other_process_refuses_nobody(counter: int, ahead: int, age: timedelta) -> None:
    """The counter may have been moved by a process whose clock is ahead of ours."""
    assert judge(Counter(counter, T0), counter, at(age), POLICY) == Repeat(counter + 1, late=False)
    assert judge(Counter(counter, T0), counter - 1, at(age), POLICY) == Repeat(counter, late=False)
    assert isinstance(judge(Counter(counter, T0), counter + ahead, at(age), POLICY), Advance)
