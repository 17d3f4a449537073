"""What is asked of the token endpoint (RFC 6749 sections 4.1.3 and 6)."""

from dataclasses import dataclass

from latchstring.protocol import faults
from latchstring.protocol.faults import Refusal
from latchstring.protocol.parameters import Parameters

PARAMETERS = (
    "grant_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "refresh_token",
    "scope",
    "client_id",
    "client_secret",
    "token",
    "token_type_hint",
)


@dataclass(frozen=True, slots=True)
class CodeExchange:
    """`grant_type=authorization_code`. What is missing here is found out only after the code was looked up:
    a bad code and a bad verifier must get one answer."""

    code: str
    redirect_uri: str | None
    code_verifier: str | None


@dataclass(frozen=True, slots=True)
class Refresh:
    """`grant_type=refresh_token`, with the scope it may be narrowed to."""

    refresh_token: str
    scope: str | None


def read_token_request(body: Parameters) -> CodeExchange | Refresh | Refusal:
    """The grant that is asked for."""
    match body.get("grant_type"):
        case None:
            return Refusal(faults.GRANT_TYPE_MISSING)
        case "authorization_code":
            return _code_exchange(body)
        case "refresh_token":
            return _refresh(body)
        case other:
            return Refusal(faults.GRANT_TYPE_UNSUPPORTED, {"received": other[:100]})


def _code_exchange(body: Parameters) -> CodeExchange | Refusal:
    code = body.get("code")
    if code is None:
        return Refusal(faults.CODE_MISSING)
    return CodeExchange(code, body.get("redirect_uri"), body.get("code_verifier"))


def _refresh(body: Parameters) -> Refresh | Refusal:
    token = body.get("refresh_token")
    if token is None:
        return Refusal(faults.REFRESH_MISSING)
    return Refresh(token, body.get("scope"))
