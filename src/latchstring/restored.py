"""After a backup was restored: what was ended since the backup lives again, and nobody knows any more what that was.

So whatever may be ended without harm is: sign-ins, codes, and access tokens, which partners renew by themselves. What
a customer or a partner would have to do again, authorizations and API keys, ends only when the operator says so.
"""

from dataclasses import dataclass
from uuid import UUID

from latchstring.audit.entries import HOST, Act, record
from latchstring.grants.steps import Revocation
from latchstring.grants.store import writing
from latchstring.storage.database import Transaction

_SIGN_INS = "UPDATE browser_sessions SET ended_at = $1 WHERE ended_at IS NULL"
_ACCESS_TOKENS = (
    "UPDATE authorizations SET access_dead_until = $1 WHERE state = 'active' AND access_dead_until < $1"
)
_OF_STATE = "SELECT organization_id, id FROM authorizations WHERE state = $1 ORDER BY 1, 2"
_API_KEYS = """
WITH ended AS (
    UPDATE api_keys SET revoked_at = $1, modified_at = $1 WHERE revoked_at IS NULL
    RETURNING organization_id, id, client_id
)
INSERT INTO audit_entries (organization_id, at, action, actor, client_id, subject, details, request_id)
SELECT organization_id, $1, 'api_key.revoked', $2, client_id, id::text, '{"because": "restored"}'::jsonb, $3 FROM ended
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """How many of each were ended."""

    sign_ins: int
    codes: int
    access_tokens_of: int
    authorizations: int
    api_keys: int


async def end_what_may_live_again(
    tx: Transaction, act: Act, *, authorizations: bool = False, api_keys: bool = False
) -> Ended:
    """End what a restored database can't be believed about, on every process once the transaction is done."""
    tx.revokes()
    ended = Ended(
        sign_ins=await tx.execute(_SIGN_INS, act.at),
        codes=await _end_all(tx, act, "pending"),
        access_tokens_of=await tx.execute(_ACCESS_TOKENS, int(act.at.timestamp())),
        authorizations=await _end_all(tx, act, "active") if authorizations else 0,
        api_keys=await tx.execute(_API_KEYS, act.at, act.actor, act.request_id) if api_keys else 0,
    )
    counts = {name: getattr(ended, name) for name in Ended.__dataclass_fields__}
    await record(tx, act, HOST, "site.restored", details=counts)
    return ended


async def _end_all(tx: Transaction, act: Act, state: str) -> int:
    found: list[tuple[UUID, UUID]] = [(row[0], row[1]) for row in await tx.rows(_OF_STATE, state)]
    asked = [Revocation(*one, "restored", act.actor, act.at, act.request_id) for one in found]
    return sum(await writing.revoke(tx, asked)) if asked else 0
