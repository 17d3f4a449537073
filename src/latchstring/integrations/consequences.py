"""What another policy breaks, or lets work again, in words that an administrator can act on."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from latchstring.contract.model import Contract, Satisfied
from latchstring.integrations.calls import Called, Source, calls_of
from latchstring.integrations.policy_store import Changed, ChangedAuthorization
from latchstring.storage.database import Row, Transaction

#: How many of each kind are told by name; how many there are is told always.
TOLD = 200

_AUTHORIZATIONS = """
SELECT a.id, a.client_id, c.name AS client_name, a.user_id, u.name AS user_name, u.email AS user_email, a.scopes,
    c.scopes AS client_scopes, a.last_used_at
FROM authorizations a JOIN clients c ON c.id = a.client_id JOIN users u ON u.id = a.user_id
WHERE a.organization_id = $1 AND a.id = ANY($2::uuid[]) ORDER BY a.last_used_at DESC NULLS LAST, a.id LIMIT $3
"""

_KEYS = """
SELECT k.id, k.name, k.last4, k.client_id, c.name AS client_name, k.last_used_at
FROM api_keys k JOIN clients c ON c.id = k.client_id
WHERE k.organization_id = $1 AND k.id = ANY($2::uuid[]) ORDER BY k.last_used_at DESC NULLS LAST, k.id LIMIT $3
"""


class RefusedOperation(Struct, frozen=True):
    """An operation that was called within thirty days and would be refused from now on."""

    operation: str
    calls: int
    last_at: datetime


class AuthorizationChange(Struct, frozen=True):
    """What changes for one authorization: it is blocked or not any more, loses scopes or has them again."""

    id: UUID
    client_id: UUID
    client_name: str
    user_id: UUID
    user_name: str
    user_email: str
    blocked: bool
    unblocked: bool
    loses: tuple[str, ...]
    regains: tuple[str, ...]
    last_used_at: datetime | None
    breaks: tuple[RefusedOperation, ...]


class KeyChange(Struct, frozen=True):
    """An API key that would be refused from now on, or work again."""

    id: UUID
    name: str
    last4: str
    client_id: UUID
    client_name: str
    blocked: bool
    last_used_at: datetime | None


class Consequences(Struct, frozen=True):
    """Everything that a policy changes. The totals count all; the lists tell the most recently used."""

    authorizations: int
    api_keys: int
    people: int
    changes: tuple[AuthorizationChange, ...]
    keys: tuple[KeyChange, ...]

    @property
    def broken(self) -> tuple[AuthorizationChange, ...]:
        """The authorizations that lose something."""
        return tuple(one for one in self.changes if one.blocked or one.loses)

    @property
    def mended(self) -> tuple[AuthorizationChange, ...]:
        """The authorizations that only gain."""
        return tuple(one for one in self.changes if not (one.blocked or one.loses))


async def consequences(
    tx: Transaction, contract: Contract, organization_id: UUID, changed: Changed, now: datetime
) -> Consequences:
    """Name what has changed, with the operations of the last thirty days that are refused from now on."""
    by_id = {one.id: one for one in changed.authorizations}
    rows = await tx.rows(_AUTHORIZATIONS, organization_id, list(by_id), TOLD)
    sources = [Source(row["id"], tuple(row["scopes"])) for row in rows]
    called = await calls_of(tx, organization_id, sources, now.date())
    changes = tuple(_change(contract, row, by_id[row["id"]], called[row["id"]]) for row in rows)
    blocked = {one.id: one.blocked for one in changed.api_keys}
    keys = await tx.rows(_KEYS, organization_id, list(blocked), TOLD)
    people: int = await tx.value(
        "SELECT count(DISTINCT user_id) FROM authorizations WHERE organization_id = $1 AND id = ANY($2::uuid[])",
        organization_id,
        list(by_id),
    )
    return Consequences(
        len(by_id),
        len(blocked),
        people,
        changes,
        tuple(KeyChange(**row, blocked=blocked[row["id"]]) for row in keys),
    )


def _change(
    contract: Contract, row: Row, changed: ChangedAuthorization, calls: list[Called]
) -> AuthorizationChange:
    granted = frozenset(row["client_scopes"]).intersection(row["scopes"])
    before = frozenset[str]() if changed.was_blocked else granted - changed.was_withheld
    after = frozenset[str]() if changed.blocked else granted - changed.withheld
    fields = {name: row[name] for name in _NAMES}
    return AuthorizationChange(
        **fields,
        blocked=changed.blocked and not changed.was_blocked,
        unblocked=changed.was_blocked and not changed.blocked,
        loses=tuple(sorted(before - after)),
        regains=tuple(sorted(after - before)),
        breaks=_broken(contract, calls, before, after, blocked=changed.blocked),
    )


_NAMES = ("id", "client_id", "client_name", "user_id", "user_name", "user_email", "last_used_at")


def _broken(
    contract: Contract, calls: list[Called], before: frozenset[str], after: frozenset[str], *, blocked: bool
) -> tuple[RefusedOperation, ...]:
    found: dict[str, RefusedOperation] = {}
    for call in calls:
        operation = contract.operations.get(call.operation)
        if operation is None or not isinstance(operation.judge(before), Satisfied):
            continue
        if not blocked and isinstance(operation.judge(after), Satisfied):
            continue
        known = found.get(call.operation, RefusedOperation(call.operation, 0, call.last_at))
        found[call.operation] = RefusedOperation(
            call.operation, known.calls + call.calls, max(known.last_at, call.last_at)
        )
    return tuple(sorted(found.values(), key=lambda one: (-one.calls, one.operation)))
