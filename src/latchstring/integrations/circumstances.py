"""What a consent depends on besides the request: the organization's app policy, whether the flow began at the tile, and
what the same person has allowed before. One question to the database, and one judgement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from latchstring.storage.database import Database

#: Why a person can't allow: the app is blocked by a rule, is not on the allow-list, asks for nothing within the limit,
#: or the flow began at the tile and the person lacks a permission.
Hindrance = Literal["blocked", "not_listed", "beyond_limit", "lacking"]

_READ = """
SELECT h.blocked, h.withheld, r.rule IS NOT DISTINCT FROM 'block' AS by_rule,
    EXISTS (SELECT FROM tile_connections t WHERE t.organization_id = $1 AND t.user_id = $2 AND t.client_id = $3
        AND t.expires_at > $5) AS from_tile,
    ARRAY(SELECT DISTINCT scope FROM (SELECT revision, scopes FROM authorizations
            WHERE organization_id = $1 AND user_id = $2 AND client_id = $3 AND state = 'active' LIMIT 50) a
        JOIN clients c ON c.id = $3, unnest(a.scopes) scope
        WHERE coalesce(c.scopes_since[array_position(c.scopes, scope)], 0) <= a.revision) AS held
FROM held_back($1, $3, $4) h
LEFT JOIN app_rules r ON r.organization_id = $1 AND r.client_id = $3
"""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """`scopes`: what may be allowed of what was asked; `withheld`: what the organization takes away. `held`: what live
    authorizations of the same person carry already. `from_tile`: they pressed Connect Accounts within the hour."""

    scopes: tuple[str, ...]
    withheld: tuple[str, ...]
    held: frozenset[str]
    from_tile: bool
    hindrance: Hindrance | None

    @property
    def is_policy(self) -> bool:
        """Whether it is the organization's app policy that hinders."""
        return self.hindrance in ("blocked", "not_listed", "beyond_limit")

    @property
    def new(self) -> tuple[str, ...]:
        """What of the scopes would be new, where some are not: consent to the difference (B4)."""
        new = tuple(scope for scope in self.scopes if scope not in self.held)
        return new if len(new) < len(self.scopes) else ()


async def circumstances(
    database: Database,
    organization_id: UUID,
    user_id: UUID,
    client_id: UUID,
    *,
    scopes: tuple[str, ...],
    permissions: frozenset[str],
    now: datetime,
) -> Circumstances:
    """How the consent of somebody with these permissions to these scopes stands in the organization, now."""
    row = (await database.fetch(_READ, organization_id, user_id, client_id, list(scopes), now))[0]
    withheld = frozenset(row["withheld"])
    left = tuple(scope for scope in scopes if scope not in withheld)
    hindrance: Hindrance | None = None
    if row["blocked"]:
        hindrance = "blocked" if row["by_rule"] else "not_listed"
    elif not left:
        hindrance = "beyond_limit"
    elif row["from_tile"] and not permissions.issuperset(left):
        hindrance = "lacking"
    taken = tuple(scope for scope in scopes if scope in withheld)
    return Circumstances(left or scopes, taken, frozenset(row["held"]), row["from_tile"], hindrance)
