"""What the consent page has to know of an organization besides the request: one question to the database."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from latchstring.storage.database import Database

_READ = """
SELECT h.blocked, h.withheld, r.rule AS rule, coalesce(p.mode, 'any') AS mode,
    EXISTS (SELECT FROM tile_connections t WHERE t.organization_id = $1 AND t.user_id = $2 AND t.client_id = $3
        AND t.expires_at > $5) AS from_tile,
    ARRAY(SELECT DISTINCT scope FROM authorizations a JOIN clients c ON c.id = a.client_id, unnest(a.scopes) scope
        WHERE a.organization_id = $1 AND a.user_id = $2 AND a.client_id = $3 AND a.state = 'active'
          AND coalesce(c.scopes_since[array_position(c.scopes, scope)], 0) <= a.revision) AS held
FROM held_back($1, $3, $4) h
LEFT JOIN app_policies p ON p.organization_id = $1
LEFT JOIN app_rules r ON r.organization_id = $1 AND r.client_id = $3
"""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """`from_tile`: the person pressed Connect Accounts a while ago. `held`: what live authorizations of the same
    person carry already. `blocked`, `listed_only`, `withheld`: what the organization's app policy says."""

    blocked: bool
    listed_only: bool
    withheld: frozenset[str]
    from_tile: bool
    held: frozenset[str]


async def circumstances(
    database: Database,
    organization_id: UUID,
    user_id: UUID,
    client_id: UUID,
    scopes: tuple[str, ...],
    now: datetime,
) -> Circumstances:
    """How this person's consent to these scopes stands in the organization, now."""
    row = (await database.fetch(_READ, organization_id, user_id, client_id, list(scopes), now))[0]
    return Circumstances(
        blocked=row["blocked"],
        listed_only=row["mode"] == "allow_list" and row["rule"] is None,
        withheld=frozenset(row["withheld"]),
        from_tile=row["from_tile"],
        held=frozenset(row["held"]),
    )
