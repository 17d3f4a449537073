"""Successful calls, counted per authorization, operation and minute; written in the background."""

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

from latchstring.storage.database import UNAVAILABLE, Database

_ADD = """
INSERT INTO call_counts (organization_id, authorization_id, operation, minute, calls)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::int[])
ON CONFLICT (organization_id, authorization_id, operation, minute)
DO UPDATE SET calls = call_counts.calls + excluded.calls
"""

_TOUCH = """
UPDATE authorizations a SET last_used_at = greatest(a.last_used_at, t.at)
FROM (SELECT organization_id, id, max(at) AS at
      FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS t (organization_id, id, at)
      GROUP BY organization_id, id ORDER BY organization_id, id) t
WHERE a.organization_id = t.organization_id AND a.id = t.id AND (a.last_used_at < t.at) IS NOT FALSE
"""

#: Organization, authorization, operation, minute since the epoch.
Key = tuple[UUID, UUID, str, int]


class Calls:
    """Counts in memory and writes every `period_s` seconds; what is counted but not written is lost in a
    crash, which is why nothing but statistics is made of it."""

    def __init__(self, database: Database, *, period_s: float = 2.0) -> None:
        self._database = database
        self._period_s = period_s
        self._counts: Counter[Key] = Counter()

    def count(self, organization_id: UUID, authorization_id: UUID, operation: str, at: float) -> None:
        """One successful call; `at` in Unix seconds."""
        self._counts[organization_id, authorization_id, operation, int(at // 60)] += 1

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
            await self._add(sorted(counts.items()))
        except BaseException:
            self._counts.update(counts)
            raise

    async def _add(self, counts: list[tuple[Key, int]]) -> None:
        organizations = [key[0] for key, _ in counts]
        authorizations = [key[1] for key, _ in counts]
        minutes = [datetime.fromtimestamp(key[3] * 60, UTC) for key, _ in counts]
        operations, calls = [key[2] for key, _ in counts], [number for _, number in counts]
        await self._database.fetch(_ADD, organizations, authorizations, operations, minutes, calls)
        await self._database.fetch(_TOUCH, organizations, authorizations, minutes)
