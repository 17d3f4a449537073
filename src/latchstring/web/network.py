"""GET /network and /network.json: every endpoint of every site, for people and for programs."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

import msgspec
from starlette.responses import Response

from latchstring.protocol.parameters import Malformed, read_form
from latchstring.sites.endpoints import Listed, listed
from latchstring.sites.model import Site
from latchstring.web.http import Request, errors, json_response
from latchstring.web.pages import faults
from latchstring.web.pages.network import AREAS, PURPOSES, Network, NetworkArea, NetworkLine, SiteChoice
from latchstring.web.pages.paths import PATHS
from latchstring.web.show import show

_HEADERS = {"cache-control": "public, max-age=300", "access-control-allow-origin": "*"}


class Everywhere(msgspec.Struct, frozen=True):
    """All sites, and where a flow begins that knows none of them."""

    sites: tuple[Listed, ...]
    neutral_authorization_endpoint: str | None


async def page(request: Request) -> Response:
    """The endpoints of the site that `site` names; of this one when it names none."""
    platform = request.platform
    chosen = asked_for(request.scope["query_string"]) or platform.site.key
    found = network_page(platform.sites, chosen, platform.settings.neutral_origin)
    if found is None:
        return show(request, faults.not_found(), 404, path=PATHS.network)
    reviews = request.signed_in is not None and request.signed_in.reviews_for
    return show(request, replace(found, status=PATHS.site_status if reviews else None))


async def data(request: Request) -> Response:
    """The same for programs: all sites, or the one that `site` names."""
    platform = request.platform
    return network_data(platform.sites, request.scope["query_string"], platform.settings.neutral_origin)


def network_data(sites: Iterable[Site], query: bytes, neutral_origin: str | None) -> Response:
    """All sites in JSON, or the one that the query names."""
    asked = asked_for(query)
    chosen = tuple(listed(site) for site in sites if asked in (None, site.key))
    if not chosen:
        return errors(404, "Not found", headers=_HEADERS)
    return json_response(Everywhere(chosen, neutral_endpoint(neutral_origin)), 200, _HEADERS)


def network_page(sites: Sequence[Site], chosen: str, neutral_origin: str | None) -> Network | None:
    """The page of the site with the key `chosen`; None when there is none."""
    site = next((one for one in sites if one.key == chosen), None)
    if site is None:
        return None
    return Network(
        sites=choices(sites, chosen),
        areas=tuple(_areas(listed(site))),
        neutral=neutral_endpoint(neutral_origin),
    )


def choices(sites: Iterable[Site], current: str | None) -> tuple[SiteChoice, ...]:
    """The sites to choose from."""
    return tuple(
        SiteChoice(
            key=site.key,
            name=site.name,
            region=site.region,
            domain=site.domain,
            current=site.key == current,
        )
        for site in sites
    )


def asked_for(query: bytes) -> str | None:
    """The site that a query names."""
    read = read_form(query)
    return None if isinstance(read, Malformed) else read.get("site")


def neutral_endpoint(origin: str | None) -> str | None:
    """Where authorization requests go that know no site."""
    return origin and f"{origin}/oauth2/v1/authorize"


def _areas(site: Listed) -> Iterable[NetworkArea]:
    for area, endpoints in groupby(site.endpoints, lambda endpoint: endpoint.area):
        lines = (
            NetworkLine(
                purpose=PURPOSES.get(one.purpose, one.purpose), method=one.method, address=one.address
            )
            for one in endpoints
        )
        yield NetworkArea(title=AREAS[area], lines=tuple(lines))
