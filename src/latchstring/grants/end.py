"""An organization ends authorizations: at once, for everything that was made from them but their API keys."""

from datetime import datetime
from uuid import UUID

from latchstring.grants.steps import Revocation
from latchstring.grants.store import writing
from latchstring.storage.database import Transaction

_LIVE = """
SELECT id FROM authorizations
WHERE organization_id = $1 AND client_id = $2 AND state IN ('pending', 'active') ORDER BY id FOR UPDATE
"""


async def end(
    tx: Transaction,
    organization_id: UUID,
    authorization_id: UUID,
    *,
    actor: str,
    now: datetime,
    request_id: str,
) -> bool:
    """Revoke one authorization of this organization; True if it was live. When the transaction is done, no
    process accepts a token of it any more."""
    tx.revokes()
    revocation = Revocation(organization_id, authorization_id, "user_revoked", actor, now, request_id)
    return (await writing.revoke(tx, [revocation]))[0]


async def end_all(
    tx: Transaction,
    organization_id: UUID,
    client_id: UUID,
    *,
    actor: str,
    now: datetime,
    request_id: str,
) -> int:
    """Revoke everything that a client was allowed in this organization, whoever allowed it; how much that was. When
    the transaction is done, no process accepts a token of it any more."""
    tx.revokes()
    live = [row["id"] for row in await tx.rows(_LIVE, organization_id, client_id)]
    revocations = [Revocation(organization_id, one, "user_revoked", actor, now, request_id) for one in live]
    return sum(await writing.revoke(tx, revocations))
