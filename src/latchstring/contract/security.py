"""Reading what operations need: the security schemes of a contract and the alternatives written with them."""

from dataclasses import dataclass
from typing import Literal

from latchstring.contract.document import Document, Node
from latchstring.contract.model import Scope
from latchstring.contract.scopes import SCOPES

_CREDENTIALS: dict[str, Literal["token", "api_key"]] = {"oauth2": "token", "apiKey": "api_key"}


@dataclass(frozen=True, slots=True)
class Needs:
    """What an operation accepts: alternatives of scopes for a token, and whether an API key will do."""

    any_of: tuple[frozenset[str], ...]
    api_key: bool


@dataclass(frozen=True, slots=True)
class Schemes:
    """The security schemes by name, and the scopes that alternatives may name."""

    credentials: dict[str, Literal["token", "api_key"]]
    scopes: frozenset[str]


NOTHING = Needs((), False)


def read_schemes(document: Document, node: Node | None, scopes: dict[str, Scope], scopes_at: Node) -> Schemes:
    """Read the security schemes; scopes declared there and described under our extension must be the same."""
    credentials: dict[str, Literal["token", "api_key"]] = {}
    declared: dict[str, Node] = {}
    for name, at in document.mapping(node, "components.securitySchemes").items():
        scheme = document.mapping(at, f"security scheme {name!r}")
        written = document.text(scheme.get("type"), f"the type of security scheme {name!r}")
        if written not in _CREDENTIALS:
            document.fault(
                at, f"security scheme {name!r} has type {written!r}: write oauth2 (tokens) or apiKey"
            )
        credentials[name] = _CREDENTIALS.get(written, "token")
        if written == "oauth2":
            declared |= _declared_scopes(document, name, at, scheme)
    for scope in declared.keys() - scopes.keys():
        document.fault(declared[scope], f"scope {scope!r} has no texts: describe it under {SCOPES}")
    keys = document.keys(scopes_at)
    for scope in scopes.keys() - declared.keys():
        document.fault(
            keys.get(scope, scopes_at), f"scope {scope!r} is not declared: add it to the oauth2 scheme"
        )
    return Schemes(credentials, frozenset(declared))


def _declared_scopes(document: Document, name: str, at: Node, scheme: dict[str, Node]) -> dict[str, Node]:
    flows = document.mapping(scheme.get("flows"), f"the flows of security scheme {name!r}")
    flow = document.mapping(flows.get("authorizationCode"), "the authorizationCode flow")
    if "scopes" not in flow:
        document.fault(at, f"security scheme {name!r} lists no scopes: add flows.authorizationCode.scopes")
    document.mapping(flow.get("scopes"), f"the scopes of security scheme {name!r}")
    return document.keys(flow.get("scopes"))


def read_needs(document: Document, node: Node, operation: str, schemes: Schemes) -> Needs:
    """Read the `security` of an operation: alternatives, each naming one scheme and the scopes it takes."""
    alternatives = document.sequence(node, f"the security of {operation}")
    if not alternatives:
        document.fault(
            node, f"{operation} asks for no credential: write [{{OAuth: []}}] for any access token"
        )
    any_of: list[frozenset[str]] = []
    api_key = False
    for at in alternatives:
        need = _alternative(document, at, operation, schemes)
        any_of.extend(need.any_of)
        api_key = api_key or need.api_key
    return Needs(tuple(any_of), api_key)


def _alternative(document: Document, node: Node, operation: str, schemes: Schemes) -> Needs:
    entry = document.mapping(node, f"an alternative in the security of {operation}")
    if len(entry) != 1:
        document.fault(
            node, f"{operation}: an alternative names exactly one security scheme, as in {{OAuth: [scope]}}"
        )
        return NOTHING
    ((scheme, listed),) = entry.items()
    if scheme not in schemes.credentials:
        known = ", ".join(schemes.credentials) or "none is declared"
        document.fault(node, f"{operation}: security scheme {scheme!r} is unknown; known: {known}")
        return NOTHING
    items = document.sequence(listed, f"the scopes in the security of {operation}")
    if schemes.credentials[scheme] == "token":
        return Needs((frozenset(_known(document, item, operation, schemes) for item in items),), False)
    if items:
        document.fault(listed, f"{operation}: an API key has no scopes: write {{{scheme}: []}}")
    return Needs((), True)


def _known(document: Document, node: Node, operation: str, schemes: Schemes) -> str:
    scope = document.text(node, f"a scope in the security of {operation}")
    if scope and scope not in schemes.scopes:
        document.fault(node, f"{operation}: scope {scope!r} is unknown: correct its name or declare it")
    return scope
