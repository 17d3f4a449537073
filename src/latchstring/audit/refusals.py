"""Refused requests, kept for the owner of the app they were for: bounded, and never with a secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from latchstring.kit.clock import Clock
from latchstring.storage.database import UNAVAILABLE, Database, Row, Transaction
from latchstring.storage.gather import Gather

_WRITE = """
INSERT INTO refusals (organization_id, request_id, client_id, at, endpoint, cause, status, noted)
SELECT organization_id, request_id, client_id, at, endpoint, cause, status, noted::jsonb
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::int[], $8::jsonb[])
    AS t (organization_id, request_id, client_id, at, endpoint, cause, status, noted)
ON CONFLICT DO NOTHING
"""

# The organization that owns the app may read; nobody else learns that the request existed.
_READ = """
SELECT r.*, c.name AS client_name FROM refusals r JOIN clients c ON c.id = r.client_id
WHERE r.request_id = $1 AND ($2::uuid IS NULL OR r.organization_id = $2)
"""

_FULLEST = 2_000
_PER_SECOND = 20


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused request. `noted` holds what was received and expected, masked where it must be."""

    organization_id: UUID
    request_id: str
    client_id: UUID
    at: datetime
    endpoint: str
    cause: str
    status: int
    noted: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A refused request as it was kept, with the name of the client."""

    refused: Refused
    client_name: str


class Refusals:
    """Writes refusals in batches, at most 20 a second for each client after a burst of 200: a client that
    fails in a loop learns nothing from the next thousand, and must not cost more than the first."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._clock = clock
        self._budgets: dict[UUID, tuple[float, float]] = {}

        async def write(batch: list[Refused]) -> list[None]:
            return await _write(database, batch)

        self._write: Gather[Refused, None] = Gather(write)

    async def keep(self, refused: Refused) -> None:
        """Keep it, unless this client's budget is used up. Never fails: the refusal is answered either way."""
        if not self._within_budget(refused.client_id):
            return
        try:
            await self._write(refused)
        except UNAVAILABLE:
            return

    def _within_budget(self, client_id: UUID) -> bool:
        now = self._clock.monotonic_ns() / 1e9
        left, since = self._budgets.get(client_id, (200.0, now))
        left = min(200.0, left + (now - since) * _PER_SECOND)
        if len(self._budgets) > _FULLEST:
            self._budgets.clear()
        self._budgets[client_id] = (max(left - 1, 0), now)
        return left >= 1


async def find(tx: Transaction, request_id: str, *, owner: UUID | None) -> Kept | None:
    """The refusal of a request, if it was kept; `owner` None is the operator, who may read all."""
    row = await tx.row(_READ, request_id, owner)
    return Kept(_refused(row), row["client_name"]) if row is not None else None


async def _write(database: Database, batch: list[Refused]) -> list[None]:
    await database.fetch(
        _WRITE,
        [r.organization_id for r in batch],
        [r.request_id for r in batch],
        [r.client_id for r in batch],
        [r.at for r in batch],
        [r.endpoint[:200] for r in batch],
        [r.cause for r in batch],
        [r.status for r in batch],
        [{name: value[:2_000] for name, value in r.noted.items()} for r in batch],
    )
    return [None] * len(batch)


def _refused(row: Row) -> Refused:
    return Refused(**{name: row[name] for name in Refused.__dataclass_fields__})
