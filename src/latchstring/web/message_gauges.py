"""What Prometheus is told of messages: how many wait and have failed, and since when the oldest waits."""

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from latchstring.messages.model import Kind
from latchstring.messages.store import Count, counts
from latchstring.storage.database import UNAVAILABLE
from latchstring.web.platform import Platform

_KINDS: Final[tuple[Kind, ...]] = ("webhook", "mail")
_STATES = ("waiting", "failed")


async def message_gauges(platform: Platform) -> bytes:
    """The figures of this site; none while the database is away, so that the other figures still come."""
    try:
        found = await counts(platform.database)
    except UNAVAILABLE:
        return b""
    registry = CollectorRegistry()
    registry.register(_Collected(found, platform))
    return generate_latest(registry)


class _Collected(Collector):
    """Figures that were read, as a collector of the Prometheus client."""

    def __init__(self, found: list[Count], platform: Platform) -> None:
        self._found = {(one.kind, one.state): one for one in found}
        self._now = platform.clock.now()

    def collect(self) -> Iterable[Metric]:
        """Each kind and state has a line, also when there is nothing in it."""
        number = GaugeMetricFamily(
            "latchstring_messages", "Messages that wait, and that have failed", labels=["kind", "state"]
        )
        age = GaugeMetricFamily(
            "latchstring_messages_oldest_seconds", "Age of the oldest message that waits", labels=["kind"]
        )
        for kind in _KINDS:
            for state in _STATES:
                known = self._found.get((kind, state))
                number.add_metric([kind, state], known.number if known else 0)
            waiting = self._found.get((kind, "waiting"))
            age.add_metric([kind], (self._now - waiting.oldest).total_seconds() if waiting else 0)
        return number, age
