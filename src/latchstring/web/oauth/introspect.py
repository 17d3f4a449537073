"""POST /oauth2/v1/introspect (RFC 7662): for a client's own tokens, and for resource servers any token."""

from starlette.responses import Response

from latchstring.access.introspect import INACTIVE
from latchstring.apps.lookup import Client
from latchstring.protocol import faults
from latchstring.protocol.client_authentication import Credentials, read_credentials
from latchstring.protocol.faults import Refusal
from latchstring.protocol.parameters import Parameters
from latchstring.web.http import Request
from latchstring.web.oauth.authentication import Turned, authenticated_client, authenticated_server, turn
from latchstring.web.oauth.bodies import granted_bytes, read_parameters


async def tell(request: Request) -> Response:
    """What a token stands for, as far as the asker may know."""
    body = await read_parameters(request, wrong_type=faults.CONTENT_TYPE_UNSUPPORTED)
    if isinstance(body, Refusal):
        return (await turn(request, body, None)).answer
    presented = read_credentials(request.authorization, body)
    if isinstance(presented, Credentials) and await authenticated_server(request, presented):
        return await _answer(request, body, None)
    client = await authenticated_client(request, body, presented)
    return client.answer if isinstance(client, Turned) else await _answer(request, body, client)


async def _answer(request: Request, body: Parameters, client: Client | None) -> Response:
    token = body.get("token")
    if token is None:
        return (await turn(request, Refusal(faults.TOKEN_MISSING), client)).answer
    platform = request.platform
    about = await platform.introspection.of(token, client.id if client else None, platform.clock.now())
    return granted_bytes(about) if about is not None else await _strange(request, client)


async def _strange(request: Request, client: Client | None) -> Response:
    """What is not the client's own is inactive; guesses beyond a budget are not told even that."""
    wait_s = request.platform.attempts.failed(("introspection", client.id)) if client else None
    if wait_s is None:
        return granted_bytes(INACTIVE)
    return (await turn(request, Refusal(faults.TOO_MANY_FAILURES), client, wait_s=wait_s)).answer
