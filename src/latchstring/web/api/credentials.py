"""Platform credentials and resource servers, over JSON."""

from uuid import UUID

from msgspec import Struct
from starlette.responses import Response

from latchstring.accounts import credentials, resource_servers
from latchstring.accounts.credentials import CredentialLine, Holder, Kind, Minted
from latchstring.accounts.model import ResourceServer
from latchstring.accounts.refused import Forbidden, Missing, Refused
from latchstring.accounts.resource_servers import NewSecret
from latchstring.accounts.store import organizations, people
from latchstring.web.api.answers import Many, One, many, nothing, one
from latchstring.web.api.asking import act_of, id_of, paging_of
from latchstring.web.api.rows import OPERATOR, OWN, PAGE, row
from latchstring.web.http import Request
from latchstring.web.routing import Route


class Caller(Struct):
    """Who the presented credential is, and what it may do now."""

    credential_id: UUID
    kind: Kind
    name: str
    organization_id: UUID | None
    user_id: UUID | None
    permissions: list[str]


class NewCredential(Struct, forbid_unknown_fields=True):
    """An operator makes one for a member by naming both, or another operator's by naming neither."""

    name: str
    organization_id: UUID | None = None
    user_id: UUID | None = None


class NewResourceServer(Struct, forbid_unknown_fields=True):
    """A program of the host that may introspect any token."""

    name: str


async def read_caller(request: Request) -> Response:
    who = request.credential
    return one(Caller(who.id, who.kind, who.name, who.organization_id, who.user_id, sorted(who.permissions)))


async def list_credentials(request: Request) -> Response:
    page = paging_of(request)
    found = await credentials.page(request.tx, _holder(request), after=page.after_id, limit=page.size + 1)
    return many(found, page.size, lambda credential: credential.id)


async def create_credential(request: Request) -> Response:
    asked = await request.json_as(NewCredential)
    platform = request.platform
    made = await credentials.mint(
        request.tx,
        platform.keys,
        platform.entropy,
        act_of(request),
        site=platform.site.key,
        name=asked.name,
        holder=await _new_holder(request, asked),
    )
    return one(made, 201)


async def revoke_credential(request: Request) -> Response:
    await credentials.revoke(request.tx, act_of(request), _holder(request), id_of(request, "credential_id"))
    return nothing()


async def list_resource_servers(request: Request) -> Response:
    page = paging_of(request)
    found = await organizations.resource_servers(request.tx, page.after_id, page.size + 1)
    return many(found, page.size, lambda server: server.id)


async def create_resource_server(request: Request) -> Response:
    asked, platform = await request.json_as(NewResourceServer), request.platform
    made = await resource_servers.create(
        request.tx,
        platform.shared_keys,
        platform.entropy,
        act_of(request),
        site=platform.site.key,
        name=asked.name,
    )
    return one(made, 201)


async def read_resource_server(request: Request) -> Response:
    return one(await resource_servers.get(request.tx, id_of(request, "resource_server_id")))


async def regenerate_resource_server_secret(request: Request) -> Response:
    platform = request.platform
    made = await resource_servers.regenerate_secret(
        request.tx,
        platform.shared_keys,
        platform.entropy,
        act_of(request),
        id_of(request, "resource_server_id"),
        site=platform.site.key,
    )
    return one(made, 201)


async def disable_resource_server(request: Request) -> Response:
    server_id = id_of(request, "resource_server_id")
    await resource_servers.disable(request.tx, act_of(request), server_id)
    return one(await resource_servers.get(request.tx, server_id))


async def enable_resource_server(request: Request) -> Response:
    await resource_servers.enable(request.tx, act_of(request), id_of(request, "resource_server_id"))
    return nothing()


def _holder(request: Request) -> Holder | None:
    """Whose credentials the caller sees: their own, or all of them (None) for an operator."""
    who = request.credential
    if who.organization_id is None or who.user_id is None:
        return None
    return Holder(who.organization_id, who.user_id)


async def _new_holder(request: Request, asked: NewCredential) -> Holder | None:
    own, named = _holder(request), (asked.organization_id, asked.user_id)
    if own is not None:
        if named not in ((None, None), (own.organization_id, own.user_id)):
            raise Forbidden("you can make credentials for yourself only")
        return own
    if named == (None, None):
        return None
    if asked.organization_id is None or asked.user_id is None:
        raise Refused("must both be given, or neither", field="user_id")
    if not await people.is_member(request.tx, asked.organization_id, asked.user_id):
        raise Missing("member", field="user_id")
    return Holder(asked.organization_id, asked.user_id)


_SERVERS = "/resource_servers"
_SERVER = _SERVERS + "/{resource_server_id}"

ROUTES: tuple[Route, ...] = (
    row("GET", "/caller", read_caller, OWN, "Say who the presented credential is", gives=One[Caller]),
    row("GET", "/credentials", list_credentials, OWN, "List credentials: one's own, or all for an operator",
        gives=Many[CredentialLine], query=PAGE),
    row("POST", "/credentials", create_credential, OWN, "Create a credential; its value is shown once",
        takes=NewCredential, gives=One[Minted], status=201),
    row("DELETE", "/credentials/{credential_id}", revoke_credential, OWN, "Revoke a credential", status=204),
    row("GET", _SERVERS, list_resource_servers, OPERATOR, "List resource servers",
        gives=Many[ResourceServer], query=PAGE),
    row("POST", _SERVERS, create_resource_server, OPERATOR,
        "Register a resource server, which may introspect any token; its secret is shown once",
        takes=NewResourceServer, gives=One[NewSecret], status=201),
    row("GET", _SERVER, read_resource_server, OPERATOR, "Read a resource server", gives=One[ResourceServer]),
    row("POST", _SERVER + "/secret", regenerate_resource_server_secret, OPERATOR,
        "Regenerate a resource server's secret; the old one is dead", gives=One[NewSecret], status=201),
    row("PUT", _SERVER + "/disablement", disable_resource_server, OPERATOR, "Disable a resource server",
        gives=One[ResourceServer]),
    row("DELETE", _SERVER + "/disablement", enable_resource_server, OPERATOR,
        "Enable a resource server again",
        status=204),
)  # fmt: skip
