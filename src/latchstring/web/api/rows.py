"""How a row of the administration API is written: the route and its entry in the OpenAPI document in one."""

from collections.abc import Mapping
from typing import Any

from latchstring.web.api.answers import answering
from latchstring.web.http import Handler
from latchstring.web.needs import Need, PlatformCredential, permissions
from latchstring.web.routing import Document, Route

PREFIX = "/platform/v1"
#: Only the host's operators.
OPERATOR = PlatformCredential(operator=True)
#: Operators, and everybody for what is their own.
OWN = PlatformCredential()
#: The query of every list.
PAGE: Mapping[str, Any] = {"page[after]": str, "page[size]": int}


def holding(*names: str) -> PlatformCredential:
    """Operators, and those who hold all of these permissions in the organization."""
    return PlatformCredential(all_of=permissions(*names))


def row(
    method: str,
    path: str,
    handler: Handler,
    needs: Need,
    summary: str,
    *,
    takes: Any = None,
    gives: Any = None,
    status: int = 200,
    query: Mapping[str, Any] | None = None,
    files: tuple[str, ...] = (),
) -> Route:
    """One operation."""
    document = Document(summary, takes, gives, status, query or {}, files)
    return Route(method, PREFIX + path, answering(handler), needs, document)
