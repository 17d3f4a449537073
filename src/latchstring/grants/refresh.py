"""A refresh token becomes a new pair (RFC 6749 section 6), as `protocol/rotation` decides."""

from datetime import datetime

from latchstring.apps.lookup import Client
from latchstring.audit.scrub import masked
from latchstring.grants.ledger import Ledger
from latchstring.grants.mint import Granted, Mint
from latchstring.grants.model import Active, Authorization
from latchstring.grants.origin import Origin
from latchstring.grants.steps import Move, Revocation
from latchstring.protocol import faults, tokens
from latchstring.protocol.faults import Refusal
from latchstring.protocol.rehearsal import rehearse
from latchstring.protocol.rotation import Advance, Inactive, Repeat, Theft, judge
from latchstring.protocol.scope import read_scope
from latchstring.protocol.token_request import Refresh


async def refresh(
    ledger: Ledger, mint: Mint, request: Refresh, client: Client, now: datetime, origin: Origin
) -> Granted | Refusal:
    """Answer a refresh token with its successor and a new access token.

    A refused request consumes nothing, but for the one that tells of a theft: that ends the authorization.
    """
    found = await _find(ledger, mint, request.refresh_token, client, now)
    if isinstance(found, Refusal):
        return found
    authorization, state, generation = found
    scopes = _scopes(request.scope, client, authorization)
    if isinstance(scopes, Refusal):
        return scopes
    match judge(state.counter, generation, now, mint.lifetimes.rotation):
        case Advance(successor):
            return await _advance(ledger, mint, authorization, successor, scopes, now, origin)
        case Repeat(successor, late):
            if late:
                await _note_late(ledger, authorization, state, now, origin)
            return mint.pair(authorization, successor, scopes, now)
        case Inactive():
            return Refusal(faults.REFRESH_INACTIVE)
        case Theft():
            return await _stolen(ledger, authorization, state, generation, now, origin)


Found = tuple[Authorization, Active, int]


async def _find(ledger: Ledger, mint: Mint, text: str, client: Client, now: datetime) -> Found | Refusal:
    token = tokens.parse(text)
    if token is None:
        return Refusal(faults.REFRESH_MALFORMED, {**masked(text), "expected": "lsrt_…"})
    if token.kind is not tokens.Kind.REFRESH:
        return Refusal(faults.REFRESH_WRONG_KIND, {"received": f"{token.kind.value}_…", "expected": "lsrt_…"})
    if token.site != mint.site:
        return Refusal(faults.REFRESH_OF_ANOTHER_SITE, {"received": token.site, "expected": mint.site})
    found = await ledger.find_fresh(token.row.name)
    if found is None or not mint.proves(token, found):
        return Refusal(faults.REFRESH_UNKNOWN)
    if found.client_id != client.id:
        return Refusal(faults.REFRESH_OF_ANOTHER_CLIENT)
    if not isinstance(found.state, Active):
        return Refusal(faults.REFRESH_REVOKED, {"because": getattr(found.state, "because", "")})
    if found.owner_gone == "app_blocked":
        return Refusal(faults.REFRESH_APP_BLOCKED)
    if found.owner_gone or not found.granted:
        return Refusal(faults.REFRESH_OWNER_GONE, {"because": found.owner_gone or "scopes_dropped"})
    if isinstance(played := rehearse(found.watch, "refresh", now, authorized=found.consented_at), Refusal):
        return played
    return found, found.state, tokens.read_generation(token)


def _scopes(text: str | None, client: Client, authorization: Authorization) -> frozenset[str] | Refusal:
    """Never more than was granted. What the client may have but this authorization has not is left out,
    because several clients ask for everything again at each refresh."""
    if text is None:
        return authorization.granted
    wanted = read_scope(text)
    if wanted is None:
        return Refusal(faults.SCOPE_MALFORMED)
    if foreign := set(wanted) - set(client.scopes):
        noted = {"received": " ".join(wanted), "expected": " ".join(client.scopes)}
        return Refusal(faults.REFRESH_SCOPE, {**noted, "extra": " ".join(sorted(foreign))})
    narrowed = authorization.granted.intersection(wanted)
    return narrowed or Refusal(
        faults.REFRESH_SCOPE_EMPTY,
        {"received": " ".join(wanted), "expected": " ".join(sorted(authorization.granted))},
    )


async def _advance(
    ledger: Ledger,
    mint: Mint,
    authorization: Authorization,
    successor: int,
    scopes: frozenset[str],
    now: datetime,
    origin: Origin,
) -> Granted | Refusal:
    """Move the counter. If somebody else moved it meanwhile, read again: what is true now decides."""
    move = Move(authorization.organization_id, authorization.id, successor - 1, now, origin.presented_by)
    if not await ledger.move(move):
        current = await ledger.find_fresh(authorization.row_name)
        if current is None or not isinstance(current.state, Active):
            return Refusal(faults.REFRESH_REVOKED)
        if isinstance(judge(current.state.counter, successor - 1, now, mint.lifetimes.rotation), Theft):
            return await _stolen(ledger, current, current.state, successor - 1, now, origin)
    return mint.pair(authorization, successor, scopes, now)


async def _note_late(
    ledger: Ledger, authorization: Authorization, state: Active, now: datetime, origin: Origin
) -> None:
    """A retry that no lost answer explains: for the app's owner and the operator to look at."""
    await ledger.note(
        authorization,
        "refresh_token.presented_late",
        {"first": state.presented_by, "now": origin.presented_by},
        now,
        origin.request_id,
    )


async def _stolen(
    ledger: Ledger,
    authorization: Authorization,
    state: Active,
    generation: int,
    now: datetime,
    origin: Origin,
) -> Refusal:
    revocation = Revocation(
        authorization.organization_id,
        authorization.id,
        "refresh_token_reused",
        f"client:{authorization.client_id}",
        now,
        origin.request_id,
    )
    await ledger.revoke(revocation)
    noted = {
        "received": f"generation {generation}, from {origin.presented_by}",
        "expected": f"generation {state.counter.generation}, last from {state.presented_by}",
    }
    return Refusal(faults.REFRESH_REUSED, noted)
