"""Writing down refusals for those who can mend them, from the doors of the platform."""

from latchstring.apps.lookup import Client
from latchstring.audit.refusals import Refused
from latchstring.protocol.faults import Refusal
from latchstring.web.http import Request


async def note_refusal(request: Request, refusal: Refusal, client: Client) -> None:
    """Keep a refusal for the owner of the client."""
    await request.platform.refusals.keep(
        Refused(
            organization_id=client.organization_id,
            request_id=request.id,
            client_id=client.id,
            at=request.platform.clock.now(),
            endpoint=f"{request.method} {request.url.path}",
            cause=refusal.cause.name,
            status=refusal.cause.status,
            noted=refusal.noted,
        )
    )
