"""Consent receipts: what was really called of what was allowed, per scope, how often, and when last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from latchstring.apps.coverage import scopes_used_by
from latchstring.contract.model import Contract
from latchstring.storage.database import Transaction

#: How far back pages look.
DAYS = 30

_OF_SOURCES = """
SELECT source_id, operation, day, calls, last_at FROM call_days
WHERE organization_id = $1 AND source_id = ANY($2::uuid[]) AND day > $3
"""

_SOURCES_OF_CLIENT = """
SELECT id, scopes, false AS by_key FROM authorizations
WHERE organization_id = $1 AND client_id = $2 AND last_used_at > $3
UNION ALL
SELECT id, '{}', true FROM api_keys WHERE organization_id = $1 AND client_id = $2 AND last_used_at > $3
"""


@dataclass(frozen=True, slots=True)
class Source:
    """What calls were made with: an authorization and its scopes, or an API key."""

    id: UUID
    scopes: tuple[str, ...]
    by_key: bool = False


@dataclass(frozen=True, slots=True)
class Called:
    """The successful calls of one operation on one day."""

    operation: str
    day: date
    calls: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Usage:
    """What one scope was used for. `days`: calls on each of the last thirty days, today last. `scope` is None for
    calls that needed none, and for data that was sent with an API key."""

    scope: str | None
    calls: int
    last_at: datetime | None
    days: tuple[int, ...]
    operations: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Usages:
    """The calls of some sources: by scope, in the order of the scopes; without a scope; and by API keys."""

    scopes: tuple[Usage, ...]
    others: Usage
    by_key: Usage
    total: Usage


async def calls_of(
    tx: Transaction, organization_id: UUID, sources: Sequence[Source], today: date
) -> dict[UUID, list[Called]]:
    """The calls of the last thirty days, by source."""
    ids = [source.id for source in sources]
    found: dict[UUID, list[Called]] = {source_id: [] for source_id in ids}
    for row in await tx.rows(_OF_SOURCES, organization_id, ids, today - timedelta(days=DAYS)):
        found[row["source_id"]].append(Called(row["operation"], row["day"], row["calls"], row["last_at"]))
    return found


async def sources_of_client(
    tx: Transaction, organization_id: UUID, client_id: UUID, now: datetime
) -> list[Source]:
    """Everything of a client that made calls in the organization within thirty days, whether it still lives or not."""
    rows = await tx.rows(_SOURCES_OF_CLIENT, organization_id, client_id, now - timedelta(days=DAYS))
    return [Source(row["id"], tuple(row["scopes"]), row["by_key"]) for row in rows]


async def usages_of_client(
    tx: Transaction,
    contract: Contract,
    organization_id: UUID,
    client_id: UUID,
    scopes: Sequence[str],
    now: datetime,
) -> Usages:
    """What a client did in an organization within thirty days."""
    sources = await sources_of_client(tx, organization_id, client_id, now)
    called = await calls_of(tx, organization_id, sources, now.date())
    return usages(contract, scopes, [(source, called[source.id]) for source in sources], now.date())


def usages(
    contract: Contract,
    scopes: Sequence[str],
    called: Iterable[tuple[Source, Sequence[Called]]],
    today: date,
) -> Usages:
    """Calls laid out by scope: a call counts for every scope that it made use of."""
    by_scope: dict[str, list[Called]] = {scope: [] for scope in scopes}
    others: list[Called] = []
    by_key: list[Called] = []
    for source, calls in called:
        for call in calls:
            used = _scopes_of(contract, call.operation, source.scopes)
            if source.by_key:
                by_key.append(call)
            elif not used:
                others.append(call)
            for scope in () if source.by_key else used:
                by_scope.setdefault(scope, []).append(call)
    every = [call for _, calls in called for call in calls]
    return Usages(
        tuple(_usage(scope, calls, today) for scope, calls in by_scope.items()),
        _usage(None, others, today),
        _usage(None, by_key, today),
        _usage(None, every, today),
    )


def _scopes_of(contract: Contract, operation: str, held: Sequence[str]) -> frozenset[str]:
    known = contract.operations.get(operation)
    return scopes_used_by(known, held) if known is not None else frozenset()


def _usage(scope: str | None, calls: Sequence[Called], today: date) -> Usage:
    days, operations = [0] * DAYS, dict[str, int]()
    for call in calls:
        ago = (today - call.day).days
        if 0 <= ago < DAYS:
            days[DAYS - 1 - ago] += call.calls
        operations[call.operation] = operations.get(call.operation, 0) + call.calls
    most = sorted(operations.items(), key=lambda one: (-one[1], one[0]))
    last_at = max((call.last_at for call in calls), default=None)
    return Usage(scope, sum(call.calls for call in calls), last_at, tuple(days), tuple(most))
