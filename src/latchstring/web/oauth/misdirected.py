"""POST /oauth2/v1/misdirected: another site tells that it refused a token of ours, and learns whose it is.

No sign-in: who tells proves that the token was there, and whoever has it could do far more with it.
"""

from contextlib import suppress
from uuid import UUID

from starlette.responses import Response

from latchstring.access.elsewhere import Misdirected, Told, Whose
from latchstring.protocol import faults
from latchstring.protocol.faults import Cause, Refusal
from latchstring.protocol.parameters import Parameters
from latchstring.protocol.tokens import Kind
from latchstring.storage.database import CONTENDED, UNAVAILABLE
from latchstring.web.http import Request
from latchstring.web.oauth.bodies import granted
from latchstring.web.platform import Platform
from latchstring.web.witness import note_answer

_LIMIT = 4_096
_CAUSES: dict[Kind, Cause] = {
    Kind.CODE: faults.CODE_OF_ANOTHER_SITE,
    Kind.REFRESH: faults.REFRESH_OF_ANOTHER_SITE,
    Kind.ACCESS: faults.BEARER_OF_ANOTHER_SITE,
}
_TOKENS = ("code", "refresh_token", "token")


async def hear(request: Request) -> Response:
    """Keep it for the owner of the token's client, in the refusing site's own name for the request."""
    told, platform = await request.json_as(Misdirected, limit=_LIMIT), request.platform
    found = await platform.attribution.of_shown(told.shown) if _is_a_name(told) else None
    if found is None or told.site not in platform.other_sites:
        return granted(Whose(None))
    client_id, kind = found
    await _keep(platform, told, kind, platform.site.key, client_id)
    return granted(Whose(client_id))


async def keep_told(platform: Platform, told: Told) -> None:
    """At the site that refused: keep it too, if the client has its home here."""
    with suppress(*UNAVAILABLE, *CONTENDED):
        client = await platform.clients.get(told.client_id)
        if client is not None and client.home_site == platform.site.key:
            await _keep(platform, told.misdirected, told.kind, told.belongs_to, client.id)


def tell_of(request: Request, body: Parameters) -> None:
    """A request that was refused: if it brought a token of another site, that one is told."""
    for name in _TOKENS:
        if text := body.get(name):
            request.platform.elsewhere.tell(text, request.id, f"{request.method} {request.path}")


async def _keep(platform: Platform, told: Misdirected, kind: Kind, belongs_to: str, client_id: UUID) -> None:
    noted = {"received": belongs_to, "expected": told.site, "refused_at": told.site}
    call = {site.key: site.api_origin for site in platform.sites}.get(belongs_to)
    refusal = Refusal(_CAUSES[kind], {**noted, **({"call": call} if call else {})})
    await note_answer(platform, told.request_id, told.endpoint, refusal, client_id)


def _is_a_name(told: Misdirected) -> bool:
    """Whether it is named as requests are."""
    return len(told.request_id) == 24 and told.request_id.isalnum() and told.request_id.isascii()
