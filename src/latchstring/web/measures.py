"""Counters for Prometheus: requests by route and status, and how long they took is left to the proxy."""

import asyncio
from collections import Counter
from typing import Any

import prometheus_client

from latchstring.access.caller import CALL, STATUS

REQUESTS = prometheus_client.Counter("latchstring_requests_total", "Requests answered", ["route", "status"])
_PERIOD_S = 1.0
_counted: Counter[tuple[str, int]] = Counter()


def note(scope: Any) -> None:
    """Count an answered request. Labels come from our own tables, never from what was sent."""
    call = scope.get(CALL)
    route = call.operation.path if call is not None else scope.get("latchstring.route", "")
    _counted[route, scope.get(STATUS, 0)] += 1


def publish() -> None:
    """Hand over what was counted: Prometheus' own counters take a lock and write to a mapped file each time."""
    while _counted:
        (route, status), number = _counted.popitem()
        REQUESTS.labels(route, str(status)).inc(number)


async def run() -> None:
    """Publish until cancelled, so that whichever process is asked knows of all."""
    while True:
        await asyncio.sleep(_PERIOD_S)
        publish()
