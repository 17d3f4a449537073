"""What a token stands for right now (RFC 7662). Whatever is not live, or not the asker's, is inactive."""

from datetime import datetime
from uuid import UUID

import msgspec

from latchstring.access.law import is_in_force
from latchstring.grants.ledger import Ledger
from latchstring.grants.mint import Mint
from latchstring.grants.model import Active, Authorization
from latchstring.grants.standing import Standing
from latchstring.protocol import tokens
from latchstring.protocol.rotation import Inactive, Theft, judge
from latchstring.protocol.scope import write_scope

INACTIVE = b'{"active":false}'


class Introspection:
    """Tells of tokens, in the JSON of section 2.2."""

    def __init__(self, ledger: Ledger, mint: Mint, issuer: str) -> None:
        self._ledger = ledger
        self._mint = mint
        self._issuer = issuer
        self._told: Standing[tuple[str, UUID | None], bytes] = Standing(ledger)

    async def of(self, text: str, asker: UUID | None, now: datetime) -> bytes | None:
        """The answer for a client's own tokens; `asker` None may ask for any.

        None when it is no token of ours, or not one of the asker's: to be told like anything inactive.
        """
        told = await self._told.answer((text, asker), now)
        return told if told is not None else await self._look(text, asker, now)

    async def _look(self, text: str, asker: UUID | None, now: datetime) -> bytes | None:
        token = tokens.parse(text)
        if token is None or token.kind is tokens.Kind.CODE or token.site != self._mint.site:
            return None
        name = token.row.name
        found = self._ledger.held(name) or await self._ledger.find(name)
        if found is None or not self._mint.proves(token, found):
            return None
        if asker is not None and found.client_id != asker:
            return None
        is_access = token.kind is tokens.Kind.ACCESS
        about = _access(token, found, now) if is_access else _refresh(token, found, self._mint, now)
        if about is None:
            return INACTIVE
        told = msgspec.json.encode({**_common(found, self._issuer), **about})
        if is_access:
            self._told.keep((text, asker), told, found, tokens.read_access(token))
        return told


def _common(found: Authorization, issuer: str) -> dict[str, object]:
    return {
        "active": True,
        "client_id": str(found.client_id),
        "sub": str(found.user_id),
        "org": str(found.organization_id),
        "token_type": "Bearer",
        "iss": issuer,
    }


def _access(token: tokens.Token, found: Authorization, now: datetime) -> dict[str, object] | None:
    access = tokens.read_access(token)
    if is_in_force(found, access, now) is not None:
        return None
    carried = tokens.scopes_in(found.scopes, access.subset)
    scopes = tuple(scope for scope in carried if scope in found.effective)
    return {"scope": write_scope(scopes), "iat": access.issued_at, "exp": access.expires_at}


def _refresh(
    token: tokens.Token, found: Authorization, mint: Mint, now: datetime
) -> dict[str, object] | None:
    if not isinstance(found.state, Active) or found.owner_gone:
        return None
    generation = tokens.read_generation(token)
    if isinstance(judge(found.state.counter, generation, now, mint.lifetimes.rotation), Theft | Inactive):
        return None
    scopes = tuple(scope for scope in found.scopes if scope in found.granted)
    return {"scope": write_scope(scopes), "iat": int(found.state.redeemed_at.timestamp())}
