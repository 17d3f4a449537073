"""The tile of an integration: what it says, from the folder or else from the app, and who sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from latchstring.accounts.refused import Conflict, Missing
from latchstring.accounts.texts import checked_text
from latchstring.apps.model import App
from latchstring.audit.entries import Act, record
from latchstring.publishing.folder import Folder, tile_of
from latchstring.publishing.model import Audience
from latchstring.publishing.proposal import Reach
from latchstring.storage.database import Transaction


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile as its partner and the host see it. `id` is the app_uuid."""

    id: UUID
    organization_id: UUID
    client_id: UUID
    partner_name: str
    name: str
    tagline: str
    categories: list[str]
    overview: str
    configuration: str
    uninstallation: str
    audience: Audience
    named_organizations: list[UUID]
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Texts:
    """What a tile says."""

    name: str
    tagline: str
    categories: list[str]
    overview: str
    configuration: str
    uninstallation: str
    support: str
    author: str
    homepage: str


def texts(app: App, folder: Mapping[str, Any] | None) -> Texts:
    """What the folder says; where it is silent, what the app says."""
    said = tile_of(Folder.stored(folder)) if folder else None
    categories = [app.category] if app.category else []
    if said is None:
        return Texts(app.name, app.description[:300], categories, app.description, "", "", app.support,
                     app.author, app.homepage)  # fmt: skip
    return Texts(
        name=said.title or app.name,
        tagline=said.description or app.description[:300],
        categories=said.categories or categories,
        overview=said.overview or app.description,
        configuration=said.configuration,
        uninstallation=said.uninstallation,
        support=app.support,
        author=app.author,
        homepage=app.homepage,
    )


async def put(
    tx: Transaction,
    site: str,
    organization_id: UUID,
    client_id: UUID,
    app: App,
    said: Texts,
    at: datetime,
) -> None:
    """Make the tile, in its partner's sandbox alone, or let it say this; who sees it stays as it is."""
    await tx.execute(
        "INSERT INTO integrations (home_site, id, organization_id, client_id, partner_name, partner_verified,"
        " name, tagline, categories, overview, configuration, uninstallation, support, author, homepage,"
        " logo, logo_type, created_at, updated_at)"
        " SELECT $1, $2, $3, $4, coalesce(p.name, o.name), p.approved_at IS NOT NULL,"
        " $5, $6, $7, $8, $9, $10, $11, $12, $13, a.logo, a.logo_type, $14, $14"
        " FROM apps a JOIN organizations o ON o.id = a.organization_id"
        " LEFT JOIN partners p ON p.organization_id = o.id WHERE a.organization_id = $3 AND a.id = $2"
        " ON CONFLICT (home_site, id) DO UPDATE SET client_id = $4, partner_name = excluded.partner_name,"
        " partner_verified = excluded.partner_verified, name = $5, tagline = $6, categories = $7, overview = $8,"
        " configuration = $9, uninstallation = $10, support = $11, author = $12, homepage = $13,"
        " logo = excluded.logo, logo_type = excluded.logo_type, updated_at = $14",
        site, app.id, organization_id, client_id, said.name, said.tagline, said.categories, said.overview,
        said.configuration, said.uninstallation, said.support, said.author, said.homepage, at,
    )  # fmt: skip


_TILE = """id, organization_id, client_id, partner_name, name, tagline, categories, overview, configuration,
    uninstallation, audience, named_organizations, created_at, updated_at, published_at"""


async def find(tx: Transaction, site: str, organization_id: UUID | None, app_id: UUID) -> Tile | None:
    """The tile of an organization's app, or for the host (None) of any, locked until the transaction ends."""
    row = await tx.row(
        f"SELECT {_TILE} FROM integrations WHERE home_site = $1 AND id = $3"  # noqa: S608 - constants
        " AND ($2::uuid IS NULL OR organization_id = $2) FOR UPDATE",
        site, organization_id, app_id,
    )  # fmt: skip
    return Tile(**row) if row else None


async def get(tx: Transaction, site: str, organization_id: UUID | None, app_id: UUID | None) -> Tile:
    """The tile.

    Raises:
        Missing: there is none.
    """
    found = await find(tx, site, organization_id, app_id) if app_id else None
    if found is None:
        raise Missing("integration")
    return found


async def page(
    tx: Transaction, site: str, organization_id: UUID | None, after: UUID | None, limit: int
) -> list[Tile]:
    """The tiles of this site, or of one organization of it, in order of their ids, after `after`."""
    rows = await tx.rows(
        f"SELECT {_TILE} FROM integrations WHERE home_site = $1"  # noqa: S608 - constants
        " AND ($2::uuid IS NULL OR organization_id = $2) AND ($3::uuid IS NULL OR id > $3)"
        " ORDER BY id LIMIT $4",
        site, organization_id, after, limit,
    )  # fmt: skip
    return [Tile(**row) for row in rows]


async def show(
    tx: Transaction, site: str, act: Act, organization_id: UUID | None, app_id: UUID | None, reach: Reach
) -> Tile:
    """Show the tile to everyone, or to some organizations."""
    tile = await get(tx, site, organization_id, app_id)
    if reach.audience != "everyone":
        tx.revokes()
    await _reach(tx, site, tile, reach, act.at)
    details = {
        "app_id": str(tile.id),
        "name": tile.name,
        "audience": reach.audience,
        "organizations": [str(one) for one in reach.organizations],
    }
    await record(
        tx, act, tile.organization_id, "integration.published",
        subject=tile.id, client_id=tile.client_id, details=details,
    )  # fmt: skip
    return await get(tx, site, organization_id, app_id)


async def take_back(
    tx: Transaction, site: str, act: Act, organization_id: UUID | None, app_id: UUID | None, reason: str
) -> Tile:
    """Show the tile to its partner's sandbox alone again. What is installed goes on.

    Raises:
        Conflict: nobody else sees it.
    """
    tile = await get(tx, site, organization_id, app_id)
    if tile.audience == "sandbox":
        raise Conflict("is not published")
    because = checked_text(reason, field="reason")
    tx.revokes()
    await _reach(tx, site, tile, Reach("sandbox"), act.at)
    details = {"app_id": str(tile.id), "name": tile.name, "reason": because}
    await record(
        tx, act, tile.organization_id, "integration.withdrawn",
        subject=tile.id, client_id=tile.client_id, details=details,
    )  # fmt: skip
    return await get(tx, site, organization_id, app_id)


async def _reach(tx: Transaction, site: str, tile: Tile, reach: Reach, at: datetime) -> None:
    published_at = None if reach.audience == "sandbox" else (tile.published_at or at)
    await tx.execute(
        "UPDATE integrations SET audience = $4, named_organizations = $5, published_at = $6, updated_at = $7"
        " WHERE home_site = $1 AND organization_id = $2 AND id = $3",
        site, tile.organization_id, tile.id, reach.audience, list(reach.organizations), published_at, at,
    )  # fmt: skip
