"""Refresh rotation without lock-out, decided from one counter.

The row holds the highest generation ever presented and when it was first presented. The successor of a
generation is computed, so answering a retry needs no memory; and since a valid MAC proves that we issued a
generation, a counter that lags behind (a crash, a restored backup) is simply moved on.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient rotation is. `retry_window` None: a retry is answered however late it comes."""

    overlap: timedelta
    retry_window: timedelta | None = None
    inactivity: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    """The highest generation presented so far, and when that was first (or when the code was redeemed)."""

    generation: int
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class Advance:
    """First presentation: move the counter here, then answer with the successor."""

    successor: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """Presented before, successor not used (or only just): the same answer again.

    `late`: it came later than a lost answer explains; a security event worth telling the owner.
    """

    successor: int
    late: bool


@dataclass(frozen=True, slots=True)
class Theft:
    """Its successor is in use by somebody: the whole authorization is revoked."""


@dataclass(frozen=True, slots=True)
class Inactive:
    """Nobody refreshed for longer than the operator allows."""


Verdict = Advance | Repeat | Theft | Inactive


def judge(counter: Counter, presented: int, now: datetime, policy: Policy) -> Verdict:
    """What presenting a refresh token of generation `presented` means at `now`."""
    age = now - counter.moved_at
    if policy.inactivity is not None and age > policy.inactivity:
        return Inactive()
    if presented > counter.generation:
        return Advance(presented + 1)
    if presented == counter.generation:
        return _retried(age, presented, policy)
    if presented == counter.generation - 1 and age <= policy.overlap:
        return Repeat(presented + 1, late=False)
    return Theft()


def _retried(age: timedelta, presented: int, policy: Policy) -> Verdict:
    if policy.retry_window is not None and age > policy.retry_window:
        return Theft()
    return Repeat(presented + 1, late=age > policy.overlap)
