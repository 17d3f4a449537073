"""Who is calling the token, revoke and introspect endpoints: a client, by its secret."""

from dataclasses import dataclass, replace

from starlette.responses import Response

from latchstring.access.resource_servers import KnownServer
from latchstring.apps.lookup import Client
from latchstring.protocol import credentials, faults
from latchstring.protocol.client_authentication import Credentials, named_client, read_credentials, uuid_of
from latchstring.protocol.credentials import is_credential
from latchstring.protocol.faults import Refusal
from latchstring.protocol.parameters import Parameters
from latchstring.protocol.rehearsal import rehearse
from latchstring.web.http import Request
from latchstring.web.oauth.bodies import refused
from latchstring.web.oauth.wrong_secret import why_wrong
from latchstring.web.witness import note_refusal

#: Compared against when there is no such client, so that knowing none takes as long as knowing one.
_NOBODY = bytes([1]) + bytes(32)


@dataclass(frozen=True, slots=True)
class Turned:
    """A request that stops here, with its answer."""

    answer: Response


async def authenticated_client(
    request: Request, body: Parameters, presented: Credentials | Refusal | None = None
) -> Client | Turned:
    """The client whose secret was presented (or is to be read); otherwise the answer to give (RFC 6749 section
    5.2)."""
    presented = presented or read_credentials(request.authorization, body)
    if isinstance(presented, Refusal):
        named = named_client(request.headers.get("authorization"), body)
        return await turn(request, replace(presented, named=named), None)
    client_id = presented.client_uuid
    client = await request.platform.clients.get(client_id) if client_id else None
    if not _secret_fits(request, presented, client.secret_digest if client else _NOBODY) or client is None:
        return await _wrong(request, presented, client)
    if not client.enabled:
        return await turn(request, Refusal(faults.CLIENT_IS_DISABLED), client)
    if client.awaits_approval:
        return await turn(request, Refusal(faults.CLIENT_IS_NOT_PUBLISHED), client)
    if isinstance(played := rehearse(client.watch, "client", request.platform.clock.now()), Refusal):
        return await turn(request, played, client)
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
    request: Request,
    refusal: Refusal,
    client: Client | None,
    *,
    proven: bool = True,
    wait_s: int | None = None,
) -> Turned:
    """Refuse, and keep the reason for the owner of the client, which is known or at least named."""
    if client is None and refusal.named is not None:
        client, proven = await request.platform.clients.get(refusal.named), False
    if client is not None:
        await note_refusal(request, refusal, client, proven=proven)
    return Turned(refused(refusal.cause, retry_after_s=wait_s))


def _secret_fits(
    request: Request, presented: Credentials, digest: bytes, *, purpose: str = "client-secret"
) -> bool:
    return request.platform.shared_keys.matches(purpose, presented.secret, digest)


async def _wrong(request: Request, presented: Credentials, client: Client | None) -> Turned:
    """One answer for an unknown client and a wrong secret; after too many, one that says nothing at all."""
    subject = client.id if client else request.address
    wait_s = request.platform.attempts.failed(("client", subject))
    if wait_s is not None:
        refusal = Refusal(faults.TOO_MANY_FAILURES, {"wait_s": str(wait_s)})
        return await turn(request, refusal, client, proven=False, wait_s=wait_s)
    if client is None:
        named = uuid_of(presented.secret) if is_credential(presented.client_id) else None
        fault = faults.CREDENTIALS_SWAPPED if named else faults.CLIENT_NOT_KNOWN
        return await turn(request, Refusal(fault, named=named), None)
    why = await why_wrong(request.platform, presented.secret, client)
    return await turn(request, why.refusal, client, proven=why.proven)
