"""A page that moves by itself: server-sent events tell when a recorded run has something new to show.

The database is asked every second for as long as somebody looks, within bounds; then the browser asks anew, and is
authenticated anew.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from uuid import UUID

from starlette.responses import Response, StreamingResponse

from latchstring.apps import run_store
from latchstring.apps.run_store import Version
from latchstring.storage.database import CONTENDED, UNAVAILABLE
from latchstring.web import stopping
from latchstring.web.http import errors
from latchstring.web.platform import Platform

_EVERY_S = 1.0
_LOOKS = 25
_MOST, _MOST_EACH = 100, 5
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}

_listening: Counter[UUID] = Counter()


def version_text(found: Version) -> str:
    """What changes whenever there is more to show."""
    refused = int(found.refused_at.timestamp() * 1e6) if found.refused_at else 0
    return f"{found.step}-{refused}-{int(found.ends_at.timestamp())}"


def follow(platform: Platform, organization_id: UUID, client_id: UUID, run_id: UUID) -> Response:
    """The stream of a run, or 503 when enough people look already."""
    if _listening.total() >= _MOST or _listening[client_id] >= _MOST_EACH:
        return errors(503, "Too many pages follow this client", headers={"retry-after": "30"})
    stream = _stream(platform, organization_id, client_id, run_id)
    return StreamingResponse(stream, 200, _HEADERS, "text/event-stream")


async def _stream(
    platform: Platform, organization_id: UUID, client_id: UUID, run_id: UUID
) -> AsyncIterator[str]:
    _listening[client_id] += 1
    try:
        yield "retry: 2000\n\n"
        told = ""
        for _ in range(_LOOKS):
            found = await _look(platform, organization_id, client_id, run_id)
            if found is not None and (new := version_text(found)) != told:
                told = new
                yield f"event: changed\ndata: {told}\n\n"
            if found is None or platform.clock.now() >= found.ends_at:
                yield "event: over\ndata: \n\n"
                return
            await asyncio.sleep(_EVERY_S)
            if stopping.is_asked():
                return
    except (*UNAVAILABLE, *CONTENDED):
        return
    finally:
        _listening[client_id] -= 1
        if not _listening[client_id]:
            del _listening[client_id]


async def _look(platform: Platform, organization_id: UUID, client_id: UUID, run_id: UUID) -> Version | None:
    async with platform.database.transaction() as tx:
        return await run_store.version(tx, organization_id, client_id, run_id)
