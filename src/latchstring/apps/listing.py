"""SQL of what a developer sees at a glance: the list of apps, and what the end of an app would take along."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from latchstring.apps.model import ClientKind
from latchstring.storage.database import Transaction

#: Where a page of the list goes on: the creation and id of the last app on the page before.
Cursor = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class ListedApp:
    """An app in the list, with how many clients it has."""

    id: UUID
    name: str
    description: str
    has_logo: bool
    stable_at: datetime | None
    created_at: datetime
    updated_at: datetime
    test_clients: int
    published_clients: int


@dataclass(frozen=True, slots=True)
class Dependent:
    """A client that would end with its app, and what would end with it."""

    id: UUID
    name: str
    kind: ClientKind
    authorizations: int
    api_keys: int
    last_used_at: datetime | None


_PAGE = """
WITH page AS (
    SELECT id, name, description, logo IS NOT NULL AS has_logo, stable_at, created_at, updated_at FROM apps a
    WHERE organization_id = $1
      AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
      AND ($4::text IS NULL OR strpos(lower(name), lower($4)) > 0 OR id::text = lower($4) OR EXISTS (
          SELECT FROM clients c WHERE c.organization_id = $1 AND c.app_id = a.id AND c.disabled_at IS NULL
            AND (c.id::text = lower($4) OR strpos(lower(c.name), lower($4)) > 0)))
    ORDER BY created_at DESC, id DESC LIMIT $5
)
SELECT page.*, count(c.id) FILTER (WHERE c.kind = 'test')::int AS test_clients,
    count(c.id) FILTER (WHERE c.kind = 'published')::int AS published_clients
FROM page
LEFT JOIN clients c ON c.organization_id = $1 AND c.app_id = page.id AND c.disabled_at IS NULL
GROUP BY page.id, page.name, page.description, page.has_logo, page.stable_at, page.created_at, page.updated_at
ORDER BY page.created_at DESC, page.id DESC"""

_DEPENDENTS = """
SELECT c.id, c.name, c.kind,
    (SELECT count(*) FROM authorizations a WHERE a.organization_id = $1 AND a.client_id = c.id
        AND a.state = 'active')::int AS authorizations,
    (SELECT count(*) FROM api_keys k WHERE k.organization_id = $1 AND k.client_id = c.id
        AND k.revoked_at IS NULL)::int AS api_keys,
    (SELECT max(a.last_used_at) FROM authorizations a WHERE a.organization_id = $1 AND a.client_id = c.id)
        AS last_used_at
FROM clients c
WHERE c.organization_id = $1 AND c.app_id = $2 AND ($3::uuid IS NULL OR c.id = $3) AND c.disabled_at IS NULL
ORDER BY c.created_at, c.id"""


async def page(
    tx: Transaction, organization_id: UUID, *, search: str | None, after: Cursor | None, limit: int
) -> list[ListedApp]:
    """Apps, newest first, whose name, app_uuid, or a client's name or id matches `search`."""
    moment, app_id = after or (None, None)
    rows = await tx.rows(_PAGE, organization_id, moment, app_id, search, limit)
    return [ListedApp(**row) for row in rows]


async def dependents(
    tx: Transaction, organization_id: UUID, app_id: UUID, client_id: UUID | None = None
) -> list[Dependent]:
    """The live clients of an app, or the one of them, with what lives on them in its own organization."""
    rows = await tx.rows(_DEPENDENTS, organization_id, app_id, client_id)
    return [Dependent(**row) for row in rows]
