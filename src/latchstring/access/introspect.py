"""What a token stands for right now (RFC 7662). Whatever is not live, or not the asker's, is inactive."""

from datetime import datetime
from uuid import UUID

from latchstring.access.law import is_in_force
from latchstring.grants.ledger import Ledger
from latchstring.grants.mint import Mint
from latchstring.grants.model import Active, Authorization
from latchstring.protocol import tokens
from latchstring.protocol.rotation import Inactive, Theft, judge
from latchstring.protocol.scope import write_scope

INACTIVE: dict[str, object] = {"active": False}


async def introspect(
    ledger: Ledger, mint: Mint, text: str, *, asker: UUID | None, issuer: str, now: datetime
) -> dict[str, object] | None:
    """The introspection answer (section 2.2) for a client's own tokens; `asker` None may ask for any.

    None when it is no token of ours, or not one of the asker's: to be told like anything inactive.
    """
    token = tokens.parse(text)
    if token is None or token.kind is tokens.Kind.CODE or token.site != mint.site:
        return None
    name = token.row.name
    found = ledger.held(name) or await ledger.find(name)
    if found is None or not mint.proves(token, found):
        return None
    if asker is not None and found.client_id != asker:
        return None
    about = (
        _access(token, found, now) if token.kind is tokens.Kind.ACCESS else _refresh(token, found, mint, now)
    )
    return INACTIVE if about is None else {**_common(found, issuer), **about}


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
