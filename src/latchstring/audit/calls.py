"""Successful calls, counted per authorization or API key, operation and day, and what a client exercised in its own
sandbox; written in the background."""

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from latchstring.storage.database import UNAVAILABLE, Database, Transaction

_ADD = """
INSERT INTO call_counts (organization_id, authorization_id, operation, minute, calls)
SELECT organization_id, id, operation, minute, calls
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::int[], $6::boolean[])
    AS t (organization_id, id, operation, minute, calls, by_key)
WHERE NOT by_key
ON CONFLICT (organization_id, authorization_id, operation, minute)
DO UPDATE SET calls = call_counts.calls + excluded.calls
"""

_ADD_TO_DAYS = """
INSERT INTO call_days AS d (organization_id, source_id, operation, day, calls, last_at)
SELECT organization_id, id, operation, (minute AT TIME ZONE 'UTC')::date, sum(calls), max(minute)
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::int[])
    AS t (organization_id, id, operation, minute, calls)
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
ON CONFLICT (organization_id, source_id, operation, day) DO UPDATE SET calls = d.calls + excluded.calls,
    last_at = greatest(d.last_at, excluded.last_at)
"""

_TOUCH = """
UPDATE {table} a SET last_used_at = greatest(a.last_used_at, t.at)
FROM (SELECT organization_id, id, max(at) AS at
      FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::boolean[]) AS t (organization_id, id, at, by_key)
      WHERE by_key = {by_key} GROUP BY organization_id, id ORDER BY organization_id, id) t
WHERE a.organization_id = t.organization_id AND a.id = t.id AND (a.last_used_at < t.at) IS NOT FALSE
"""
_TOUCHES = (
    _TOUCH.format(table="authorizations", by_key="false"),
    _TOUCH.format(table="api_keys", by_key="true"),
)

# Of a client's own sandbox alone: what it called by its tokens and what by its API key, however often in one row.
_EXERCISE = """
INSERT INTO exercised_operations AS e (organization_id, client_id, operation, by_key, first_at, last_at, calls)
SELECT c.organization_id, c.id, t.operation, t.by_key, min(t.minute), max(t.minute), sum(t.calls)
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::int[], $5::boolean[], $6::uuid[])
    AS t (organization_id, operation, minute, calls, by_key, client_id)
JOIN clients c ON c.id = t.client_id AND c.organization_id = t.organization_id
GROUP BY c.organization_id, c.id, t.operation, t.by_key
ORDER BY c.organization_id, c.id, t.operation
ON CONFLICT (organization_id, client_id, operation, by_key) DO UPDATE SET calls = e.calls + excluded.calls,
    first_at = least(e.first_at, excluded.first_at), last_at = greatest(e.last_at, excluded.last_at)
"""


_MINUTE = timedelta(minutes=1)


class Source(NamedTuple):
    """What calls are counted under; `id` is the authorization's or, with `by_key`, the API key's."""

    organization_id: UUID
    id: UUID
    operation: str
    by_key: bool
    client_id: UUID


class Calls:
    """Counts in memory and writes every `period_s` seconds; what is counted but not written is lost in a
    crash, which is why nothing but statistics is made of it."""

    def __init__(self, database: Database, *, period_s: float = 2.0) -> None:
        self._database = database
        self._period_s = period_s
        self._counts: Counter[tuple[Source, datetime]] = Counter()
        self._minute = self._next_minute = datetime.min.replace(tzinfo=UTC)

    def count(self, source: Source, at: datetime) -> None:
        """One successful call."""
        if not self._minute <= at < self._next_minute:
            self._minute = at.replace(second=0, microsecond=0)
            self._next_minute = self._minute + _MINUTE
        self._counts[source, self._minute] += 1

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await asyncio.sleep(self._period_s)
            with suppress(*UNAVAILABLE):
                await self.write()

    async def write(self) -> None:
        """Write what was counted; if that fails it is counted again for the next time."""
        counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            async with self._database.transaction() as tx:
                await _add(tx, sorted(counts.items()))
        except BaseException:
            self._counts.update(counts)
            raise


async def _add(tx: Transaction, counts: list[tuple[tuple[Source, datetime], int]]) -> None:
    organizations, sources, operations, by_key, clients = map(
        list, zip(*(source for (source, _), _ in counts), strict=True)
    )
    moments, numbers = [moment for (_, moment), _ in counts], [number for _, number in counts]
    await tx.execute(_ADD, organizations, sources, operations, moments, numbers, by_key)
    await tx.execute(_ADD_TO_DAYS, organizations, sources, operations, moments, numbers)
    for touch in _TOUCHES:
        await tx.execute(touch, organizations, sources, moments, by_key)
    await tx.execute(_EXERCISE, organizations, operations, moments, numbers, by_key, clients)
