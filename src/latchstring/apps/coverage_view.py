"""The scope coverage of all clients of an app."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from latchstring.apps import store
from latchstring.apps.coverage import Coverage, Exercised, Flag, coverage
from latchstring.apps.coverage_store import exercised
from latchstring.apps.model import ClientKind
from latchstring.contract.model import Contract
from latchstring.storage.database import Transaction

_MOST_CLIENTS = 100


@dataclass(frozen=True, slots=True)
class CoveredScope:
    """A requested scope: how often it was needed, by which operations, and what is odd about it."""

    scope: str
    calls: int
    first_at: datetime | None
    last_at: datetime | None
    operations: list[Exercised]
    flag: Flag | None
    instead: list[str]


@dataclass(frozen=True, slots=True)
class ClientCoverage:
    """A client's coverage. `any_token` needed no scope; `by_key` was sent in by the client's API key."""

    client_id: UUID
    client_name: str
    kind: ClientKind
    exercised: int
    requested: int
    scopes: list[CoveredScope]
    any_token: list[Exercised]
    by_key: list[Exercised]


async def coverage_of_app(
    tx: Transaction, contract: Contract, organization_id: UUID, app_id: UUID
) -> list[ClientCoverage]:
    """The coverage of each live client of an app of the organization, from calls in that sandbox alone."""
    found: list[ClientCoverage] = []
    for client in await store.clients(tx, organization_id, app_id, None, _MOST_CLIENTS):
        counts = await exercised(tx, organization_id, client.id)
        covered = coverage(contract, client.scopes, counts)
        found.append(_told(client.id, client.name, client.kind, covered))
    return found


def _told(client_id: UUID, name: str, kind: ClientKind, covered: Coverage) -> ClientCoverage:
    return ClientCoverage(
        client_id=client_id,
        client_name=name,
        kind=kind,
        exercised=covered.covered,
        requested=len(covered.scopes),
        scopes=[
            CoveredScope(
                scope=one.scope,
                calls=one.calls,
                first_at=one.first_at,
                last_at=one.last_at,
                operations=list(one.exercised),
                flag=one.flag,
                instead=list(one.instead),
            )
            for one in covered.scopes
        ],
        any_token=list(covered.any_token),
        by_key=list(covered.by_key),
    )
