"""The logo of a client as people see it who are asked for consent: a test client's is its app's, a published one's is
what was reviewed with its integration."""

from latchstring.apps.lookup import Client
from latchstring.apps.model import Logo
from latchstring.storage.database import Database

_OF_APP = "SELECT logo_type, logo FROM apps WHERE organization_id = $1 AND id = $2 AND logo IS NOT NULL"
_OF_INTEGRATION = "SELECT logo_type, logo FROM integrations WHERE client_id = $1 AND logo IS NOT NULL LIMIT 1"


async def read(database: Database, client: Client) -> Logo | None:
    """The picture."""
    if client.kind == "test":
        rows = await database.fetch(_OF_APP, client.organization_id, client.app_id)
    else:
        rows = await database.fetch(_OF_INTEGRATION, client.id)
    return Logo(rows[0]["logo_type"], rows[0]["logo"]) if rows else None
