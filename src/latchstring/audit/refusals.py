"""Refused requests, kept for the owner of the app they were for: bounded, and never with a secret."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from latchstring.audit.scrub import scrubbed, scrubbed_notes
from latchstring.kit.clock import Clock
from latchstring.storage.database import CONTENDED, UNAVAILABLE, Database, Row
from latchstring.storage.gather import Gather

_WRITE = """
INSERT INTO refusals (organization_id, request_id, client_id, at, endpoint, cause, status, noted, proven)
SELECT organization_id, request_id, client_id, at, endpoint, cause, status, noted::jsonb, proven
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::int[], $8::jsonb[],
    $9::boolean[]) AS t (organization_id, request_id, client_id, at, endpoint, cause, status, noted, proven)
ON CONFLICT DO NOTHING
"""

# The newest are kept; the index by client gives them in order.
_TRIM = """
DELETE FROM refusals WHERE organization_id = $1 AND client_id = $2 AND proven = $3 AND (at, request_id) <= (
    SELECT at, request_id FROM refusals WHERE organization_id = $1 AND client_id = $2 AND proven = $3
    ORDER BY at DESC, request_id DESC OFFSET $4 LIMIT 1)
"""

_RECENT = "SELECT DISTINCT organization_id, client_id, proven FROM refusals WHERE at > $1"

_FULLEST = 2_000
_TRIM_EVERY = 500
#: What is not proven to come from the client may take at most one row for so many of its own.
_SHARE = 5


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused request. `noted` holds what was received and expected, masked where it must be. `proven`: the client
    was authenticated, or its token or key presented; otherwise the request only names it."""

    organization_id: UUID
    request_id: str
    client_id: UUID
    at: datetime
    endpoint: str
    cause: str
    status: int
    noted: Mapping[str, str]
    proven: bool = True


@dataclass(frozen=True, slots=True)
class Budget:
    """How many refusals are kept at once, and how many a second after that."""

    burst: float
    per_second: float


Key = tuple[UUID, UUID, bool]
#: A client that fails in a loop learns nothing from the next thousand, and must not cost more than the first. What
#: anybody can send in a client's name gets less, so that it can't push out what really happened.
BUDGETS: Mapping[bool, Budget] = {True: Budget(200, 20), False: Budget(60, 1)}


class Refusals:
    """Writes refusals in batches, within each client's budget, and keeps the newest `most` of each client."""

    def __init__(self, database: Database, clock: Clock, *, most: int = 10_000) -> None:
        self._database = database
        self._clock = clock
        self._most = most
        self._left: dict[Key, tuple[float, float]] = {}
        self._written: Counter[Key] = Counter()

        async def write(batch: list[Refused]) -> list[None]:
            return await _write(database, batch)

        self._write: Gather[Refused, None] = Gather(write)

    async def keep(self, refused: Refused) -> bool:
        """Keep it, unless this client's budget is used up; whether it was kept. Never fails: the refusal is
        answered either way."""
        key = refused.organization_id, refused.client_id, refused.proven
        if not self._within_budget(key):
            return False
        try:
            await self._write(refused)
            await self._trim_at_times(key)
        except (*UNAVAILABLE, *CONTENDED):
            return False
        return True

    def _within_budget(self, key: Key) -> bool:
        budget, now = BUDGETS[key[2]], self._clock.monotonic_ns() / 1e9
        left, since = self._left.get(key, (budget.burst, now))
        left = min(budget.burst, left + (now - since) * budget.per_second)
        if key not in self._left and len(self._left) >= _FULLEST:
            self._left.clear()
        self._left[key] = (max(left - 1, 0), now)
        return left >= 1

    async def _trim_at_times(self, key: Key) -> None:
        self._written[key] += 1
        if self._written[key] >= _TRIM_EVERY:
            self._written.pop(key)
            await trim(self._database, key, self._most)
        elif len(self._written) > _FULLEST:
            self._written.clear()


async def trim(database: Database, key: Key, most: int) -> None:
    """Forget all but the newest `most` of a client; of those that are not proven, all but a share of that."""
    await database.fetch(_TRIM, *key, most if key[2] else max(1, most // _SHARE))


async def trim_recent(database: Database, since: datetime, most: int) -> None:
    """The same for every client that was refused something after `since`."""
    for row in await database.fetch(_RECENT, since):
        await trim(database, (row["organization_id"], row["client_id"], row["proven"]), most)


async def _write(database: Database, batch: list[Refused]) -> list[None]:
    await database.fetch(
        _WRITE,
        [r.organization_id for r in batch],
        [r.request_id for r in batch],
        [r.client_id for r in batch],
        [r.at for r in batch],
        [scrubbed(r.endpoint)[:200] for r in batch],
        [r.cause for r in batch],
        [r.status for r in batch],
        [scrubbed_notes(r.noted) for r in batch],
        [r.proven for r in batch],
    )
    return [None] * len(batch)


def refused_in(row: Row) -> Refused:
    """The refusal of a row of the table."""
    return Refused(**{name: row[name] for name in Refused.__dataclass_fields__})
