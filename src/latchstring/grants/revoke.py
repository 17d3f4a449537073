"""A client gives up a token (RFC 7009): a refresh token takes the authorization along, an access token only
itself. What is unknown, foreign or already dead is answered like success."""

from datetime import UTC, datetime

from latchstring.apps.lookup import Client
from latchstring.grants.ledger import Ledger
from latchstring.grants.mint import Mint
from latchstring.grants.model import Active, Authorization
from latchstring.grants.origin import Origin
from latchstring.grants.steps import Denial, Revocation
from latchstring.protocol import tokens

#: More single access tokens of one authorization than this are not listed one by one: they end all at once.
_MOST_DENIED = 500


async def revoke(
    ledger: Ledger, mint: Mint, text: str, client: Client, now: datetime, origin: Origin
) -> None:
    """End what `text` stands for, if it is a live token of this client."""
    token = tokens.parse(text)
    if token is None or token.site != mint.site:
        return
    found = await ledger.find(token.row.name)
    if found is None or found.client_id != client.id or not mint.proves(token, found):
        return
    if not isinstance(found.state, Active):
        return
    if token.kind is tokens.Kind.REFRESH:
        await _revoke_all(ledger, found, now, origin)
    elif token.kind is tokens.Kind.ACCESS:
        await _deny(ledger, found, tokens.read_access(token), now, origin)


async def _revoke_all(ledger: Ledger, found: Authorization, now: datetime, origin: Origin) -> None:
    actor = f"client:{found.client_id}"
    revocation = Revocation(found.organization_id, found.id, "client_revoked", actor, now, origin.request_id)
    await ledger.revoke(revocation)


async def _deny(
    ledger: Ledger, found: Authorization, access: tokens.Access, now: datetime, origin: Origin
) -> None:
    if access.expires_at <= now.timestamp() or access.nonce in found.denied:
        return
    if len(found.denied) >= _MOST_DENIED:
        await ledger.deny_all(found, int(now.timestamp()))
        return
    expires_at = datetime.fromtimestamp(access.expires_at, UTC)
    denial = Denial(
        found.organization_id, found.id, access.nonce, expires_at, now, found.client_id, origin.request_id
    )
    await ledger.deny(denial)
