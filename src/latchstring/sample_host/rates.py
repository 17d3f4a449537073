"""How often an organization may call an operation: a counter of fixed windows, told in headers.

The counts are those of this process; each process of a site grants the whole limit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from latchstring.kit.clock import Clock
from latchstring.sample_host.answers import Refused

_CAPACITY = 50_000


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `limit` calls in each window of `period_s` seconds."""

    limit: int
    period_s: int


class Counter:
    """Counts calls per organization and operation, and says what is left."""

    def __init__(self, clock: Clock, rate: Rate) -> None:
        self._clock = clock
        self._rate = rate
        self._window = -1
        self._counts: dict[tuple[UUID, str], int] = {}

    def count(self, organization_id: UUID, name: str) -> Mapping[str, str]:
        """Count one call; the headers of its answer. Refuses with 429 what is beyond the limit."""
        seconds = int(self._clock.now().timestamp())
        window, passed = divmod(seconds, self._rate.period_s)
        if window != self._window or len(self._counts) >= _CAPACITY:
            self._window, self._counts = window, {}
        used = self._counts.get((organization_id, name), 0) + 1
        self._counts[organization_id, name] = used
        return self._told(name, used, self._rate.period_s - passed)

    def _told(self, name: str, used: int, reset_s: int) -> Mapping[str, str]:
        headers = {
            "x-ratelimit-limit": str(self._rate.limit),
            "x-ratelimit-period": str(self._rate.period_s),
            "x-ratelimit-remaining": str(max(0, self._rate.limit - used)),
            "x-ratelimit-reset": str(reset_s),
            "x-ratelimit-name": name,
        }
        if used > self._rate.limit:
            raise Refused(429, "Too many requests", headers)
        return headers
