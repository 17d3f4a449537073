"""What belongs to an app beside its fields, over JSON: its state, its logo, and what its end would take along."""

from uuid import UUID

from msgspec import Struct
from starlette.responses import Response

from latchstring.apps import apps, listing
from latchstring.apps.listing import Dependent
from latchstring.apps.model import App, LogoType
from latchstring.apps.templates import TEMPLATE_NAMES, TemplateName, template_scopes
from latchstring.web.api.answers import Many, One, many, nothing, one
from latchstring.web.api.asking import act_of, id_of, organization_of
from latchstring.web.api.rows import OWN, holding, row
from latchstring.web.http import Request
from latchstring.web.routing import Route


class LogoContent(Struct, frozen=True):
    """A picture. `content` is its bytes in base64; `type` follows from them."""

    content: bytes
    type: LogoType


class NewLogo(Struct, forbid_unknown_fields=True):
    """A PNG, JPEG or WebP image of at most 256 KiB, in base64."""

    content: bytes


class Template(Struct, frozen=True):
    """What an app can start from, and the scopes of its first client, private ones once they are approved."""

    name: TemplateName
    scopes: tuple[str, ...]


async def mark_stable(request: Request) -> Response:
    app = await _app(request)
    return one(await apps.mark_stable(request.tx, act_of(request), *app))


async def mark_in_development(request: Request) -> Response:
    app = await _app(request)
    return one(await apps.mark_in_development(request.tx, act_of(request), *app))


async def read_logo(request: Request) -> Response:
    organization_id, app_id = await _app(request)
    found = await apps.logo(request.tx, organization_id, app_id)
    return one(LogoContent(found.content, found.type))


async def put_logo(request: Request) -> Response:
    organization_id, app_id = await _app(request)
    sent = await request.json_as(NewLogo, limit=524_288)
    return one(await apps.put_logo(request.tx, act_of(request), organization_id, app_id, sent.content))


async def remove_logo(request: Request) -> Response:
    organization_id, app_id = await _app(request)
    await apps.remove_logo(request.tx, act_of(request), organization_id, app_id)
    return nothing()


async def list_dependents(request: Request) -> Response:
    organization_id, app_id = await _app(request)
    found = await listing.dependents(request.tx, organization_id, app_id)
    return many(found, len(found), lambda client: client.id)


async def list_templates(request: Request) -> Response:
    contract = request.platform.contract
    found = [Template(name, template_scopes(name, contract)) for name in TEMPLATE_NAMES]
    return many(found, len(found), lambda template: template.name)


async def _app(request: Request) -> tuple[UUID, UUID]:
    organization_id = await organization_of(request)
    return organization_id, (await apps.get(request.tx, organization_id, id_of(request, "app_id"))).id


_APP = "/organizations/{organization_id}/apps/{app_id}"
_MANAGE = holding("apps_manage")

ROUTES: tuple[Route, ...] = (
    row("GET", "/app_templates", list_templates, OWN, "List what a new app can start from",
        gives=Many[Template]),
    row("PUT", _APP + "/stability", mark_stable, _MANAGE, "Mark an app stable: it is ready to publish",
        gives=One[App]),
    row("DELETE", _APP + "/stability", mark_in_development, _MANAGE, "Take an app back to development",
        gives=One[App]),
    row("GET", _APP + "/logo", read_logo, _MANAGE, "Read an app's logo", gives=One[LogoContent]),
    row("PUT", _APP + "/logo", put_logo, _MANAGE, "Change an app's logo", takes=NewLogo, gives=One[App]),
    row("DELETE", _APP + "/logo", remove_logo, _MANAGE, "Remove an app's logo", status=204),
    row("GET", _APP + "/dependents", list_dependents, _MANAGE,
        "List the clients that would end with an app, and what lives on them", gives=Many[Dependent]),
)  # fmt: skip
