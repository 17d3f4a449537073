"""The Integrations page: tiles with search and categories, installed first; one tile's overview; and Install."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import Response

from latchstring.accounts.refused import Conflict, Missing
from latchstring.integrations import store
from latchstring.integrations.connect import asks_for
from latchstring.integrations.install import install as put
from latchstring.integrations.model import TileLine
from latchstring.protocol.client_authentication import uuid_of
from latchstring.protocol.parameters import is_text
from latchstring.web.http import Request, path_uuid, see_other
from latchstring.web.organization.tiles import (
    MANAGER,
    MEMBER,
    act_of,
    head_of,
    logo_path,
    page,
    tile_of,
    tile_path,
)
from latchstring.web.pages.integrations.tile import TileOverview
from latchstring.web.pages.integrations.tiles import Integrations, TileCard
from latchstring.web.pages.paths import PATHS
from latchstring.web.partner_text import partner_text
from latchstring.web.routing import Route
from latchstring.web.scopes import scope_groups
from latchstring.web.show import locale_of, show
from latchstring.web.signed_in import organization_of

_AT_ONCE = 48
_INERT = "default-src 'none'; sandbox"


async def index(request: Request) -> Response:
    """What is installed, then a page of what else may be; `after` goes on where the page before ended."""
    _, organization_id = organization_of(request)
    search, category = _asked(request, "search"), _asked(request, "category")
    after = _after(request)
    wanted: dict[str, Any] = {"search": search or None, "category": category or None}
    catalogue = await store.catalogue(request.tx, organization_id, **wanted, after=after, limit=_AT_ONCE + 1)
    installed = [] if after else await store.installed(request.tx, organization_id, **wanted)
    shown = Integrations(
        installed=tuple(_card(tile) for tile in installed),
        catalogue=tuple(_card(tile) for tile in catalogue[:_AT_ONCE]),
        categories=tuple(await store.categories(request.tx, organization_id)),
        category=category or None,
        search=search,
        next=_following(catalogue, search, category),
        continued=after is not None,
    )
    return show(request, shown)


async def overview(request: Request) -> Response:
    """What it is, by whom, and what it asks for."""
    session, _, tile = await tile_of(request)
    contract, locale = request.platform.contract, locale_of(request)
    return show(
        request,
        TileOverview(
            tile=head_of(tile, session),
            overview=partner_text(tile.overview),
            asks=scope_groups(contract, asks_for(tile), locale, frozenset(tile.client_scopes)),
            withheld=len(tile.withheld),
            author=tile.author,
            support=tile.support,
            homepage=tile.homepage,
            installed_by=tile.installed_by_name,
            installed_at=tile.installed_at,
            may_limit="organization_manage" in session.permissions,
            client_id=str(tile.client_id),
        ),
    )


async def logo(request: Request) -> Response:
    """The picture, as the type that its bytes have and nothing else."""
    _, organization_id = organization_of(request)
    found = await store.logo(request.tx, organization_id, path_uuid(request, "integration_id"))
    if found is None:
        raise Missing("logo")
    headers = {
        "content-type": found[0],
        "cache-control": "private, max-age=86400",
        "content-security-policy": _INERT,
    }
    return Response(found[1], 200, headers)


async def install(request: Request) -> Response:
    """Install it. Pressed twice, or by two people at once, it is installed once, and both go on to connect."""
    session, organization_id, tile = await tile_of(request)
    try:
        await put(request.tx, act_of(request), organization_id, tile, session.user_id)
    except Conflict:
        return see_other(tile_path(tile.id))
    return see_other(tile_path(tile.id, "configuration") + "?done=installed")


def _card(tile: TileLine) -> TileCard:
    return TileCard(
        path=tile_path(tile.id),
        name=tile.name,
        tagline=tile.tagline,
        partner=tile.partner_name,
        verified=tile.partner_verified,
        categories=tile.categories,
        logo=logo_path(tile.id, tile.logo_version),
        installed=tile.installed,
        blocked=tile.blocked,
    )


def _asked(request: Request, name: str) -> str:
    text = request.query_params.get(name, "")[:200].strip()
    return text if is_text(text) else ""


def _after(request: Request) -> tuple[str, UUID] | None:
    """Where the page before ended: the id of its last tile, and its name in lower case."""
    written, _, position = _asked(request, "after").partition("~")
    tile_id = uuid_of(written)
    return (position, tile_id) if tile_id else None


def _following(catalogue: list[TileLine], search: str, category: str) -> str | None:
    if len(catalogue) <= _AT_ONCE:
        return None
    last = catalogue[_AT_ONCE - 1]
    asked = {"search": search, "category": category, "after": f"{last.id}~{last.position}"}
    return f"{PATHS.integrations}?{urlencode({name: value for name, value in asked.items() if value})}"


ROUTES: tuple[Route, ...] = (
    Route("GET", PATHS.integrations, index, MEMBER),
    page("GET", "", overview),
    page("GET", "/logo", logo),
    page("POST", "/installation", install, MANAGER),
)
