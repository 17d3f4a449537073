"""How this process is, for load balancers and Prometheus; and the static files of the pages."""

import hmac
import os

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess
from starlette.responses import Response

from latchstring.settings import is_loopback
from latchstring.storage.database import UNAVAILABLE
from latchstring.web import measures
from latchstring.web.http import Request, errors, json_response
from latchstring.web.message_gauges import message_gauges
from latchstring.web.site_status import gauges
from latchstring.web.static import CACHE_CONTROL, static_files


async def alive(request: Request) -> Response:
    """The process answers."""
    return json_response({"status": "ok"})


async def ready(request: Request) -> Response:
    """The process can serve: its database answers."""
    try:
        await request.platform.database.fetch("SELECT 1")
    except UNAVAILABLE:
        return json_response({"status": "unavailable"}, 503, {"retry-after": "5"})
    return json_response({"status": "ok"})


async def metrics(request: Request) -> Response:
    """Counters in Prometheus' format, summed over the worker processes; not for strangers."""
    if not _may_measure(request):
        return errors(404, "Not found")
    measures.publish()
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    platform = request.platform
    content = generate_latest(registry) + await gauges(platform) + await message_gauges(platform)
    return Response(content, media_type=CONTENT_TYPE_LATEST)


async def static(request: Request) -> Response:
    """A file of the pages; its name carries its content's hash, so it may be kept for ever."""
    return static_file(request.scope["path"]) or errors(404, "Not found")


def static_file(path: str) -> Response | None:
    """The file at this path, when there is one."""
    for file in static_files():
        if file.url == path:
            return Response(
                file.body, 200, {"cache-control": CACHE_CONTROL, "content-type": file.content_type}
            )
    return None


def _may_measure(request: Request) -> bool:
    token = request.platform.settings.metrics_token
    if token is None:
        return is_loopback(request.address) and "x-forwarded-for" not in request.headers
    presented = request.headers.get("authorization", "")
    return hmac.compare_digest(presented.encode(), f"Bearer {token}".encode())
