"""Connect Accounts: a flow that begins at the tile is marked here, on the server, for an hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from latchstring.accounts.choices import holders_of
from latchstring.apps.onboarding import onboarding_target
from latchstring.integrations.model import Tile
from latchstring.sites.model import Site
from latchstring.storage.database import Database, Transaction

HELD_FOR = timedelta(hours=1)

_BEGIN = """
INSERT INTO tile_connections (organization_id, user_id, client_id, started_at, expires_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (organization_id, user_id, client_id) DO UPDATE
SET started_at = excluded.started_at, expires_at = excluded.expires_at
"""
_CONSUME = "DELETE FROM tile_connections WHERE organization_id = $1 AND user_id = $2 AND client_id = $3"


@dataclass(frozen=True, slots=True)
class Lacking:
    """A permission that a person lacks for what an integration asks, and some of those who could connect or grant."""

    scope: str
    holders: tuple[str, ...]


def asks_for(tile: Tile) -> tuple[str, ...]:
    """The scopes that connecting it asks for: those of its client, less what the organization withholds."""
    return tuple(scope for scope in tile.client_scopes if scope not in tile.withheld)


async def lacking(
    tx: Transaction, organization_id: UUID, tile: Tile, permissions: frozenset[str]
) -> tuple[Lacking, ...]:
    """What somebody with these permissions lacks to connect it, and who holds it."""
    missing = [scope for scope in asks_for(tile) if scope not in permissions]
    return tuple([Lacking(scope, await holders_of(tx, organization_id, scope)) for scope in missing])


async def begin(
    tx: Transaction,
    site: Site,
    organization_id: UUID,
    user_id: UUID,
    tile: Tile,
    *,
    subdomain: str | None,
    now: datetime,
) -> str:
    """Mark the person's next consent to this client as begun at the tile; where to send the browser."""
    await tx.execute(_BEGIN, organization_id, user_id, tile.client_id, now, now + HELD_FOR)
    return onboarding_target(tile.onboarding_url, domain=site.domain, site=site.authority_of(subdomain))


async def consume(database: Database, organization_id: UUID, user_id: UUID, client_id: UUID) -> None:
    """The flow has come to its consent; another one needs another press of the button."""
    await database.fetch(_CONSUME, organization_id, user_id, client_id)
