"""Scope coverage of an app's clients, over JSON."""

from starlette.responses import Response

from latchstring.apps import apps
from latchstring.apps.coverage_view import ClientCoverage, coverage_of_app
from latchstring.web.api.answers import One, one
from latchstring.web.api.asking import id_of, organization_of
from latchstring.web.api.rows import holding, row
from latchstring.web.http import Request
from latchstring.web.routing import Route


async def read_coverage(request: Request) -> Response:
    """Per client of the app."""
    organization_id = await organization_of(request)
    app = await apps.get(request.tx, organization_id, id_of(request, "app_id"))
    return one(await coverage_of_app(request.tx, request.platform.contract, organization_id, app.id))


ROUTES: tuple[Route, ...] = (
    row("GET", "/organizations/{organization_id}/apps/{app_id}/coverage", read_coverage, holding("apps_manage"),
        "Read which requested scopes the app's clients have exercised in the sandbox, and which they don't need",
        gives=One[list[ClientCoverage]]),
)  # fmt: skip
