"""POST /oauth2/v1/token (RFC 6749 section 3.2)."""

from starlette.responses import Response

from latchstring.apps.lookup import Client
from latchstring.grants.exchange import exchange
from latchstring.grants.mint import Granted
from latchstring.grants.origin import Origin
from latchstring.grants.refresh import refresh
from latchstring.protocol import faults
from latchstring.protocol.faults import Refusal
from latchstring.protocol.parameters import Parameters
from latchstring.protocol.responses import token_answer
from latchstring.protocol.token_request import CodeExchange, Refresh, read_token_request
from latchstring.web.http import Request
from latchstring.web.oauth.authentication import Turned, authenticated_client, turn
from latchstring.web.oauth.bodies import granted, read_parameters
from latchstring.web.oauth.misdirected import tell_of
from latchstring.web.witness import note_step


async def issue(request: Request) -> Response:
    """Read the body, authenticate the client, carry out the grant."""
    body = await read_parameters(request, wrong_type=faults.CONTENT_TYPE_WRONG)
    if isinstance(body, Refusal):
        return (await turn(request, body, None)).answer
    client = await authenticated_client(request, body)
    if isinstance(client, Turned):
        tell_of(request, body)
        return client.answer
    asked = read_token_request(body)
    outcome = asked if isinstance(asked, Refusal) else await _carry_out(request, asked, client)
    if isinstance(outcome, Refusal):
        tell_of(request, body)
        return (await turn(request, outcome, client)).answer
    if client.watch is not None:
        await _note(request, body, client)
    return granted(
        token_answer(outcome.access_token, outcome.refresh_token, outcome.scopes, outcome.lifetime_s)
    )


async def _carry_out(request: Request, asked: CodeExchange | Refresh, client: Client) -> Granted | Refusal:
    platform, origin = request.platform, origin_of(request)
    now = platform.clock.now()
    if isinstance(asked, CodeExchange):
        return await exchange(platform.ledger, platform.mint, asked, client, now, origin)
    return await refresh(platform.ledger, platform.mint, asked, client, now, origin)


async def _note(request: Request, body: Parameters, client: Client) -> None:
    """What was received, for whoever watches the client."""
    step = "refreshed" if body.get("grant_type") == "refresh_token" else "exchanged"
    await note_step(
        request,
        client,
        step,
        sent_as=request.headers.get("content-type", "").partition(";")[0].strip(),
        authenticated_by="client_secret_basic" if request.authorization else "client_secret_post",
        user_agent=request.headers.get("user-agent", "")[:150],
    )


def origin_of(request: Request) -> Origin:
    """Where the request came from, for what is written down."""
    user_agent = request.headers.get("user-agent", "").replace("\x00", "")
    return Origin(request.id, request.address, user_agent[:150])
