"""What goes back to the client: redirects, token answers, errors, metadata."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from latchstring.protocol.authorize import ReturnAddress
from latchstring.protocol.faults import Cause
from latchstring.protocol.scope import write_scope


@dataclass(frozen=True, slots=True)
class SiteWords:
    """How a site names itself to partners."""

    issuer: str
    domain: str
    authority: str


def with_parameters(uri: str, parameters: Mapping[str, str]) -> str:
    """`uri` with parameters appended to its query, which keeps what it has, in its order."""
    separator = "&" if "?" in uri else "?"
    return uri + separator + urlencode(parameters)


def code_redirect(to: ReturnAddress, code: str, site: SiteWords) -> str:
    """Where to send the browser with a code (RFC 6749 section 4.1.2, RFC 9207)."""
    state = {} if to.state is None else {"state": to.state}
    about = {"iss": site.issuer, "domain": site.domain, "site": site.authority}
    return with_parameters(to.redirect_uri, {"code": code, **state, **about})


def error_redirect(to: ReturnAddress, cause: Cause, issuer: str) -> str:
    """Where to send the browser with an error (RFC 6749 section 4.1.2.1, RFC 9207)."""
    state = {} if to.state is None else {"state": to.state}
    told = {"error": cause.error, "error_description": cause.description}
    return with_parameters(to.redirect_uri, {**told, **state, "iss": issuer})


def token_answer(
    access_token: str, refresh_token: str, scopes: tuple[str, ...], lifetime: int
) -> dict[str, str | int]:
    """The answer to a granted token request (RFC 6749 section 5.1)."""
    return {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": lifetime,
        "refresh_token": refresh_token,
        "scope": write_scope(scopes),
    }


def error_answer(cause: Cause) -> dict[str, str]:
    """The answer to a refused request of a client (RFC 6749 section 5.2)."""
    return {"error": cause.error, "error_description": cause.description}


def server_metadata(issuer: str, api_origin: str, scopes: Iterable[str]) -> dict[str, object]:
    """The authorization server's metadata (RFC 8414 section 2). What is not here does not exist."""
    methods = ["client_secret_basic", "client_secret_post"]
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth2/v1/authorize",
        "token_endpoint": f"{api_origin}/oauth2/v1/token",
        "revocation_endpoint": f"{api_origin}/oauth2/v1/revoke",
        "introspection_endpoint": f"{api_origin}/oauth2/v1/introspect",
        "scopes_supported": list(scopes),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_methods_supported": methods,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }


def resource_metadata(issuer: str, api_origin: str, scopes: Iterable[str]) -> dict[str, object]:
    """The API's metadata as a protected resource (RFC 9728 section 2)."""
    return {
        "resource": api_origin,
        "authorization_servers": [issuer],
        "scopes_supported": list(scopes),
        "bearer_methods_supported": ["header"],
    }
