"""POST /oauth2/v1/revoke (RFC 7009)."""

from starlette.responses import Response

from latchstring.audit.scrub import masked
from latchstring.grants.revoke import revoke
from latchstring.protocol import faults
from latchstring.protocol.faults import Refusal
from latchstring.web.http import Request
from latchstring.web.oauth.authentication import Turned, authenticated_client, turn
from latchstring.web.oauth.bodies import granted, read_parameters
from latchstring.web.oauth.misdirected import tell_of
from latchstring.web.oauth.token import origin_of
from latchstring.web.witness import note_step


async def end(request: Request) -> Response:
    """End a token of the client. The hint is not needed: a token says itself what it is."""
    body = await read_parameters(request, wrong_type=faults.CONTENT_TYPE_UNSUPPORTED)
    if isinstance(body, Refusal):
        return (await turn(request, body, None)).answer
    client = await authenticated_client(request, body)
    if isinstance(client, Turned):
        tell_of(request, body)
        return client.answer
    token = body.get("token")
    if token is None:
        return (await turn(request, Refusal(faults.TOKEN_MISSING), client)).answer
    platform = request.platform
    await revoke(platform.ledger, platform.mint, token, client, platform.clock.now(), origin_of(request))
    await note_step(request, client, "revoked", **masked(token))
    return granted({})
