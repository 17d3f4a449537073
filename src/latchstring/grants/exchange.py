"""A code becomes tokens (RFC 6749 section 4.1.3, RFC 7636 section 4.6), exactly once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from latchstring.apps.lookup import Client
from latchstring.audit.scrub import masked
from latchstring.grants.ledger import Ledger
from latchstring.grants.mint import Granted, Mint
from latchstring.grants.model import Active, Authorization, Pending, Revoked
from latchstring.grants.origin import Origin
from latchstring.grants.steps import Redemption, Revocation
from latchstring.protocol import faults, pkce, tokens
from latchstring.protocol.credentials import is_credential
from latchstring.protocol.faults import Refusal
from latchstring.protocol.token_request import CodeExchange


@dataclass(frozen=True, slots=True)
class Presented:
    """Everything a check may look at."""

    request: CodeExchange
    client: Client
    authorization: Authorization
    state: Pending
    now: datetime


async def exchange(
    ledger: Ledger, mint: Mint, request: CodeExchange, client: Client, now: datetime, origin: Origin
) -> Granted | Refusal:
    """Redeem a code for its client.

    A refused request consumes nothing. A code that was used before ends the authorization it created; of
    requests that race for one code, one wins and the others are refused: those that were here (`now`) before
    the code was redeemed are no replay.
    """
    found = await _find(ledger, mint, request.code, client)
    if isinstance(found, Refusal):
        return found
    if isinstance(found.state, Active):
        if now < found.state.redeemed_at:
            return Refusal(faults.CODE_USED)
        return await _replayed(ledger, found, now, origin)
    if isinstance(found.state, Revoked):
        return Refusal(faults.CODE_REVOKED, {"because": found.state.because})
    presented = Presented(request, client, found, found.state, now)
    for check in _CHECKS:
        if (refusal := check(presented)) is not None:
            return await _told_precisely(ledger, refusal, presented)
    redemption = Redemption(found.organization_id, found.id, origin.presented_by, origin.request_id)
    # A client of one revision has no difference to consent to, and its codes are redeemed many at a time.
    first = client.revision <= 1
    if not await (ledger.redeem(redemption) if first else ledger.redeem_replacing(found, redemption)):
        return Refusal(faults.CODE_USED)
    return mint.pair(found, 1, found.granted, now)


async def _find(ledger: Ledger, mint: Mint, code: str, client: Client) -> Authorization | Refusal:
    token = tokens.parse(code)
    if token is None or token.kind is not tokens.Kind.CODE:
        return _no_code(code, token)
    if token.site != mint.site:
        return Refusal(faults.CODE_OF_ANOTHER_SITE, {"received": token.site, "expected": mint.site})
    found = await ledger.find_fresh(token.row.name)
    if found is None or not mint.proves(token, found):
        return Refusal(faults.CODE_UNKNOWN)
    if found.client_id != client.id:
        return Refusal(faults.CODE_OF_ANOTHER_CLIENT)
    return found


def _no_code(code: str, token: tokens.Token | None) -> Refusal:
    other = token is not None or is_credential(code)
    fault = faults.CODE_WRONG_KIND if other else faults.CODE_MALFORMED
    return Refusal(fault, {**masked(code), "expected": "lsac_…"})


async def _told_precisely(ledger: Ledger, refusal: Refusal, p: Presented) -> Refusal:
    """A wrong verifier is often the one of another attempt, such as another tab's: say so to the owner (T9)."""
    verifier = p.request.code_verifier
    if refusal.cause is not faults.VERIFIER_WRONG or verifier is None:
        return refusal
    began_at = await ledger.other_flow(p.authorization, pkce.challenge_of(verifier))
    if began_at is None:
        return refusal
    return Refusal(faults.VERIFIER_OF_ANOTHER_FLOW, {"other_at": began_at.isoformat(timespec="seconds")})


async def _replayed(ledger: Ledger, found: Authorization, now: datetime, origin: Origin) -> Refusal:
    """Only the code's own client gets here, so nobody else can end an authorization this way."""
    revocation = Revocation(
        found.organization_id, found.id, "code_replayed", f"client:{found.client_id}", now, origin.request_id
    )
    await ledger.revoke(revocation)
    return Refusal(faults.CODE_USED)


def _code_is_young_enough(p: Presented) -> Refusal | None:
    if p.now < p.state.expires_at:
        return None
    late = (p.now - p.state.expires_at).total_seconds()
    return Refusal(faults.CODE_EXPIRED, {"late_s": f"{late:.0f}"})


def _owner_is_still_there(p: Presented) -> Refusal | None:
    gone = p.authorization.owner_gone
    if gone == "app_blocked":
        return Refusal(faults.CODE_APP_BLOCKED)
    return Refusal(faults.CODE_OWNER_GONE, {"because": gone}) if gone else None


def _something_is_still_granted(p: Presented) -> Refusal | None:
    return None if p.authorization.granted else Refusal(faults.CODE_OWNER_GONE, {"because": "scopes_dropped"})


def _redirect_uri_is_the_same(p: Presented) -> Refusal | None:
    if p.request.redirect_uri == p.state.redirect_uri:
        return None
    noted = {"received": p.request.redirect_uri or "", "expected": p.state.redirect_uri}
    return Refusal(faults.CODE_REDIRECT_URI, noted)


def _verifier_proves_the_challenge(p: Presented) -> Refusal | None:
    verifier = p.request.code_verifier
    if verifier is None:
        return Refusal(faults.VERIFIER_MISSING)
    if not pkce.is_verifier(verifier):
        return Refusal(faults.VERIFIER_MALFORMED, _misfit(verifier))
    if pkce.proves(verifier, p.state.code_challenge):
        return None
    if verifier == p.state.code_challenge:
        return Refusal(faults.VERIFIER_IS_CHALLENGE)
    return Refusal(faults.VERIFIER_WRONG)


def _misfit(verifier: str) -> dict[str, str]:
    """How long it is, and the first character that no verifier has; never the verifier itself."""
    noted = {"length": str(len(verifier)), "expected_length": "43–128"}
    place = pkce.first_misfit(verifier)
    if place is not None:
        noted.update(position=str(place + 1), character=ascii(verifier[place])[1:-1])
    return noted


_CHECKS: tuple[Callable[[Presented], Refusal | None], ...] = (
    _code_is_young_enough,
    _owner_is_still_there,
    _something_is_still_granted,
    _redirect_uri_is_the_same,
    _verifier_proves_the_challenge,
)
