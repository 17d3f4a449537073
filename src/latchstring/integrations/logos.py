"""The logo of a client as people see it who are asked for consent: a test client's is its app's, a published one's is
what was reviewed with its integration."""

from latchstring.apps.lookup import Client
from latchstring.apps.model import Logo
from latchstring.storage.database import Database, Row

_OF_APP = "FROM apps WHERE organization_id = $1 AND id = $2 AND logo IS NOT NULL"
_OF_INTEGRATION = "FROM integrations WHERE client_id = $1 AND logo IS NOT NULL LIMIT 1"


async def version(database: Database, client: Client) -> int | None:
    """What changes whenever the logo does; None without one."""
    row = await _read(database, client, "extract(epoch FROM updated_at)::bigint AS version")
    return row["version"] if row else None


async def read(database: Database, client: Client) -> Logo | None:
    """The picture."""
    row = await _read(database, client, "logo_type, logo")
    return Logo(row["logo_type"], row["logo"]) if row else None


async def _read(database: Database, client: Client, columns: str) -> Row | None:
    if client.kind == "test":
        rows = await database.fetch(f"SELECT {columns} {_OF_APP}", client.organization_id, client.app_id)
    else:
        rows = await database.fetch(f"SELECT {columns} {_OF_INTEGRATION}", client.id)
    return rows[0] if rows else None
