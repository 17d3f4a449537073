"""The sites, and how copying between them goes, over JSON."""

import msgspec
from starlette.responses import Response

from latchstring.sites.standing import Arriving, Leaving, PeerState, standings
from latchstring.web.api.answers import One, one
from latchstring.web.api.rows import row
from latchstring.web.http import Request
from latchstring.web.needs import PlatformCredential
from latchstring.web.routing import Route
from latchstring.web.site_status import peers_of


class SiteStanding(msgspec.Struct, frozen=True):
    """Another site: what arrives from it, what it takes from here, what it runs, and what needs an operator."""

    site: str
    arriving: Arriving
    leaving: Leaving
    runs: PeerState | None
    problems: tuple[str, ...]


async def read_sites(request: Request) -> Response:
    """Seen from this site's database."""
    platform = request.platform
    found = await standings(request.tx, platform.site.key, peers_of(platform))
    return one([SiteStanding(s.site, s.arriving, s.leaving, s.runs, s.problems) for s in found])


ROUTES: tuple[Route, ...] = (
    row("GET", "/sites", read_sites, PlatformCredential(operator=True, reviewer=True),
        "Read how copying between this site and each other one goes",
        gives=One[list[SiteStanding]]),
)  # fmt: skip
