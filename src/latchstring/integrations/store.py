"""SQL of tiles: which ones an organization sees, and how each stands there."""

from uuid import UUID

from latchstring.integrations.model import Tile, TileLine
from latchstring.storage.database import Row, Transaction

# `$1` is the organization that looks.
_OFFERED = """c.disabled_at IS NULL AND (i.organization_id = $1 OR i.audience = 'everyone'
    OR (i.audience = 'named' AND $1 = ANY(i.named_organizations)))"""

_CONNECTED = """(EXISTS (SELECT FROM authorizations a WHERE a.organization_id = $1 AND a.client_id = i.client_id
        AND a.state = 'active')
    OR EXISTS (SELECT FROM api_keys k WHERE k.organization_id = $1 AND k.client_id = i.client_id
        AND k.revoked_at IS NULL))"""

_INSTALLED = f"""(EXISTS (SELECT FROM installations n WHERE n.organization_id = $1 AND n.integration_id = i.id)
    OR {_CONNECTED})"""

_LINE = """
SELECT i.id, i.client_id, i.name, i.tagline, i.categories, i.partner_name, i.partner_verified, lower(i.name) AS position,
    CASE WHEN i.logo IS NOT NULL THEN extract(epoch FROM i.updated_at)::bigint END AS logo_version,
    (SELECT h.blocked FROM held_back($1, i.client_id, '{}') h) AS blocked
FROM integrations i JOIN clients c ON c.id = i.client_id
"""

_WANTED = """
  AND ($2::text IS NULL OR strpos(lower(concat_ws(' ', i.name, i.tagline, i.partner_name,
       array_to_string(i.categories, ' '))), lower($2)) > 0)
  AND ($3::text IS NULL OR $3 = ANY(i.categories))
"""

_CATALOGUE = f"""{_LINE}
WHERE {_OFFERED} AND NOT {_INSTALLED} {_WANTED}
  AND ($4::text IS NULL OR (lower(i.name), i.id) > ($4, $5::uuid))
ORDER BY lower(i.name), i.id LIMIT $6
"""

_INSTALLED_ONES = f"""{_LINE}
WHERE {_INSTALLED} {_WANTED} AND ($4::text IS NULL OR (lower(i.name), i.id) > ($4, $5::uuid))
ORDER BY lower(i.name), i.id LIMIT $6
"""

_CATEGORIES = f"""
SELECT DISTINCT category FROM integrations i JOIN clients c ON c.id = i.client_id, unnest(i.categories) category
WHERE {_OFFERED} ORDER BY category LIMIT 100
"""  # noqa: S608 - constants only

# Ids are unique on their home site; should two sites have the same, ours is meant.
_ONE = f"""
SELECT i.home_site, i.id, i.organization_id, i.client_id, i.name, i.tagline, i.categories, i.partner_name,
    i.partner_verified, i.author, i.support, i.homepage, i.overview, i.configuration, i.uninstallation, i.audience,
    CASE WHEN i.logo IS NOT NULL THEN extract(epoch FROM i.updated_at)::bigint END AS logo_version,
    {_OFFERED} AS offered, {_INSTALLED} AS installed, n.installed_at, n.installed_by, u.name AS installed_by_name,
    c.name AS client_name, c.scopes AS client_scopes, c.revision AS client_revision, c.onboarding_url,
    h.blocked, h.withheld
FROM integrations i JOIN clients c ON c.id = i.client_id
CROSS JOIN LATERAL held_back($1, i.client_id, c.scopes) h
LEFT JOIN installations n ON n.organization_id = $1 AND n.integration_id = i.id
LEFT JOIN users u ON u.id = n.installed_by
WHERE i.id = $2 AND (({_OFFERED}) OR {_INSTALLED})
ORDER BY i.home_site = (SELECT key FROM site) DESC LIMIT 1
"""  # noqa: S608 - constants only

_LOGO = f"""
SELECT i.logo_type, i.logo FROM integrations i JOIN clients c ON c.id = i.client_id
WHERE i.id = $2 AND i.logo IS NOT NULL AND (({_OFFERED}) OR {_INSTALLED})
ORDER BY i.home_site = (SELECT key FROM site) DESC LIMIT 1
"""  # noqa: S608 - constants only


async def catalogue(
    tx: Transaction,
    organization_id: UUID,
    *,
    search: str | None = None,
    category: str | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int = 48,
) -> list[TileLine]:
    """What the organization may install and has not, in order of names; `after`: position and id of the last."""
    position, tile_id = after or (None, None)
    await tx.plan_anew()
    rows = await tx.rows(_CATALOGUE, organization_id, search, category, position, tile_id, limit)
    return [_line(row, installed=False) for row in rows]


async def installed(
    tx: Transaction,
    organization_id: UUID,
    *,
    search: str | None = None,
    category: str | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int = 200,
) -> list[TileLine]:
    """What is installed in the organization, in order of names."""
    position, tile_id = after or (None, None)
    await tx.plan_anew()
    rows = await tx.rows(_INSTALLED_ONES, organization_id, search, category, position, tile_id, limit)
    return [_line(row, installed=True) for row in rows]


async def categories(tx: Transaction, organization_id: UUID) -> list[str]:
    """The categories of the tiles that the organization may install."""
    return [row["category"] for row in await tx.rows(_CATEGORIES, organization_id)]


async def find(tx: Transaction, organization_id: UUID, integration_id: UUID | None) -> Tile | None:
    """The tile as this organization sees it; one that it may not see is as good as none."""
    row = await tx.row(_ONE, organization_id, integration_id)
    if row is None:
        return None
    lists = {name: tuple(row[name]) for name in ("categories", "client_scopes", "withheld")}
    return Tile(**{**row, **lists})


async def logo(
    tx: Transaction, organization_id: UUID, integration_id: UUID | None
) -> tuple[str, bytes] | None:
    """Type and content of a tile's logo."""
    row = await tx.row(_LOGO, organization_id, integration_id)
    return (row["logo_type"], row["logo"]) if row is not None else None


def _line(row: Row, *, installed: bool) -> TileLine:
    fields = {name: row[name] for name in TileLine.__dataclass_fields__ if name in row}
    return TileLine(**{**fields, "categories": tuple(row["categories"]), "installed": installed})
