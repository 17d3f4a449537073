"""What is filled into the examples: the reader's own app where it is theirs, else values that say what to put."""

from collections.abc import Mapping
from typing import Final

from latchstring.apps.lookup import Client
from latchstring.contract.model import Contract
from latchstring.protocol.client_authentication import uuid_of
from latchstring.sites.model import Site
from latchstring.web.documentation.blanks import fits_in_code
from latchstring.web.http import Request

GENERIC: Final[Mapping[str, str]] = {
    "client_id": "YOUR_CLIENT_ID",
    "redirect_uri": "http://localhost:8400/callback",
    "onboarding_url": "http://localhost:8400/start",
    "scopes": "monitors_read",
    "first_call": "/api/v1/monitor",
}


async def own_client(request: Request) -> Client | None:
    """The client that `?client=` names, when the reader's active organization owns it; otherwise nobody's."""
    client_id = uuid_of(request.query_params.get("client", ""))
    if client_id is None or request.signed_in is None:
        return None
    client = await request.platform.clients.get(client_id)
    if client is None or client.organization_id != request.signed_in.organization_id:
        return None
    return client


def values_for(client: Client | None, contract: Contract, site: Site) -> Mapping[str, str]:
    """The value of every blank."""
    return {
        **GENERIC,
        **({} if client is None else _of(client, contract)),
        "query": "" if client is None else f"?client={client.id}",
        "api_origin": site.api_origin,
        "app_origin": site.app_origin,
        "domain": site.domain,
    }


def _of(client: Client, contract: Contract) -> Mapping[str, str]:
    known = {
        "client_id": str(client.id),
        "redirect_uri": client.redirect_uris[0] if client.redirect_uris else "",
        "onboarding_url": client.onboarding_url,
        "scopes": " ".join(client.scopes),
    }
    fitting = {name: value for name, value in known.items() if value and fits_in_code(value)}
    return {**fitting, "first_call": _first_call(client, contract)} if client.scopes else fitting


def _first_call(client: Client, contract: Contract) -> str:
    """The path of something that the client's scopes let it read, or nothing when they only send.

    The shortest path of the newest version: most likely a plain list.
    """
    for scope in client.scopes:
        found = {
            operation.path
            for operation in contract.operations_unlocked_by(scope)
            if operation.method == "GET"
            and "{" not in operation.path
            and frozenset({scope}) in operation.any_of
        }
        if found:
            return min(sorted(found, reverse=True), key=len)
    return ""
