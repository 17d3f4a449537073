"""Authorizations as their organization sees them: who allowed what, when, and when it was last used."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from latchstring.grants.model import scopes_in_force
from latchstring.storage.database import Row, Transaction

_COLUMNS = """
SELECT a.organization_id, a.id, a.client_id, a.user_id, a.scopes, a.consented_at, a.redeemed_at, a.last_used_at,
    a.revision, a.initiated_by, a.withheld, a.blocked_at IS NOT NULL AS blocked, c.revision AS client_revision,
    c.name AS client_name, c.kind AS client_kind, c.partner_name, c.partner_verified, c.scopes AS client_scopes,
    c.scopes_since,
    u.name AS user_name, u.email AS user_email,
    (u.disabled_at IS NOT NULL OR m.ended_at IS NOT NULL) AS user_gone, p.permissions,
    (SELECT count(*) FROM api_keys k WHERE k.organization_id = a.organization_id
       AND k.client_id = a.client_id AND k.authorization_id = a.id AND k.revoked_at IS NULL) AS live_keys,
    (SELECT count(*) FROM (SELECT FROM authorizations s WHERE s.organization_id = a.organization_id
       AND s.client_id = a.client_id AND s.state = 'active' LIMIT 10) s) AS siblings
FROM authorizations a
JOIN clients c ON c.id = a.client_id
JOIN users u ON u.id = a.user_id
JOIN memberships m ON m.organization_id = a.organization_id AND m.user_id = a.user_id
JOIN permission_sets p ON p.id = m.permission_set
"""

_PAGE = (
    _COLUMNS
    + """
WHERE a.organization_id = $1 AND a.state = 'active'
  AND {after}
  AND ($4::uuid IS NULL OR a.client_id = $4)
  AND ($5::text IS NULL OR strpos(lower(concat_ws(' ', c.name, c.partner_name, u.name, u.email)), lower($5)) > 0)
ORDER BY a.redeemed_at DESC, a.id DESC LIMIT {limit:d}
"""
)

_AFTER = "(a.redeemed_at, a.id) < ($2::timestamptz, $3::uuid)"
_NEWEST = "$2::timestamptz IS NULL AND $3::uuid IS NULL"

_ONE = _COLUMNS + "WHERE a.organization_id = $1 AND a.id = $2 AND a.state = 'active'"

_COUNT = "SELECT count(*) FROM authorizations WHERE organization_id = $1 AND state = 'active'"


@dataclass(frozen=True, slots=True)
class Listed:
    """A live authorization with the names that belong to it."""

    organization_id: UUID
    id: UUID
    client_id: UUID
    client_name: str
    client_kind: str
    partner_name: str
    partner_verified: bool
    user_id: UUID
    user_name: str
    user_email: str
    user_gone: bool
    scopes: tuple[str, ...]
    #: What of the scopes a token of it may use now.
    usable: frozenset[str]
    #: What of the scopes its user has no permission for now.
    lacking: frozenset[str]
    withheld: frozenset[str]
    blocked: bool
    revision: int
    client_revision: int
    #: Scopes that its client has come to ask for since; they wait for consent to the difference.
    added: tuple[str, ...]
    initiated_by: str
    consented_at: datetime
    redeemed_at: datetime
    last_used_at: datetime | None
    live_keys: int
    #: How many live authorizations its client has in the organization, this one among them; counted to 10.
    siblings: int


async def page(
    tx: Transaction,
    organization_id: UUID,
    *,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 100,
    client_id: UUID | None = None,
    search: str | None = None,
) -> list[Listed]:
    """Live authorizations, newest first; `after` is the last one of the page before. `search` looks in the names of
    apps, partners and people."""
    redeemed_at, authorization_id = after or (None, None)
    sql = page_sql(limit, begun=after is not None)
    await tx.plan_anew()
    rows = await tx.rows(sql, organization_id, redeemed_at, authorization_id, client_id, search)
    return [_listed(row) for row in rows]


def page_sql(limit: int, *, begun: bool) -> str:
    """The query of a page. Where it begins and how long it is stands in its text, so that the plan knows."""
    return _PAGE.format(after=_AFTER if begun else _NEWEST, limit=limit)


async def find(tx: Transaction, organization_id: UUID, authorization_id: UUID | None) -> Listed | None:
    """A live authorization of this organization, or None: a foreign one is as good as none."""
    row = await tx.row(_ONE, organization_id, authorization_id)
    return _listed(row) if row is not None else None


async def client_name(tx: Transaction, organization_id: UUID, client_id: UUID) -> str | None:
    """The name of a client that this organization has known, whether or not anything of it lives."""
    name: str | None = await tx.value(
        "SELECT c.name FROM authorizations a JOIN clients c ON c.id = a.client_id"
        " WHERE a.organization_id = $1 AND a.client_id = $2 LIMIT 1",
        organization_id,
        client_id,
    )
    return name


async def count(tx: Transaction, organization_id: UUID) -> int:
    """How many live authorizations there are."""
    number: int = await tx.value(_COUNT, organization_id)
    return number


def _listed(row: Row) -> Listed:
    scopes, withheld = frozenset(row["scopes"]), frozenset(row["withheld"])
    held = scopes.intersection(row["permissions"])
    in_force = scopes_in_force(row["client_scopes"], row["scopes_since"], row["revision"])
    granted = scopes.intersection(in_force) - withheld
    found: dict[str, Any] = {
        "scopes": tuple(row["scopes"]),
        "usable": frozenset() if row["blocked"] else granted & held,
        "lacking": scopes - held,
        "withheld": withheld,
        "added": tuple(scope for scope in row["client_scopes"] if scope not in in_force),
    }
    others = {name: row[name] for name in Listed.__dataclass_fields__ if name not in found}
    return Listed(**others, **found)
