"""Successful calls, counted per authorization, operation and minute, and what a client exercised in its own sandbox;
written in the background."""

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

# Of a client's own sandbox alone: what it called by its tokens and what by its API key, however often in one row.
_EXERCISE = """
INSERT INTO exercised_operations AS e (organization_id, client_id, operation, by_key, first_at, last_at, calls)
SELECT c.organization_id, c.id, t.operation, t.authorization_id = $6, min(t.minute), max(t.minute), sum(t.calls)
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::int[], $7::uuid[])
    AS t (organization_id, authorization_id, operation, minute, calls, client_id)
JOIN clients c ON c.id = t.client_id AND c.organization_id = t.organization_id
GROUP BY c.organization_id, c.id, t.operation, t.authorization_id = $6
ORDER BY c.organization_id, c.id, t.operation
ON CONFLICT (organization_id, client_id, operation, by_key) DO UPDATE SET calls = e.calls + excluded.calls,
    first_at = least(e.first_at, excluded.first_at), last_at = greatest(e.last_at, excluded.last_at)
"""

#: In place of the authorization, for calls by an API key.
_BY_KEY = UUID(int=0)
#: Organization, authorization, operation, minute since the epoch, client.
Key = tuple[UUID, UUID, str, int, UUID]


class Calls:
    """Counts in memory and writes every `period_s` seconds; what is counted but not written is lost in a
    crash, which is why nothing but statistics is made of it."""

    def __init__(self, database: Database, *, period_s: float = 2.0) -> None:
        self._database = database
        self._period_s = period_s
        self._counts: Counter[Key] = Counter()

    def count(
        self,
        organization_id: UUID,
        client_id: UUID,
        authorization_id: UUID | None,
        operation: str,
        at: float,
    ) -> None:
        """One successful call, by a token of the authorization or, without one, by the client's API key; `at` in
        Unix seconds."""
        self._counts[organization_id, authorization_id or _BY_KEY, operation, int(at // 60), client_id] += 1

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
        by_token = [count for count in counts if count[0][1] != _BY_KEY]
        organizations, authorizations, _, minutes, _, _ = _columns(by_token)
        async with self._database.transaction() as tx:
            await tx.execute(_ADD, *_columns(by_token)[:5])
            await tx.execute(_TOUCH, organizations, authorizations, minutes)
            *counted, clients = _columns(counts)
            await tx.execute(_EXERCISE, *counted, _BY_KEY, clients)


def _columns(
    counts: list[tuple[Key, int]],
) -> tuple[list[UUID], list[UUID], list[str], list[datetime], list[int], list[UUID]]:
    """Organizations, authorizations, operations, minutes, numbers of calls, clients."""
    return (
        [key[0] for key, _ in counts],
        [key[1] for key, _ in counts],
        [key[2] for key, _ in counts],
        [datetime.fromtimestamp(key[3] * 60, UTC) for key, _ in counts],
        [number for _, number in counts],
        [key[4] for key, _ in counts],
    )
