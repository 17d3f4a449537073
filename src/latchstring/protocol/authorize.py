"""The authorization request (RFC 6749 section 4.1.1), judged in a fixed order.

Until client and redirect URI are known to be right, a fault is *shown*; from then on it is *sent* to the
client. `Shown` and `Sent` are different types, so that neither can be mistaken for the other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from latchstring.protocol import faults, pkce
from latchstring.protocol.faults import Cause, Refusal
from latchstring.protocol.parameters import Parameters
from latchstring.protocol.scope import read_scope

#: Everything the request may carry that we look at.
PARAMETERS = (
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)


class AuthorizingClient(Protocol):
    """What this module has to know of a client."""

    @property
    def redirect_uris(self) -> tuple[str, ...]: ...
    @property
    def scopes(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class ReturnAddress:
    """A redirect URI that was found to be the client's, and the state to give back with it."""

    redirect_uri: str
    state: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A fault to show to the person: the redirect URI can't be trusted."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Sent:
    """A fault to send to the client (once the person is known), at an address that is the client's."""

    refusal: Refusal
    to: ReturnAddress


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request that may be put before a person."""

    to: ReturnAddress
    scopes: tuple[str, ...]
    code_challenge: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What the request may ask for: the contract's scopes, and the private ones this partner may not have."""

    known: frozenset[str]
    withheld: frozenset[str]


def client_id_of(parameters: Parameters) -> str | Shown:
    """The client's id: the first thing to look at, before any look-up."""
    if "client_id" in parameters.repeated:
        return Shown(Refusal(faults.CLIENT_ID_REPEATED))
    client_id = parameters.get("client_id")
    return client_id if client_id is not None else Shown(Refusal(faults.CLIENT_ID_MISSING))


def return_address(parameters: Parameters, client: AuthorizingClient) -> ReturnAddress | Shown:
    """The redirect URI, which must be one of the client's as an exact string (RFC 9700 section 2.1)."""
    if "redirect_uri" in parameters.repeated:
        return Shown(Refusal(faults.REDIRECT_URI_REPEATED))
    redirect_uri = parameters.get("redirect_uri")
    if redirect_uri is None:
        return Shown(Refusal(faults.REDIRECT_URI_MISSING, {"expected": "\n".join(client.redirect_uris)}))
    if redirect_uri not in client.redirect_uris:
        noted = {"received": redirect_uri, "expected": "\n".join(client.redirect_uris)}
        return Shown(Refusal(faults.REDIRECT_URI_MISMATCH, noted))
    state = None if "state" in parameters.repeated else parameters.get("state")
    return ReturnAddress(redirect_uri, state)


def read_request(
    parameters: Parameters, to: ReturnAddress, client: AuthorizingClient, offer: Offer
) -> AuthorizationRequest | Sent:
    """The rest of the request; the first check that fails decides."""
    for check in _CHECKS:
        if (refusal := check(parameters)) is not None:
            return Sent(refusal, to)
    scopes = _scopes(parameters.get("scope"), client, offer)
    if isinstance(scopes, Refusal):
        return Sent(scopes, to)
    return AuthorizationRequest(to, scopes, parameters.values["code_challenge"])


def _nothing_is_repeated(parameters: Parameters) -> Refusal | None:
    name = parameters.first_repeated(PARAMETERS)
    return Refusal(faults.PARAMETER_REPEATED, {"parameter": name}) if name else None


def _response_type_is_code(parameters: Parameters) -> Refusal | None:
    given = parameters.get("response_type")
    if given is None:
        return Refusal(faults.RESPONSE_TYPE_MISSING, {"expected": "code"})
    return _expect(given, "code", faults.RESPONSE_TYPE_UNSUPPORTED)


def _challenge_is_there(parameters: Parameters) -> Refusal | None:
    return None if parameters.get("code_challenge") else Refusal(faults.CHALLENGE_MISSING)


def _challenge_method_is_s256(parameters: Parameters) -> Refusal | None:
    """Missing means `plain` (RFC 7636 section 4.3), which we do not take."""
    given = parameters.get("code_challenge_method")
    return _expect(given or "plain", "S256", faults.CHALLENGE_METHOD)


def _challenge_is_well_formed(parameters: Parameters) -> Refusal | None:
    challenge = parameters.values["code_challenge"]
    if pkce.is_challenge(challenge):
        return None
    noted = {"length": str(len(challenge)), "expected_length": "43", "form": pkce.form_of(challenge)}
    return Refusal(faults.CHALLENGE_MALFORMED, noted)


_CHECKS: tuple[Callable[[Parameters], Refusal | None], ...] = (
    _nothing_is_repeated,
    _response_type_is_code,
    _challenge_is_there,
    _challenge_method_is_s256,
    _challenge_is_well_formed,
)


def _scopes(text: str | None, client: AuthorizingClient, offer: Offer) -> tuple[str, ...] | Refusal:
    """What is asked for: all of the client's scopes when `scope` is omitted."""
    wanted = client.scopes if text is None else read_scope(text)
    if not wanted:
        return Refusal(faults.SCOPE_MALFORMED, {"received": text or "", "expected": " ".join(client.scopes)})
    for fault, refused in (
        (faults.SCOPE_UNKNOWN, set(wanted) - offer.known),
        (faults.SCOPE_PRIVATE, set(wanted) & offer.withheld),
        (faults.SCOPE_NOT_OF_CLIENT, set(wanted) - set(client.scopes)),
    ):
        if refused:
            noted = {"received": " ".join(wanted), "expected": " ".join(client.scopes)}
            return Refusal(fault, {**noted, "extra": " ".join(sorted(refused))})
    return tuple(scope for scope in client.scopes if scope in set(wanted))


def _expect(given: str, wanted: str, fault: Cause) -> Refusal | None:
    return None if given == wanted else Refusal(fault, {"received": given[:200], "expected": wanted})


Decision = Literal["allow", "deny"]


def sent_again(parameters: Parameters) -> Mapping[str, str]:
    """The parameters of the request as the consent form sends them again: those we look at, as they came."""
    return {name: parameters.values[name] for name in PARAMETERS if parameters.values.get(name)}
