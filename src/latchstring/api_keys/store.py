"""All SQL of API keys."""

from datetime import datetime
from uuid import UUID

from latchstring.api_keys.model import ApiKey, KnownKey, LiveKey
from latchstring.audit.entries import Act
from latchstring.protocol.rehearsal import watch_of
from latchstring.storage.database import Database, Row, Transaction

_LIVE = """
SELECT k.digest, k.organization_id, k.id, k.client_id, c.recording_until, c.rehearsal, c.rehearsal_since,
    c.rehearsal_until
FROM api_keys k JOIN organizations o ON o.id = k.organization_id
LEFT JOIN clients c ON c.id = k.client_id AND c.organization_id = k.organization_id AND c.kind = 'test'
WHERE k.digest = ANY($1::bytea[]) AND k.revoked_at IS NULL AND k.blocked_at IS NULL
  AND o.disabled_at IS NULL
"""

_ANY = """
SELECT digest, client_id, revoked_at, blocked_at IS NOT NULL AS blocked FROM api_keys
WHERE digest = ANY($1::bytea[]) AND client_id IS NOT NULL
"""

# The authorization is locked while the key is made: an uninstall that runs at the same time comes before it (no
# key) or after it (and finds the key).
_CREATE = """
WITH held AS (
    SELECT organization_id, id, client_id, user_id FROM authorizations
    WHERE organization_id = $1 AND id = $2 AND state = 'active' AND blocked_at IS NULL FOR SHARE
)
INSERT INTO api_keys (organization_id, id, digest, last4, name, client_id, authorization_id, created_by,
    modified_by, created_at, modified_at)
SELECT organization_id, $3, $4, $5, $6, client_id, id, user_id, user_id, $7, $7 FROM held
ON CONFLICT (organization_id, client_id) WHERE revoked_at IS NULL DO NOTHING
RETURNING created_by
"""

_COLUMNS = """
SELECT k.*, c.name AS client_name, u.name AS created_by_name, u.disabled_at IS NOT NULL AS created_by_disabled,
    u.disabled_at IS NOT NULL OR m.ended_at IS NOT NULL AS creator_gone,
    k.client_id IS NOT NULL AND NOT EXISTS (SELECT FROM authorizations a WHERE a.organization_id = k.organization_id
        AND a.client_id = k.client_id AND a.state = 'active') AS orphaned
FROM api_keys k JOIN users u ON u.id = k.created_by LEFT JOIN clients c ON c.id = k.client_id
LEFT JOIN memberships m ON m.organization_id = k.organization_id AND m.user_id = k.created_by
WHERE k.organization_id = $1
"""

_ONE = _COLUMNS + "AND k.id = $2"

_LIVE_OF_CLIENT = _COLUMNS + "AND k.client_id = $2 AND k.revoked_at IS NULL ORDER BY k.id"

_LIST = (
    _COLUMNS
    + """
  AND ($2::text IS NULL OR k.name ILIKE $2 OR c.name ILIKE $2 OR k.last4 ILIKE $2)
  AND {after}
ORDER BY k.created_at DESC, k.id DESC LIMIT {limit:d}
"""
)

_AFTER = "(k.created_at, k.id) < ($3::timestamptz, $4::uuid)"
_NEWEST = "$3::timestamptz IS NULL AND $4::uuid IS NULL"

_COUNT = "SELECT count(*) FROM api_keys WHERE organization_id = $1 AND revoked_at IS NULL"

_REVOKE = """
UPDATE api_keys SET revoked_at = $3, modified_at = $3, modified_by = coalesce($4, modified_by)
WHERE organization_id = $1 AND id = $2 AND revoked_at IS NULL
"""

# One entry of the audit log for each key.
_REVOKE_OF_CLIENT = """
WITH revoked AS (
    UPDATE api_keys SET revoked_at = $3, modified_at = $3, modified_by = coalesce($4, modified_by)
    WHERE organization_id = $1 AND client_id = $2 AND revoked_at IS NULL
    RETURNING id
), noted AS (
    INSERT INTO audit_entries (organization_id, at, action, actor, client_id, subject, details, request_id)
    SELECT $1, $3, 'api_key.revoked', $5, $2, id::text, jsonb_build_object('because', $6::text), $7 FROM revoked
)
SELECT id FROM revoked
"""


async def read_live(database: Database, digests: list[bytes]) -> list[LiveKey | None]:
    """The live keys of these digests, in the same order; None where there is none."""
    rows = await database.fetch(_LIVE, list(dict.fromkeys(digests)))
    found = {row["digest"]: _live(row) for row in rows}
    return [found.get(digest) for digest in digests]


def _live(row: Row) -> LiveKey:
    watch = watch_of(row["recording_until"], row["rehearsal"], row["rehearsal_since"], row["rehearsal_until"])
    return LiveKey(row["organization_id"], row["id"], row["client_id"], watch)


async def read_known(database: Database, digests: list[bytes]) -> list[KnownKey | None]:
    """Whose keys these digests are of, live or not, in the same order; None where we know none."""
    rows = await database.fetch(_ANY, list(dict.fromkeys(digests)))
    found = {row["digest"]: KnownKey(row["client_id"], row["revoked_at"], row["blocked"]) for row in rows}
    return [found.get(digest) for digest in digests]


async def create(
    tx: Transaction,
    organization_id: UUID,
    authorization_id: UUID,
    *,
    key_id: UUID,
    digest: bytes,
    last4: str,
    name: str,
    now: datetime,
) -> UUID | None:
    """Store a new key of an authorization's client; the user it is made for.

    None when the organization already has a live key of that client, or the authorization ended meanwhile.
    """
    created_by: UUID | None = await tx.value(
        _CREATE, organization_id, authorization_id, key_id, digest, last4, name, now
    )
    return created_by


async def list_keys(
    tx: Transaction,
    organization_id: UUID,
    *,
    search: str | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[ApiKey]:
    """The organization's keys, newest first; `search` looks in names, integrations and last four."""
    pattern = "%" + _literal(search) + "%" if search else None
    created_at, key_id = after or (None, None)
    sql = page_sql(limit, begun=after is not None)
    await tx.plan_anew()
    rows = await tx.rows(sql, organization_id, pattern, created_at, key_id)
    return [_key(row) for row in rows]


def page_sql(limit: int, *, begun: bool) -> str:
    """The query of a page. Where it begins and how long it is stands in its text, so that the plan knows."""
    return _LIST.format(after=_AFTER if begun else _NEWEST, limit=limit)


async def find(tx: Transaction, organization_id: UUID, key_id: UUID) -> ApiKey | None:
    """A key of this organization, live or not."""
    row = await tx.row(_ONE, organization_id, key_id)
    return _key(row) if row is not None else None


async def live_keys_of(tx: Transaction, organization_id: UUID, client_id: UUID) -> list[ApiKey]:
    """The live keys of a client in the organization: at most one, as things are."""
    rows = await tx.rows(_LIVE_OF_CLIENT, organization_id, client_id)
    return [_key(row) for row in rows]


async def count_live(tx: Transaction, organization_id: UUID) -> int:
    """How many live keys the organization has."""
    number: int = await tx.value(_COUNT, organization_id)
    return number


async def revoke(
    tx: Transaction, organization_id: UUID, key_id: UUID, *, by: UUID | None, now: datetime
) -> bool:
    """End a key; True if it was live. When the transaction is done, no process accepts it any more."""
    tx.revokes()
    return await tx.execute(_REVOKE, organization_id, key_id, now, by) == 1


async def revoke_of_client(
    tx: Transaction, organization_id: UUID, client_id: UUID, *, by: UUID | None, act: Act, because: str
) -> list[UUID]:
    """End all keys of a client in an organization; which ones that were. When the transaction is done, no process
    accepts them any more."""
    tx.revokes()
    rows = await tx.rows(
        _REVOKE_OF_CLIENT, organization_id, client_id, act.at, by, act.actor, because, act.request_id
    )
    return [row["id"] for row in rows]


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _key(row: Row) -> ApiKey:
    return ApiKey(**{name: row[name] for name in ApiKey.__dataclass_fields__})
