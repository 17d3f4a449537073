"""The list of apps, a new app, and the end of one."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import Response

from latchstring.accounts.refused import Conflict, Refused
from latchstring.apps import apps, listing
from latchstring.apps.checks import problems_with_app
from latchstring.apps.listing import Cursor, Dependent, ListedApp
from latchstring.apps.model import AppFields
from latchstring.apps.templates import TEMPLATE_NAMES, TemplateName, template_scopes
from latchstring.protocol.client_authentication import uuid_of
from latchstring.protocol.parameters import is_text
from latchstring.web.developer.desk import act_of, app_of, app_path, head_of, page, sandbox_of
from latchstring.web.developer.reasons import by_field
from latchstring.web.http import Request, see_other
from latchstring.web.pages.developer.apps import (
    AppLine,
    ConfirmAppDelete,
    DeveloperApps,
    Goes,
    NewApp,
    NewAppKind,
    TemplateChoice,
)
from latchstring.web.pages.paths import PATHS
from latchstring.web.routing import Route
from latchstring.web.show import locale_of, show

_PAGE = 25


async def start(request: Request) -> Response:
    """The Developer Platform begins with its apps."""
    return see_other(PATHS.developer_apps)


async def index(request: Request) -> Response:
    """A page of the apps, newest first, or of those that match the search."""
    search = request.query_params.get("search", "")[:200].strip()
    search = search if is_text(search) else ""
    after = _cursor(request.query_params.get("after", ""))
    found = await listing.page(
        request.tx, sandbox_of(request), search=search or None, after=after, limit=_PAGE + 1
    )
    return show(
        request,
        DeveloperApps(
            rows=tuple(_line(app) for app in found[:_PAGE]),
            search=search,
            older=_older(found, search),
            first=_list_path(search) if after else None,
            deleted=request.query_params.get("deleted", "")[:200] or None,
        ),
    )


async def kind(request: Request) -> Response:
    """A new app: first what it is, then, when OAuth is for it, what it starts from."""
    match request.query_params.get("kind"):
        case "api":
            return show(request, NewApp(templates=_choices(request)))
        case "premises":
            return show(request, NewAppKind(kind="premises"))
        case _:
            return show(request, NewAppKind())


async def create(request: Request) -> Response:
    """Create an app, or say beside each field what is wrong with it."""
    fields, template = AppFields(request.fields.get("name") or ""), _template(request)
    written = (request.fields.get("app_uuid") or "").strip()
    app_uuid, problems = uuid_of(written), problems_with_app(fields)
    if written and app_uuid is None:
        problems.append(Refused("is no app_uuid of an integration", field="app_uuid"))
    if not problems:
        try:
            made = await apps.create(
                request.tx,
                request.platform.entropy,
                act_of(request),
                sandbox_of(request),
                fields,
                template=template,
                app_uuid=app_uuid,
            )
            return see_other(app_path(made) + "?done=created")
        except Refused as refused:
            problems.append(refused)
    refused_form = NewApp(
        templates=_choices(request),
        chosen=template,
        name=fields.name,
        app_uuid=written,
        problems=by_field(problems),
    )
    return show(request, refused_form, 400, path=f"{PATHS.developer_apps}/new?kind=api")


async def confirm_deletion(request: Request) -> Response:
    """Ask before an app is deleted, and list what it takes along."""
    app = await app_of(request)
    goes = await listing.dependents(request.tx, sandbox_of(request), app.id)
    return show(request, ConfirmAppDelete(app=head_of(app), goes=tuple(map(goes_of, goes))))


async def delete(request: Request) -> Response:
    """Delete an app. The answer is sent when no process accepts anything of it any more."""
    app = await app_of(request)
    try:
        await apps.delete(request.tx, act_of(request), sandbox_of(request), app.id)
    except Conflict:
        return await confirm_deletion(request)
    return see_other(f"{PATHS.developer_apps}?{urlencode({'deleted': app.name})}")


def goes_of(dependent: Dependent) -> Goes:
    """A client and what lives on it, for a page that asks before it ends."""
    return Goes(
        name=dependent.name,
        kind=dependent.kind,
        authorizations=dependent.authorizations,
        api_keys=dependent.api_keys,
        last_used_at=dependent.last_used_at,
    )


def _template(request: Request) -> TemplateName:
    asked = request.fields.get("template")
    return next((name for name in TEMPLATE_NAMES if name == asked), "blank")


def _choices(request: Request) -> tuple[TemplateChoice, ...]:
    contract, locale = request.platform.contract, locale_of(request)
    chosen = []
    for name in TEMPLATE_NAMES:
        scopes = [contract.scopes[scope] for scope in template_scopes(name, contract)]
        if scopes or name == "blank":
            titles = tuple(scope.title[locale] for scope in scopes)
            private = tuple(scope.title[locale] for scope in scopes if scope.private)
            chosen.append(TemplateChoice(name=name, scopes=titles, private=private))
    return tuple(chosen)


def _line(app: ListedApp) -> AppLine:
    path = f"{PATHS.developer_apps}/{app.id}"
    return AppLine(
        id=str(app.id),
        name=app.name,
        description=app.description,
        stable=app.stable_at is not None,
        logo=f"{path}/logo?{int(app.updated_at.timestamp())}" if app.has_logo else None,
        test_clients=app.test_clients,
        published_clients=app.published_clients,
        updated_at=app.updated_at,
    )


def _older(found: Sequence[ListedApp], search: str) -> str | None:
    if len(found) <= _PAGE:
        return None
    last = found[_PAGE - 1]
    return _list_path(search, f"{last.created_at.isoformat()}~{last.id}")


def _list_path(search: str, after: str = "") -> str:
    query = {name: value for name, value in (("search", search), ("after", after)) if value}
    return PATHS.developer_apps + (f"?{urlencode(query)}" if query else "")


def _cursor(written: str) -> Cursor | None:
    """Where the page begins; whatever is no cursor is the first page."""
    moment, _, number = written[:100].partition("~")
    app_id: UUID | None = uuid_of(number)
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at, app_id) if app_id is not None and at.tzinfo is not None else None


ROUTES: tuple[Route, ...] = (
    page("GET", "", start),
    page("GET", "/apps", index),
    page("POST", "/apps", create),
    page("GET", "/apps/new", kind),
    page("GET", "/apps/{app_id}/deletion", confirm_deletion),
    page("POST", "/apps/{app_id}/deletion", delete),
)
