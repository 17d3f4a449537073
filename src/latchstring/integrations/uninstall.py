"""An organization uninstalls an integration: everything of it ends in one transaction, and a receipt lists it.

The locks are taken in one order. First the authorizations: who is making a key holds one of them, and has made it or
makes none. Then the client: who is consenting holds it, and has consented or comes after. Then what came meanwhile.
"""

from uuid import UUID

import msgspec

from latchstring.api_keys import store as api_keys
from latchstring.audit.entries import Act, record
from latchstring.grants.steps import Revocation
from latchstring.grants.store import writing
from latchstring.integrations import receipts
from latchstring.integrations.model import Ended, EndedAuthorization, EndedKey, Receipt, Tile
from latchstring.kit.entropy import Entropy
from latchstring.storage.database import Transaction

#: Why what an uninstallation ended has ended.
UNINSTALLED = "uninstalled"

_AUTHORIZATIONS = """
SELECT a.id, a.user_id, u.name AS user_name, u.email AS user_email, a.scopes, a.revision, a.state, a.consented_at,
    a.last_used_at
FROM authorizations a JOIN users u ON u.id = a.user_id
WHERE a.organization_id = $1 AND a.client_id = $2 AND a.state IN ('pending', 'active')
ORDER BY a.id
"""

_KEYS = """
SELECT k.id, k.name, k.last4, u.name AS created_by_name, k.created_at, k.last_used_at
FROM api_keys k JOIN users u ON u.id = k.created_by
WHERE k.organization_id = $1 AND k.client_id = $2 AND k.revoked_at IS NULL ORDER BY k.id
"""

_LOCK_INSTALLATION = """
SELECT FROM installations WHERE organization_id = $1 AND integration_id = $2 FOR UPDATE
"""
_LOCK_CLIENT = "SELECT FROM clients WHERE id = $1 FOR UPDATE"
_FORGET = "DELETE FROM installations WHERE organization_id = $1 AND integration_id = $2"
_FORGET_CONNECTIONS = "DELETE FROM tile_connections WHERE organization_id = $1 AND client_id = $2"


async def what_would_end(tx: Transaction, organization_id: UUID, client_id: UUID) -> Ended:
    """What uninstalling now would end."""
    return Ended(
        await _authorizations(tx, organization_id, client_id),
        await _keys(tx, organization_id, client_id),
    )


async def uninstall(
    tx: Transaction, entropy: Entropy, act: Act, organization_id: UUID, tile: Tile, by: UUID | None
) -> Receipt | None:
    """End everything of the integration in this organization; the receipt, or None when there was nothing to end.

    When the transaction is done, no process accepts a token or a key of it any more.
    """
    tx.revokes()
    await tx.execute(_LOCK_INSTALLATION, organization_id, tile.id)
    authorizations = await _end_authorizations(tx, act, organization_id, tile.client_id)
    await tx.execute(_LOCK_CLIENT, tile.client_id)
    authorizations += await _end_authorizations(tx, act, organization_id, tile.client_id)
    keys = await _end_keys(tx, act, organization_id, tile.client_id, by)
    await tx.execute(_FORGET_CONNECTIONS, organization_id, tile.client_id)
    forgotten = await tx.execute(_FORGET, organization_id, tile.id)
    ended = Ended(authorizations, keys)
    if ended.is_nothing and not forgotten:
        return None
    receipt_id = await receipts.write(tx, entropy, act, organization_id, tile, by, ended)
    await record(
        tx,
        act,
        organization_id,
        "integration.uninstalled",
        subject=tile.id,
        client_id=tile.client_id,
        details={
            "integration": tile.name,
            "receipt": str(receipt_id),
            "authorizations": len(authorizations),
            "api_keys": len(keys),
        },
    )
    return await receipts.find(tx, organization_id, receipt_id)


async def _end_authorizations(
    tx: Transaction, act: Act, organization_id: UUID, client_id: UUID
) -> tuple[EndedAuthorization, ...]:
    found = await _authorizations(tx, organization_id, client_id, lock=True)
    revocations = [
        Revocation(organization_id, one.id, UNINSTALLED, act.actor, act.at, act.request_id) for one in found
    ]
    ended = await writing.revoke(tx, revocations)
    return tuple(one for one, really in zip(found, ended, strict=True) if really)


async def _authorizations(
    tx: Transaction, organization_id: UUID, client_id: UUID, *, lock: bool = False
) -> tuple[EndedAuthorization, ...]:
    rows = await tx.rows(_AUTHORIZATIONS + ("FOR UPDATE OF a" if lock else ""), organization_id, client_id)
    return tuple(msgspec.convert(dict(row), EndedAuthorization) for row in rows)


async def _keys(tx: Transaction, organization_id: UUID, client_id: UUID) -> tuple[EndedKey, ...]:
    rows = await tx.rows(_KEYS, organization_id, client_id)
    return tuple(msgspec.convert(dict(row), EndedKey) for row in rows)


async def _end_keys(
    tx: Transaction, act: Act, organization_id: UUID, client_id: UUID, by: UUID | None
) -> tuple[EndedKey, ...]:
    """Who revokes a single key meanwhile was there first, and it is not on this receipt."""
    known = {key.id: key for key in await _keys(tx, organization_id, client_id)}
    ended = await api_keys.revoke_of_client(
        tx, organization_id, client_id, by=by, act=act, because=UNINSTALLED
    )
    return tuple(known[key_id] for key_id in sorted(ended) if key_id in known)
