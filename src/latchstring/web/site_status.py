"""How copying between sites goes: for the host's reviewers as a page, for Prometheus as gauges."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from starlette.responses import Response

from latchstring.sites.standing import Standing, standings
from latchstring.web.http import Request
from latchstring.web.pages.site_status import SiteRow, SiteStatus
from latchstring.web.platform import Platform
from latchstring.web.show import show


async def page(request: Request) -> Response:
    """Each other site: what it runs, what arrives from it, what it takes from here."""
    platform = request.platform
    found = await standings(request.tx, platform.site.key, peers_of(platform))
    names = {site.key: site.name for site in platform.sites}
    rows = tuple(_row(one, names[one.site], platform.contract.version) for one in found)
    return show(request, SiteStatus(here=platform.site.name, rows=rows))


def peers_of(platform: Platform) -> list[str]:
    """The keys of the other sites."""
    return [site.key for site in platform.sites if site.key != platform.site.key]


async def gauges(platform: Platform) -> bytes:
    """What Prometheus is told of it; nothing where there is one site alone."""
    if not (peers := peers_of(platform)):
        return b""
    registry = CollectorRegistry()
    registry.register(_Collected(await standings(platform.database, platform.site.key, peers), platform))
    return generate_latest(registry)


class _Collected:
    """Figures that were read, as a collector of the Prometheus client."""

    def __init__(self, found: list[Standing], platform: Platform) -> None:
        self._found = found
        self._now = platform.clock.now()

    def collect(self) -> Iterable[Metric]:
        """One family for each figure, one line for each other site."""
        up = GaugeMetricFamily(
            "latchstring_site_receiving", "1 while rows of the site arrive", labels=["site"]
        )
        sending = GaugeMetricFamily(
            "latchstring_site_sending", "1 while the site takes rows", labels=["site"]
        )
        behind = GaugeMetricFamily(
            "latchstring_site_behind_bytes", "Log that the site has not confirmed", labels=["site"]
        )
        quiet = GaugeMetricFamily(
            "latchstring_site_quiet_seconds", "Since the site was last heard of", labels=["site"]
        )
        errors = CounterMetricFamily(
            "latchstring_site_errors", "Failures to write what arrived", labels=["site"]
        )
        conflicts = CounterMetricFamily(
            "latchstring_site_conflicts", "Rows that were not as expected", labels=["site"]
        )
        for one in self._found:
            up.add_metric([one.site], one.arriving.state in ("ok", "copying"))
            sending.add_metric([one.site], one.leaving.state in ("ok", "copying"))
            errors.add_metric([one.site], one.arriving.errors)
            conflicts.add_metric([one.site], one.arriving.conflicts)
            if one.leaving.behind_bytes is not None:
                behind.add_metric([one.site], one.leaving.behind_bytes)
            if one.arriving.last_heard_at is not None:
                quiet.add_metric([one.site], (self._now - one.arriving.last_heard_at).total_seconds())
        return up, sending, behind, quiet, errors, conflicts


def _row(one: Standing, name: str, contract: str) -> SiteRow:
    runs = one.runs
    return SiteRow(
        key=one.site,
        name=name,
        release=runs.release if runs else None,
        same_contract=runs is None or runs.contract == contract,
        shares_keys=runs is None or runs.shares_keys,
        arriving=one.arriving.state,
        last_heard_at=one.arriving.last_heard_at,
        errors=one.arriving.errors,
        leaving=one.leaving.state,
        behind_bytes=one.leaving.behind_bytes,
    )
