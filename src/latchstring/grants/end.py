"""An organization ends an authorization: at once, for everything that was made from it but its API keys."""

from datetime import datetime
from uuid import UUID

from latchstring.grants.steps import Revocation
from latchstring.grants.store import writing
from latchstring.storage.database import Transaction


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
