"""What a refused call shows on a second look: where its credentials were, and what they are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal
from urllib.parse import parse_qsl

from latchstring.access.law import Presented
from latchstring.audit.scrub import masked
from latchstring.protocol import faults
from latchstring.protocol.faults import Cause, Refusal

Place = Literal["bearer", "query", "api_key"]

_IN_QUERY = ("access_token", "token", "bearer")
#: What is often written in place of Bearer; anything else may be a secret and is not repeated.
_SCHEMES = frozenset({"token", "basic", "digest", "oauth", "jwt", "key", "apikey", "bearer:"})
_KEYS = frozenset({faults.API_KEY_INVALID, faults.API_KEY_MISSING})
#: Refused this soon after it expired, a token was most likely still good when the program looked at it.
_JUST_S = 60
_IS = {
    "lsrt": faults.BEARER_IS_REFRESH,
    "lsac": faults.BEARER_IS_CODE,
    "lscs": faults.BEARER_IS_SECRET,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A call at the second look: what the law looked at, and what may explain the rest."""

    presented: Presented
    date: str | None
    query: bytes


def credentials_in(seen: Seen, refusal: Refusal) -> Iterator[tuple[Place, str]]:
    """Everything in the call that may be a credential, what the operation wants first."""
    found: list[tuple[Place, str]] = []
    presented = seen.presented
    if presented.authorization:
        scheme, _, text = presented.authorization.partition(" ")
        found.append(("bearer", (text or scheme).strip()))
    found += [("query", text) for text in _tokens_in(seen.query)]
    if presented.api_key:
        found.append(("api_key", presented.api_key))
    yield from reversed(found) if refusal.cause in _KEYS else found


def refined(refusal: Refusal, seen: Seen, place: Place, what: str, now: datetime) -> Refusal:
    """The refusal told as precisely as the call allows. `what`: the credential's prefix, or `key`."""
    refine = _REFINE.get(refusal.cause)
    return refine(refusal, seen, place, what, now) if refine else refusal


def _missing(refusal: Refusal, seen: Seen, place: Place, what: str, now: datetime) -> Refusal:
    if place == "query":
        return Refusal(faults.BEARER_IN_QUERY)
    if place != "bearer" or seen.presented.authorization is None:
        return refusal
    scheme, _, text = seen.presented.authorization.partition(" ")
    received = scheme if text and scheme.lower() in _SCHEMES else ""
    return Refusal(faults.BEARER_SCHEME, {"received": f"{received} …".lstrip(), "expected": "Bearer …"})


def _malformed(refusal: Refusal, seen: Seen, place: Place, what: str, now: datetime) -> Refusal:
    if what == "key":
        return Refusal(faults.API_KEY_IN_PLACE_OF_TOKEN)
    text = (seen.presented.authorization or "").partition(" ")[2].strip()
    return Refusal(refusal.cause, {**masked(text), "expected": "lsat_…"})


def _wrong_kind(refusal: Refusal, seen: Seen, place: Place, what: str, now: datetime) -> Refusal:
    return replace(refusal, cause=_IS.get(what, refusal.cause))


def _wrong_key(refusal: Refusal, seen: Seen, place: Place, what: str, now: datetime) -> Refusal:
    if what == "key":
        return refusal
    return Refusal(faults.TOKEN_IN_PLACE_OF_API_KEY, {"received": f"DD-API-KEY: {what}_…"})


def _expired(refusal: Refusal, seen: Seen, place: Place, what: str, now: datetime) -> Refusal:
    late = float(refusal.noted.get("late_s", "0"))
    theirs = _date(seen.date)
    behind = (now - theirs).total_seconds() if theirs else 0.0
    if behind > late:
        return Refusal(faults.BEARER_CLOCK, {**refusal.noted, "behind_s": f"{behind:.0f}"})
    return replace(refusal, cause=faults.BEARER_JUST_EXPIRED) if late < _JUST_S else refusal


_Refine = Callable[[Refusal, Seen, Place, str, datetime], Refusal]
_REFINE: dict[Cause, _Refine] = {
    faults.BEARER_MISSING: _missing,
    faults.BEARER_MALFORMED: _malformed,
    faults.BEARER_WRONG_KIND: _wrong_kind,
    faults.BEARER_EXPIRED: _expired,
    faults.API_KEY_INVALID: _wrong_key,
}


def _tokens_in(query: bytes) -> list[str]:
    if b"token" not in query and b"bearer" not in query:
        return []
    try:
        pairs = parse_qsl(query.decode("ascii"), max_num_fields=100)
    except ValueError:
        return []
    return [value for name, value in pairs if name.lower() in _IN_QUERY]


def _date(header: str | None) -> datetime | None:
    """The caller's clock, where it says (RFC 9110 section 6.6.1)."""
    try:
        found = parsedate_to_datetime(header or "")
    except (TypeError, ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
