"""The apps that an organization can have a rule for: those it knows already, and those it looks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from latchstring.integrations import store
from latchstring.protocol.client_authentication import uuid_of
from latchstring.storage.database import Row, Transaction

_MOST_KNOWN = 300
_MOST_FOUND = 20

_KNOWN = """
SELECT c.id, c.name, c.partner_name, c.scopes,
    (SELECT count(*) FROM (SELECT FROM authorizations a WHERE a.organization_id = $1 AND a.client_id = c.id
       AND a.state = 'active' LIMIT 1000) a) AS live
FROM clients c LEFT JOIN app_rules r ON r.organization_id = $1 AND r.client_id = c.id
WHERE r.client_id IS NOT NULL
   OR c.id IN (SELECT client_id FROM authorizations WHERE organization_id = $1 AND state = 'active'
               UNION SELECT client_id FROM api_keys WHERE organization_id = $1 AND revoked_at IS NULL
               UNION SELECT client_id FROM installations WHERE organization_id = $1)
ORDER BY r.client_id IS NULL, lower(c.name), c.id LIMIT $2
"""

_NAMED = """
SELECT c.id, c.name, c.partner_name, c.scopes, 0 AS live FROM clients c
WHERE c.id = ANY($2::uuid[]) AND (c.kind = 'published' OR c.organization_id = $1) ORDER BY lower(c.name), c.id
"""


@dataclass(frozen=True, slots=True)
class KnownApp:
    """An app by its client. `live`: its authorizations in the organization, counted to 1000."""

    client_id: UUID
    name: str
    partner_name: str
    scopes: tuple[str, ...]
    live: int


async def known_apps(tx: Transaction, organization_id: UUID) -> list[KnownApp]:
    """Those that a rule names, then those that are connected or installed."""
    return [_app(row) for row in await tx.rows(_KNOWN, organization_id, _MOST_KNOWN)]


async def found_apps(tx: Transaction, organization_id: UUID, search: str) -> list[KnownApp]:
    """Those of the tiles in sight that match, or the one with this client ID."""
    if (client_id := uuid_of(search)) is not None:
        return await named_apps(tx, organization_id, [client_id])
    tiles = await store.catalogue(tx, organization_id, search=search, limit=_MOST_FOUND)
    tiles += await store.installed(tx, organization_id, search=search, limit=_MOST_FOUND)
    return await named_apps(tx, organization_id, [tile.client_id for tile in tiles])


async def named_apps(tx: Transaction, organization_id: UUID, client_ids: Sequence[UUID]) -> list[KnownApp]:
    """The apps of these clients that the organization could authorize."""
    return [_app(row) for row in await tx.rows(_NAMED, organization_id, list(client_ids))]


def _app(row: Row) -> KnownApp:
    return KnownApp(row["id"], row["name"], row["partner_name"], tuple(row["scopes"]), row["live"])
