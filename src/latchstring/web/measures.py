"""Counters for Prometheus: requests by route and status, and how long they took is left to the proxy."""

from typing import Any

from prometheus_client import Counter

from latchstring.access.caller import CALL

REQUESTS = Counter("latchstring_requests_total", "Requests answered", ["route", "status"])
_known: dict[tuple[str, int], Any] = {}


def note(scope: Any) -> None:
    """Count an answered request. Labels come from our own tables, never from what was sent."""
    call = scope.get(CALL)
    route = call.operation.path if call is not None else scope.get("latchstring.route", "")
    key = (route, scope.get("latchstring.status", 0))
    counter = _known.get(key)
    if counter is None:
        counter = _known[key] = REQUESTS.labels(route, str(key[1]))
    counter.inc()
