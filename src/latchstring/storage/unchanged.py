"""Values that are made of rows, made once.

A row that reads as it did before stands for the very same value as before. What was worked out of a value and kept
with it need not be worked out again; and whoever meets the same value again (`is`) knows that nothing changed.
"""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from latchstring.storage.database import Row

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Unchanged(Generic[K, V]):
    """The values of rows by their key. `make` must look at nothing but the row, and what never changes."""

    def __init__(self, make: Callable[[Row], V], *, capacity: int = 4_000) -> None:
        self._make = make
        self._capacity = capacity
        self._known: dict[K, tuple[Row, V]] = {}

    def of(self, key: K, row: Row) -> V:
        """The value of a row that was just read."""
        known = self._known.get(key)
        if known is not None and known[0] == row:
            return known[1]
        if len(self._known) >= self._capacity:
            self._known.clear()
        value = self._make(row)
        self._known[key] = (row, value)
        return value
