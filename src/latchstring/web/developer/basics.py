"""The tab Basic Information: the app's fields, its state, and its logo."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.responses import Response

from latchstring.accounts.refused import Refused
from latchstring.apps import apps
from latchstring.apps.checks import problems_with_app
from latchstring.apps.logo import LARGEST
from latchstring.apps.model import App, AppFields
from latchstring.web.developer.desk import act_of, app_of, app_path, head_of, page, sandbox_of
from latchstring.web.developer.reasons import by_field, told
from latchstring.web.http import Request, see_other
from latchstring.web.names import caution_about
from latchstring.web.pages.developer.apps import AppBasics
from latchstring.web.routing import Route
from latchstring.web.show import show
from latchstring.web.translations import Text

_DONE = ("saved", "stable", "development", "created", "logo")
_FIELDS = ("name", "description", "category", "author", "support", "homepage")
_CATEGORIES = (
    "Alerting",
    "Automation",
    "Cloud",
    "Collaboration",
    "Cost management",
    "Data stores",
    "Developer tools",
    "Incidents",
    "Log collection",
    "Monitoring",
    "Network",
    "Security",
)


async def form(request: Request) -> Response:
    """The fields as they are stored."""
    app = await app_of(request)
    done = request.query_params.get("done")
    return show(request, _shown(app, apps.fields_of(app), done=done if done in _DONE else None))


async def save(request: Request) -> Response:
    """Save the fields; the button that was pressed may also mark the app stable, or take that back."""
    app, organization_id, act = await app_of(request), sandbox_of(request), act_of(request)
    fields = AppFields(*[request.fields.get(name) or "" for name in _FIELDS])
    if problems := problems_with_app(fields):
        unsaved = replace(_shown(app, fields), problems=by_field(problems), unsaved=True)
        return show(request, unsaved, 400, path=app_path(app))
    if fields != apps.fields_of(app):
        await apps.update(request.tx, act, organization_id, app.id, fields)
    match request.fields.get("do"):
        case "stable":
            await apps.mark_stable(request.tx, act, organization_id, app.id)
            done = "stable"
        case "development":
            await apps.mark_in_development(request.tx, act, organization_id, app.id)
            done = "development"
        case _:
            done = "saved"
    return see_other(f"{app_path(app)}?done={done}")


async def logo(request: Request) -> Response:
    """The picture, as the type that its bytes have and nothing else."""
    app = await app_of(request)
    found = await apps.logo(request.tx, sandbox_of(request), app.id)
    return Response(
        found.content,
        200,
        {
            "content-type": found.type,
            "cache-control": "private, max-age=86400",
            "content-security-policy": _INERT,
        },
    )


_INERT = "default-src 'none'; sandbox"


async def put_logo(request: Request) -> Response:
    """Another logo, or none."""
    app, organization_id, act = await app_of(request), sandbox_of(request), act_of(request)
    if request.fields.get("do") == "remove":
        await apps.remove_logo(request.tx, act, organization_id, app.id)
        return see_other(f"{app_path(app)}?done=logo")
    try:
        await apps.put_logo(request.tx, act, organization_id, app.id, request.file)
    except Refused as refused:
        shown = replace(_shown(app, apps.fields_of(app)), problems={"logo": told(refused)})
        return show(request, shown, 400, path=app_path(app))
    return see_other(f"{app_path(app)}?done=logo")


def _shown(app: App, fields: AppFields, *, done: str | None = None) -> AppBasics:
    problems: Mapping[str, Text] = {}
    return AppBasics(
        app=head_of(app),
        fields=fields,
        categories=_CATEGORIES,
        problems=problems,
        done=done,
        caution=caution_about(fields.name),
        logo_limit=LARGEST // 1024,
    )


ROUTES: tuple[Route, ...] = (
    page("GET", "/apps/{app_id}", form),
    page("POST", "/apps/{app_id}", save),
    page("GET", "/apps/{app_id}/logo", logo),
    page("POST", "/apps/{app_id}/logo", put_logo, upload=4 * LARGEST),
)
