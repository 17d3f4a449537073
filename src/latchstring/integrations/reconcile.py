"""The proof that uninstallations and policies hold: what should be dead or held back, and is not, is found and ended.

Nothing should ever be found: the transactions see to that. Who doubts it asks `latchstring reconcile`.
"""

import asyncio
from dataclasses import asdict, dataclass
from datetime import datetime

import prometheus_client
import structlog

from latchstring.api_keys import store as api_keys
from latchstring.audit.entries import Act
from latchstring.grants.steps import Revocation
from latchstring.grants.store import writing
from latchstring.integrations import policy_store
from latchstring.integrations.uninstall import UNINSTALLED
from latchstring.kit.clock import Clock
from latchstring.storage.database import CONTENDED, UNAVAILABLE, Database

log = structlog.get_logger("latchstring")

_AT_ONCE = 1_000

# The last uninstallation of a client in an organization ended everything that was consented to before it.
_ALIVE = """
SELECT a.organization_id, a.id
FROM (SELECT organization_id, client_id, max(uninstalled_at) AS at FROM uninstall_receipts GROUP BY 1, 2) r
JOIN authorizations a ON a.organization_id = r.organization_id AND a.client_id = r.client_id
WHERE a.consented_at < r.at AND a.state IN ('pending', 'active') ORDER BY 1, 2 LIMIT $1
"""

_KEYS_ALIVE = """
SELECT k.organization_id, k.client_id
FROM (SELECT organization_id, client_id, max(uninstalled_at) AS at FROM uninstall_receipts GROUP BY 1, 2) r
JOIN api_keys k ON k.organization_id = r.organization_id AND k.client_id = r.client_id
WHERE k.created_at < r.at AND k.revoked_at IS NULL ORDER BY 1, 2 LIMIT $1
"""

# Organizations where something is held back that the policy allows, or the other way round.
_DRIFTED = """
SELECT DISTINCT p.organization_id FROM app_policies p
JOIN authorizations a ON a.organization_id = p.organization_id AND a.state IN ('pending', 'active')
CROSS JOIN LATERAL held_back(a.organization_id, a.client_id, a.scopes) h
WHERE h.blocked <> (a.blocked_at IS NOT NULL) OR NOT (h.withheld @> a.withheld AND a.withheld @> h.withheld)
UNION
SELECT DISTINCT p.organization_id FROM app_policies p
JOIN api_keys k ON k.organization_id = p.organization_id AND k.revoked_at IS NULL AND k.client_id IS NOT NULL
CROSS JOIN LATERAL held_back(k.organization_id, k.client_id, '{}') h
WHERE h.blocked <> (k.blocked_at IS NOT NULL)
LIMIT $1
"""

_RECONCILED = prometheus_client.Counter(
    "latchstring_reconciled_total",
    "What was alive and should not have been, or not held back by policy",
    ["what"],
)


@dataclass(frozen=True, slots=True)
class Found:
    """What was alive after its uninstallation, and in how many organizations a policy was not applied whole."""

    authorizations: int
    api_keys: int
    policies: int

    @property
    def is_nothing(self) -> bool:
        """Whether all is as it must be."""
        return not (self.authorizations or self.api_keys or self.policies)


async def reconcile(database: Database, now: datetime, *, mend: bool = True) -> Found:
    """Look for what should be dead, and end it unless told only to look."""
    act = Act("host", now, "")
    return Found(
        await _authorizations(database, act, mend=mend),
        await _api_keys(database, act, mend=mend),
        await _policies(database, act, mend=mend),
    )


async def _authorizations(database: Database, act: Act, *, mend: bool) -> int:
    rows = await database.fetch(_ALIVE, _AT_ONCE)
    if rows and mend:
        async with database.transaction() as tx:
            tx.revokes()
            found = [(row["organization_id"], row["id"]) for row in rows]
            await writing.revoke(
                tx, [Revocation(*one, UNINSTALLED, act.actor, act.at, act.request_id) for one in found]
            )
    return len(rows)


async def _api_keys(database: Database, act: Act, *, mend: bool) -> int:
    rows = await database.fetch(_KEYS_ALIVE, _AT_ONCE)
    for row in rows if mend else ():
        async with database.transaction() as tx:
            await api_keys.revoke_of_client(
                tx, row["organization_id"], row["client_id"], by=None, act=act, because=UNINSTALLED
            )
    return len(rows)


async def _policies(database: Database, act: Act, *, mend: bool) -> int:
    rows = await database.fetch(_DRIFTED, _AT_ONCE)
    for row in rows if mend else ():
        async with database.transaction() as tx:
            tx.revokes()
            await policy_store.apply(tx, row["organization_id"], act.at)
    return len(rows)


async def run(database: Database, clock: Clock, *, period_s: float = 600) -> None:
    """Reconcile every `period_s` seconds until cancelled; a database that is away is tried again."""
    while True:
        try:
            found = await reconcile(database, clock.now())
            _note(found)
        except (*UNAVAILABLE, *CONTENDED) as problem:
            log.warning("reconciliation_unavailable", problem=type(problem).__name__)
        await asyncio.sleep(period_s)


def _note(found: Found) -> None:
    for what, number in asdict(found).items():
        _RECONCILED.labels(what).inc(number)
    if not found.is_nothing:
        log.error("reconciled", **asdict(found))
