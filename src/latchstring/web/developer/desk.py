"""What every page of the Developer Platform begins with: a sandbox organization, the app, and who acts."""

from collections.abc import Callable
from uuid import UUID

from starlette.responses import Response

from latchstring.accounts.refused import Missing
from latchstring.apps import apps, clients
from latchstring.apps.clients import Smithy
from latchstring.apps.model import App, OwnedClient
from latchstring.audit.entries import Act
from latchstring.protocol.parameters import Parameters
from latchstring.web.http import Handler, Request, path_uuid
from latchstring.web.needs import SignedIn, permissions
from latchstring.web.pages import faults
from latchstring.web.pages.developer.head import AppHead, ClientHead, NotSandbox
from latchstring.web.pages.paths import PATHS
from latchstring.web.routing import Route
from latchstring.web.show import show
from latchstring.web.signed_in import organization_of, session_of

#: What the routes of the Developer Platform need.
DEVELOPER = SignedIn(permissions("apps_manage"))


def page(
    method: str,
    path: str,
    handler: Handler,
    *,
    purpose: Callable[[Parameters], str] | None = None,
    upload: int | None = None,
) -> Route:
    """A row of the Developer Platform; `path` is below `/developer`."""
    where = PATHS.developer + path
    return Route(method, where, building(handler), DEVELOPER, purpose=purpose, upload=upload)


def building(handler: Handler) -> Handler:
    """The handler, inside a sandbox organization; what does not exist there is a page that says so."""

    async def built(request: Request) -> Response:
        if session_of(request).organization_kind != "sandbox":
            return show(request, NotSandbox(), 403, path=PATHS.developer_apps)
        try:
            return await handler(request)
        except Missing:
            return show(request, faults.not_found(), 404, path=PATHS.developer_apps)

    return built


def sandbox_of(request: Request) -> UUID:
    """The sandbox organization that is active."""
    return organization_of(request)[1]


def act_of(request: Request) -> Act:
    """Who does it, now, in this request."""
    return Act(f"user:{session_of(request).user_id}", request.platform.clock.now(), request.id)


def smithy_of(request: Request) -> Smithy:
    """What new client secrets are made from."""
    platform = request.platform
    return Smithy(platform.shared_keys, platform.entropy, platform.site.key)


async def app_of(request: Request) -> App:
    """The app in the path.

    Raises:
        Missing: the organization has none of that id.
    """
    return await apps.get(request.tx, sandbox_of(request), path_uuid(request, "app_id"))


async def client_of(request: Request) -> tuple[App, OwnedClient]:
    """The app and its client in the path.

    Raises:
        Missing: the organization has no such app, or the app no such client.
    """
    app = await app_of(request)
    client = await clients.get(request.tx, sandbox_of(request), path_uuid(request, "client_id"))
    if client.app_id != app.id:
        raise Missing("client")
    return app, client


def app_path(app: App, *below: object) -> str:
    """The path of an app's page, or of one below it."""
    return "/".join([PATHS.developer_apps, str(app.id), *map(str, below)])


def head_of(app: App) -> AppHead:
    """What the head of an app's pages shows."""
    path = app_path(app)
    changed = int(app.updated_at.timestamp())
    logo = f"{path}/logo?{changed}" if app.logo_type else None
    return AppHead(str(app.id), app.name, path, app.stable_at is not None, logo)


def client_head_of(client: OwnedClient, app: App) -> ClientHead:
    """What the head of a client's pages shows."""
    return ClientHead(str(client.id), client.name, app_path(app, "clients", client.id), client.kind)
