"""Writing down refusals for those who can mend them, from the doors of the platform."""

from dataclasses import replace
from uuid import UUID

from latchstring.access.diagnosis import Seen
from latchstring.access.law import Refused as RefusedCall
from latchstring.apps.lookup import Client
from latchstring.audit.refusals import Refused
from latchstring.audit.scrub import scrubbed_notes
from latchstring.protocol import faults
from latchstring.protocol.faults import Refusal
from latchstring.web.http import Request
from latchstring.web.platform import Platform


async def note_refusal(request: Request, refusal: Refusal, client: Client, *, proven: bool = True) -> bool:
    """Keep a refusal for the owner of the client; whether it was kept. `proven`: the request was the client's own,
    and does not merely name it."""
    endpoint = f"{request.method} {request.path}"
    return await _keep(request.platform, request.id, endpoint, refusal, client, proven)


async def note_call(
    platform: Platform, request_id: str, endpoint: str, seen: Seen, refused: RefusedCall
) -> None:
    """Keep a refused call for the owner of its client, if anything in it tells whose it is."""
    if refused.refusal.cause is faults.BEARER_OF_ANOTHER_SITE:
        _, _, text = (seen.presented.authorization or "").partition(" ")
        platform.elsewhere.tell(text.strip(), request_id, endpoint)
    refusal, client_id, proven = refused.refusal, refused.client_id, True
    found = await platform.attribution.of(seen, refused, platform.clock.now())
    if found is not None:
        refusal = found.refusal
        client_id, proven = (client_id, True) if client_id else (found.client_id, found.proven)
    client = await platform.clients.get(client_id) if client_id else None
    if client is None:
        return
    if refused.operation is not None:
        refusal = replace(refusal, noted={**refusal.noted, "operation": refused.operation.id})
    await _keep(platform, request_id, endpoint, refusal, client, proven)


async def note_answer(
    platform: Platform, request_id: str, endpoint: str, refusal: Refusal, client_id: UUID
) -> None:
    """Keep what the platform itself refused to a call that was let through."""
    client = await platform.clients.get(client_id)
    if client is not None:
        await _keep(platform, request_id, endpoint, refusal, client, True)


async def note_step(request: Request, client: Client, step: str, **noted: str) -> None:
    """Write a step of a client down, if somebody tests it; for all others this is nothing."""
    if client.watch is not None:
        platform = request.platform
        await platform.recorder.step(
            client.watch,
            client.organization_id,
            client.id,
            step,
            platform.clock.now(),
            request.id,
            scrubbed_notes(noted),
        )


async def _keep(
    platform: Platform, request_id: str, endpoint: str, refusal: Refusal, client: Client, proven: bool
) -> bool:
    return await platform.refusals.keep(
        Refused(
            organization_id=client.organization_id,
            request_id=request_id,
            client_id=client.id,
            at=platform.clock.now(),
            endpoint=endpoint,
            cause=refusal.cause.name,
            status=refusal.cause.status,
            noted=refusal.noted,
            proven=proven,
        )
    )
