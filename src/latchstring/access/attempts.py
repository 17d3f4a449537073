"""Guessing is slowed down without locking anybody out: what is right always works, and wrong guesses beyond
a budget are not even told that they are wrong."""

from collections.abc import Hashable

from latchstring.kit.clock import Clock

_MOST_SUBJECTS = 10_000


class Attempts:
    """Failures by subject: `burst` of them, then `per_minute`; kept in memory, so per process."""

    def __init__(self, clock: Clock, *, burst: int = 20, per_minute: int = 20) -> None:
        self._clock = clock
        self._burst = burst
        self._per_s = per_minute / 60
        self._left: dict[Hashable, tuple[float, float]] = {}

    def failed(self, subject: Hashable) -> int | None:
        """Note a failure; None while the budget lasts, else the seconds after which to try again."""
        now = self._clock.monotonic_ns() / 1e9
        left, since = self._left.get(subject, (float(self._burst), now))
        left = min(float(self._burst), left + (now - since) * self._per_s)
        if subject not in self._left and len(self._left) >= _MOST_SUBJECTS:
            self._left.clear()
        self._left[subject] = (max(left - 1, 0.0), now)
        return None if left >= 1 else max(1, round((1 - left) / self._per_s))
