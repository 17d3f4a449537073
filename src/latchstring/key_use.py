"""What still depends on each key of the server, and would end with it."""

from dataclasses import dataclass
from datetime import datetime

from latchstring.storage.database import Database
from latchstring.storage.key_rotation import Ring

#: Digests begin with the id of their key. Every query counts what lives, by that id.
_DIGESTS: dict[Ring, dict[str, str]] = {
    "site": {
        "API keys": "SELECT get_byte(digest, 0), count(*) FROM api_keys WHERE revoked_at IS NULL GROUP BY 1",
        "platform credentials": "SELECT get_byte(digest, 0), count(*) FROM platform_credentials"
        " WHERE revoked_at IS NULL GROUP BY 1",
        "sign-ins": "SELECT get_byte(id, 0), count(*) FROM browser_sessions"
        " WHERE ended_at IS NULL AND expires_at > now() GROUP BY 1",
    },
    "shared": {
        "client secrets": "SELECT get_byte(secret_digest, 0), count(*) FROM clients GROUP BY 1",
        "resource servers": "SELECT get_byte(secret_digest, 0), count(*) FROM resource_servers"
        " WHERE disabled_at IS NULL GROUP BY 1",
    },
}
#: A refresh is answered with a token of the key that signs; who has not refreshed since holds one of an older key.
_NOT_REFRESHED = (
    "SELECT count(*) FROM authorizations WHERE state = 'active' AND coalesce(moved_at, redeemed_at) < $1"
)


@dataclass(frozen=True, slots=True)
class Use:
    """How many of something were made with a key."""

    key_id: int
    what: str
    count: int


async def uses(database: Database, ring: Ring) -> list[Use]:
    """What lives by each key."""
    found: list[Use] = []
    for what, sql in _DIGESTS[ring].items():
        found += [Use(row[0], what, row[1]) for row in await database.fetch(sql)]
    return found


async def not_refreshed_since(database: Database, since: datetime | None) -> int:
    """How many authorizations may still hold a refresh token of an older key."""
    if since is None:
        return 0
    [row] = await database.fetch(_NOT_REFRESHED, since)
    return int(row[0])
