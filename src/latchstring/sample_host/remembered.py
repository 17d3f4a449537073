"""What this process has told the database this minute, so that it need not say it again with every post."""

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Remembered(Generic[K]):
    """Keys and the minute in which they were last written; forgets everything when there are too many."""

    def __init__(self, capacity: int = 100_000) -> None:
        self._minutes: dict[K, int] = {}
        self._capacity = capacity

    def known(self, key: K, minute: int) -> bool:
        """Whether `key` was written in this very minute."""
        return self._minutes.get(key) == minute

    def remember(self, keys: Iterable[K], minute: int) -> None:
        """Say that `keys` were written; only once they are committed."""
        if len(self._minutes) >= self._capacity:
            self._minutes.clear()
        for key in keys:
            self._minutes[key] = minute
