"""SQL of app policies, and of what they hold back from authorizations and API keys that live."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from latchstring.storage.database import Row, Transaction

if TYPE_CHECKING:
    from latchstring.integrations.policies import Policy

_WRITE = """
INSERT INTO app_policies (organization_id, mode, ceiling, updated_by, updated_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (organization_id) DO UPDATE SET mode = excluded.mode, ceiling = excluded.ceiling,
    updated_by = excluded.updated_by, updated_at = excluded.updated_at
"""
_FORGET_RULES = "DELETE FROM app_rules WHERE organization_id = $1"
_WRITE_RULE = """
INSERT INTO app_rules (organization_id, client_id, rule, ceiling, updated_by, updated_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""

# What is changed, as it was and as it is: locked in the order of ids, so that no two wait for each other in a circle.
_APPLY = """
WITH found AS (
    SELECT a.id, a.withheld AS was_withheld, a.blocked_at IS NOT NULL AS was_blocked, h.blocked, h.withheld
    FROM authorizations a CROSS JOIN LATERAL held_back(a.organization_id, a.client_id, a.scopes) h
    WHERE a.organization_id = $1 AND a.state IN ('pending', 'active')
    ORDER BY a.id FOR UPDATE OF a
)
UPDATE authorizations a SET withheld = f.withheld, blocked_at = CASE WHEN f.blocked THEN coalesce(a.blocked_at, $2) END
FROM found f
WHERE a.organization_id = $1 AND a.id = f.id AND a.state IN ('pending', 'active')
  AND (f.blocked <> f.was_blocked OR NOT (f.withheld @> f.was_withheld AND f.was_withheld @> f.withheld))
RETURNING a.id, f.was_withheld, f.was_blocked, f.withheld, f.blocked
"""

_APPLY_TO_KEYS = """
WITH found AS (
    SELECT k.id, k.blocked_at IS NOT NULL AS was_blocked, h.blocked
    FROM api_keys k CROSS JOIN LATERAL held_back(k.organization_id, k.client_id, '{}') h
    WHERE k.organization_id = $1 AND k.client_id IS NOT NULL AND k.revoked_at IS NULL
    ORDER BY k.id FOR UPDATE OF k
)
UPDATE api_keys k SET blocked_at = CASE WHEN f.blocked THEN $2::timestamptz END FROM found f
WHERE k.organization_id = $1 AND k.id = f.id AND k.revoked_at IS NULL AND f.blocked <> f.was_blocked
RETURNING k.id, f.blocked
"""


@dataclass(frozen=True, slots=True)
class ChangedAuthorization:
    """What was held back from an authorization, and what is."""

    id: UUID
    was_blocked: bool
    was_withheld: frozenset[str]
    blocked: bool
    withheld: frozenset[str]


@dataclass(frozen=True, slots=True)
class ChangedKey:
    """A key that is blocked now, or is so no more."""

    id: UUID
    blocked: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """What another policy did to what lives."""

    authorizations: tuple[ChangedAuthorization, ...]
    api_keys: tuple[ChangedKey, ...]


async def read_mode(tx: Transaction, organization_id: UUID) -> tuple[str, tuple[str, ...] | None]:
    """The mode of the organization's policy and the scopes that any app may use at most."""
    row = await tx.row("SELECT mode, ceiling FROM app_policies WHERE organization_id = $1", organization_id)
    return (row["mode"], _scopes(row["ceiling"])) if row is not None else ("any", None)


async def read_rules(
    tx: Transaction, organization_id: UUID
) -> list[tuple[UUID, str, tuple[str, ...] | None]]:
    """Client, rule and ceiling of each rule, in order of clients."""
    rows = await tx.rows(
        "SELECT client_id, rule, ceiling FROM app_rules WHERE organization_id = $1 ORDER BY client_id",
        organization_id,
    )
    return [(row["client_id"], row["rule"], _scopes(row["ceiling"])) for row in rows]


async def unknown_clients(tx: Transaction, organization_id: UUID, client_ids: list[UUID]) -> list[UUID]:
    """Those that are the id of no client that this organization could authorize."""
    rows = await tx.rows(
        "SELECT wanted.id FROM unnest($2::uuid[]) AS wanted (id) WHERE NOT EXISTS (SELECT FROM clients c"
        " WHERE c.id = wanted.id AND (c.kind = 'published' OR c.organization_id = $1))",
        organization_id,
        client_ids,
    )
    return [row["id"] for row in rows]


async def wait_for_consents(tx: Transaction, organization_id: UUID) -> None:
    """Let every consent that is being written be written first, and let none begin until the transaction ends: each
    refers to its user's membership."""
    await tx.execute(
        "SELECT FROM memberships WHERE organization_id = $1 ORDER BY user_id FOR UPDATE", organization_id
    )


async def write(
    tx: Transaction, organization_id: UUID, policy: "Policy", by: UUID | None, at: datetime
) -> None:
    """Write the policy in the place of the one before. Of two at once, the second waits for the first."""
    ceiling = list(policy.ceiling) if policy.ceiling is not None else None
    await tx.execute(_WRITE, organization_id, policy.mode, ceiling, by, at)
    await tx.execute(_FORGET_RULES, organization_id)
    await tx.execute_many(
        _WRITE_RULE,
        [
            (
                organization_id,
                rule.client_id,
                rule.rule,
                list(rule.ceiling) if rule.ceiling is not None else None,
                by,
                at,
            )
            for rule in policy.rules
        ],
    )


async def apply(tx: Transaction, organization_id: UUID, at: datetime) -> Changed:
    """Write into everything that lives what the policy holds back from it; what that changed."""
    authorizations = await tx.rows(_APPLY, organization_id, at)
    keys = await tx.rows(_APPLY_TO_KEYS, organization_id, at)
    return Changed(
        tuple(_changed(row) for row in authorizations),
        tuple(ChangedKey(row["id"], row["blocked"]) for row in keys),
    )


def _changed(row: Row) -> ChangedAuthorization:
    return ChangedAuthorization(
        row["id"],
        row["was_blocked"],
        frozenset(row["was_withheld"]),
        row["blocked"],
        frozenset(row["withheld"]),
    )


def _scopes(ceiling: list[str] | None) -> tuple[str, ...] | None:
    return tuple(ceiling) if ceiling is not None else None
