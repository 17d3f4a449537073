"""What every page of an integration begins with: the tile as the active organization sees it, and who looks."""

from uuid import UUID

from starlette.responses import Response

from latchstring.accounts.refused import Missing
from latchstring.accounts.sessions import BrowserSession
from latchstring.audit.entries import Act
from latchstring.integrations import store
from latchstring.integrations.model import Tile
from latchstring.web.http import Handler, Request, path_uuid
from latchstring.web.needs import SignedIn, permissions
from latchstring.web.pages import faults
from latchstring.web.pages.integrations.head import TileHead
from latchstring.web.pages.paths import PATHS
from latchstring.web.routing import Route
from latchstring.web.show import show
from latchstring.web.signed_in import organization_of, session_of

#: Anybody of the organization may look at tiles and connect what is installed.
MEMBER = SignedIn()
MANAGER = SignedIn(permissions("integrations_manage"))
_TILE = PATHS.integrations + "/{integration_id}"


def page(method: str, path: str, handler: Handler, needs: SignedIn = MEMBER) -> Route:
    """A row of an integration's pages; `path` is below the tile's own."""
    return Route(method, _TILE + path, _seen(handler), needs)


def _seen(handler: Handler) -> Handler:
    """The handler; what this organization does not see is a page that says so."""

    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except Missing:
            return show(request, faults.not_found(), 404, path=PATHS.integrations)

    return answered


async def tile_of(request: Request) -> tuple[BrowserSession, UUID, Tile]:
    """Who looks, their organization, and the tile in the path.

    Raises:
        Missing: there is none of that id that this organization sees.
    """
    session, organization_id = organization_of(request)
    found = await store.find(request.tx, organization_id, path_uuid(request, "integration_id"))
    if found is None:
        raise Missing("integration")
    return session, organization_id, found


def act_of(request: Request) -> Act:
    """Who does it, now, in this request."""
    return Act(f"user:{session_of(request).user_id}", request.platform.clock.now(), request.id)


def tile_path(integration_id: UUID, *below: object) -> str:
    """The path of an integration's page."""
    return "/".join([PATHS.integrations, str(integration_id), *map(str, below)])


def logo_path(integration_id: UUID, version: int | None) -> str | None:
    """Where its logo is, if it has one; another one has another address."""
    return None if version is None else f"{tile_path(integration_id, 'logo')}?{version}"


def head_of(tile: Tile, session: BrowserSession) -> TileHead:
    """What the head of its pages shows."""
    return TileHead(
        name=tile.name,
        path=tile_path(tile.id),
        tagline=tile.tagline,
        partner=tile.partner_name,
        verified=tile.partner_verified,
        logo=logo_path(tile.id, tile.logo_version),
        categories=tile.categories,
        installed=tile.installed,
        offered=tile.offered,
        blocked=tile.blocked,
        manages="integrations_manage" in session.permissions,
    )
