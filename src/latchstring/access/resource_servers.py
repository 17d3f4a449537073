"""Resource servers of the host that may introspect any token."""

from dataclasses import dataclass
from uuid import UUID

from latchstring.storage.database import Database

_BY_ID = """
SELECT id, secret_digest FROM resource_servers WHERE id = ANY($1::uuid[]) AND disabled_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class KnownServer:
    """A resource server that is not disabled."""

    id: UUID
    secret_digest: bytes


async def read_servers(database: Database, ids: list[UUID]) -> list[KnownServer | None]:
    """The resource servers of these ids, in the same order."""
    rows = await database.fetch(_BY_ID, list(dict.fromkeys(ids)))
    found = {row["id"]: KnownServer(row["id"], row["secret_digest"]) for row in rows}
    return [found.get(server_id) for server_id in ids]
