"""A person consents to the difference of a revision: what they had allowed before is replaced by it, in one step."""

from datetime import datetime

from latchstring.grants.model import Authorization
from latchstring.grants.steps import Redemption, Revocation
from latchstring.grants.store import writing
from latchstring.storage.database import Database

# In the order of their ids, as everything that ends several locks them.
_HELD = """
SELECT id FROM authorizations
WHERE organization_id = $1 AND client_id = $2 AND user_id = $3 AND state IN ('pending', 'active')
ORDER BY id FOR UPDATE
"""

# Those that the difference was asked for, and that lose nothing: the new one has a scope that they wait for, and all
# of theirs that the client still has. Another connection of the same person to the same revision is left alone.
_REPLACED = """
SELECT a.id FROM authorizations n
JOIN authorizations a ON a.organization_id = n.organization_id AND a.client_id = n.client_id
    AND a.user_id = n.user_id AND a.id <> n.id AND a.state = 'active' AND a.revision < n.revision
JOIN clients c ON c.id = n.client_id
WHERE n.organization_id = $1 AND n.id = $2
  AND EXISTS (SELECT FROM unnest(c.scopes, c.scopes_since) AS s (scope, since)
              WHERE s.since > a.revision AND s.scope = ANY(n.scopes))
  AND n.scopes @> ARRAY(SELECT unnest(a.scopes) INTERSECT SELECT unnest(c.scopes))
ORDER BY a.id
"""

_KEYS = """
UPDATE api_keys SET authorization_id = $2
WHERE organization_id = $1 AND authorization_id = ANY($3) AND revoked_at IS NULL
"""


async def redeem_replacing(
    database: Database, found: Authorization, redemption: Redemption, at: datetime
) -> bool:
    """Make a pending authorization active, end what it replaces, and hand it the live API keys of that; False if it was
    redeemed before. When this returns, no process acts on what was replaced any more."""
    async with database.transaction() as tx:
        await tx.rows(_HELD, found.organization_id, found.client_id, found.user_id)
        if not (await writing.redeem(tx, [redemption], at))[0]:
            return False
        rows = await tx.rows(_REPLACED, found.organization_id, found.id)
        if replaced := [row["id"] for row in rows]:
            tx.revokes()
            actor, told = f"user:{found.user_id}", redemption.request_id
            ends = [Revocation(found.organization_id, one, "replaced", actor, at, told) for one in replaced]
            await writing.revoke(tx, ends)
            await tx.execute(_KEYS, found.organization_id, found.id, replaced)
    return True
