"""Who is calling the token, revoke and introspect endpoints: a client, by its secret."""

from dataclasses import dataclass

from starlette.responses import Response

from latchstring.access.resource_servers import KnownServer
from latchstring.apps.lookup import Client
from latchstring.protocol import credentials, faults
from latchstring.protocol.client_authentication import Credentials, read_credentials
from latchstring.protocol.faults import Refusal
from latchstring.protocol.parameters import Parameters
from latchstring.web.http import Request
from latchstring.web.oauth.bodies import refused
from latchstring.web.witness import note_refusal

#: Compared against when there is no such client, so that knowing none takes as long as knowing one.
_NOBODY = bytes([1]) + bytes(32)


@dataclass(frozen=True, slots=True)
class Turned:
    """A request that stops here, with its answer."""

    answer: Response


async def authenticated_client(request: Request, body: Parameters) -> Client | Turned:
    """The client whose secret was presented; otherwise the answer to give (RFC 6749 section 5.2)."""
    presented = read_credentials(request.authorization, body)
    if isinstance(presented, Refusal):
        return await turn(request, presented, None)
    client_id = presented.client_uuid
    client = await request.platform.clients.get(client_id) if client_id else None
    if not _secret_fits(request, presented, client.secret_digest if client else _NOBODY) or client is None:
        return await _wrong(request, presented, client)
    if not client.enabled:
        return await turn(request, Refusal(faults.CLIENT_IS_DISABLED), client)
    return client


async def authenticated_server(request: Request, presented: Credentials) -> KnownServer | None:
    """The resource server whose secret was presented, if it is one."""
    server_id = presented.client_uuid
    if server_id is None or not presented.secret.startswith(credentials.RESOURCE_SERVER_SECRET + "_"):
        return None
    server = await request.platform.resource_servers.get(server_id)
    fits = _secret_fits(
        request, presented, server.secret_digest if server else _NOBODY, purpose="resource-server-secret"
    )
    return server if fits else None


async def turn(
    request: Request, refusal: Refusal, client: Client | None, *, wait_s: int | None = None
) -> Turned:
    """Refuse, and keep the reason for the client's owner when the client is known."""
    if client is not None:
        await note_refusal(request, refusal, client)
    basic = request.headers.get("authorization", "").lower().startswith("basic")
    return Turned(refused(refusal.cause, basic=basic, retry_after_s=wait_s))


def _secret_fits(
    request: Request, presented: Credentials, digest: bytes, *, purpose: str = "client-secret"
) -> bool:
    return request.platform.shared_keys.matches(purpose, presented.secret, digest)


async def _wrong(request: Request, presented: Credentials, client: Client | None) -> Turned:
    """One answer for an unknown client and a wrong secret; after too many, one that says nothing at all."""
    subject = client.id if client else request.address
    wait_s = request.platform.attempts.failed(("client", subject))
    if wait_s is not None:
        return await turn(request, Refusal(faults.TOO_MANY_FAILURES), client, wait_s=wait_s)
    if client is None:
        return await turn(request, Refusal(faults.CLIENT_NOT_KNOWN), None)
    return await turn(request, _why_wrong(request, presented), client)


def _why_wrong(request: Request, presented: Credentials) -> Refusal:
    """For the owner: what is wrong with the secret, as far as its form tells."""
    if not credentials.is_well_formed(presented.secret, credentials.CLIENT_SECRET):
        return Refusal(
            faults.CLIENT_SECRET_MALFORMED, {"expected": "lscs_…", "received": masked(presented.secret)}
        )
    site = presented.secret.split("_")[1]
    if site != request.platform.site.key:
        noted = {"received": site, "expected": request.platform.site.key}
        return Refusal(faults.CLIENT_SECRET_OF_ANOTHER_SITE, noted)
    return Refusal(faults.CLIENT_SECRET_WRONG, {"received": masked(presented.secret)})


def masked(secret: str) -> str:
    """The last four characters of a long secret, and its length: enough to recognise one's own."""
    return f"…{secret[-4:]} ({len(secret)} characters)" if len(secret) > 16 else f"{len(secret)} characters"
