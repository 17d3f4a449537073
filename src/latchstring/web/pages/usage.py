"""What was called of what was allowed, as pages show it: consent receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from latchstring.web.pages import sample_values as a
from latchstring.web.translations import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageLine:
    """What one scope was used for in thirty days, by day, today last. `name` is None for calls that needed no scope and
    for data that was sent with an API key."""

    name: str | None
    title: Words
    calls: int
    last_at: datetime | None
    days: tuple[int, ...]
    operations: tuple[tuple[str, int], ...] = ()


def sample_usage(
    title: str, calls: int, name: str | None = "monitors_read", operations: int = 2
) -> UsageLine:
    days = tuple((calls // 30) * (1 + number % 5) // 3 for number in range(30))
    return UsageLine(
        name=name,
        title=title,
        calls=calls,
        last_at=a.before(minutes=3) if calls else None,
        days=days,
        operations=tuple(
            (f"Operation {number}", calls // (number + 1)) for number in range(operations if calls else 0)
        ),
    )
