"""The tab Requests: every refused request of the app's clients, and one of them explained."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from starlette.responses import Response

from latchstring.accounts.refused import Missing
from latchstring.apps.model import App
from latchstring.audit import request_log
from latchstring.audit.explanations import explain
from latchstring.audit.refusals import Refused
from latchstring.audit.request_log import FAMILIES, Cursor, Family, LoggedClient, Narrowed
from latchstring.protocol.client_authentication import uuid_of
from latchstring.web.developer.desk import app_of, app_path, head_of, page, sandbox_of
from latchstring.web.explaining import documentation_of, explanation_of
from latchstring.web.http import Request
from latchstring.web.pages.developer.difference import shown
from latchstring.web.pages.developer.requests import (
    AppRequests,
    ExplainedRequest,
    Option,
    RequestLine,
    facts_of,
)
from latchstring.web.pages.paths import explanation_path
from latchstring.web.routing import Route
from latchstring.web.show import locale_of, show
from latchstring.web.translations import Locale

_SIZE = 50
_FILTERS = ("client", "endpoint", "cause", "since")
_SINCE = {"1h": timedelta(hours=1), "24h": timedelta(days=1), "7d": timedelta(days=7)}


async def index(request: Request) -> Response:
    """A page of the log."""
    app, organization_id, locale = await app_of(request), sandbox_of(request), locale_of(request)
    clients = await request_log.clients_of(request.tx, organization_id, app.id)
    chosen = {name: request.query_params.get(name, "")[:100] for name in _FILTERS}
    narrowed = _narrowed(request, chosen)
    ids = [one.id for one in _named(clients, chosen["client"])]
    found = await request_log.page(request.tx, organization_id, ids, narrowed, _SIZE + 1)
    causes = await request_log.causes(request.tx, organization_id, [one.id for one in clients])
    path = app_path(app, "requests")
    answer = AppRequests(
        app=head_of(app),
        rows=tuple(_line(one, app, clients, locale) for one in found[:_SIZE]),
        clients=tuple(Option(str(one.id), one.name) for one in clients) if len(clients) > 1 else (),
        causes=tuple(Option(name, explain(name, locale).why) for name in causes),
        chosen=chosen,
        older=_onward(path, chosen, found[_SIZE - 1]) if len(found) > _SIZE else None,
        first=_onward(path, chosen, None) if narrowed.after else None,
        days=request.platform.settings.refusals_days,
    )
    return show(request, answer)


async def one(request: Request) -> Response:
    """One request, explained."""
    app, organization_id = await app_of(request), sandbox_of(request)
    request_id = str(request.path_params["request_id"])
    refused = (
        await request_log.of_app(request.tx, organization_id, app.id, request_id)
        if request_id.isalnum()
        else None
    )
    if refused is None:
        raise Missing("refused request")
    clients = await request_log.clients_of(request.tx, organization_id, app.id)
    return show(request, _explained(request, app, refused, clients))


def _explained(
    request: Request, app: App, refused: Refused, clients: Sequence[LoggedClient]
) -> ExplainedRequest:
    told = explanation_of(refused, request.platform.contract, locale_of(request))
    return ExplainedRequest(
        app=head_of(app),
        request_id=refused.request_id,
        at=refused.at,
        endpoint=refused.endpoint,
        status=refused.status,
        cause=refused.cause,
        client=_name(clients, refused),
        client_path=app_path(app, "clients", refused.client_id),
        proven=refused.proven,
        why=told.why,
        remedy=told.remedy,
        rule=told.rule,
        reference=told.reference,
        against=shown(told.against),
        fix=told.fix,
        facts=facts_of(told.facts),
        documentation=documentation_of(refused),
    )


def _line(refused: Refused, app: App, clients: Sequence[LoggedClient], locale: Locale) -> RequestLine:
    return RequestLine(
        path=explanation_path(app.id, refused.request_id),
        at=refused.at,
        endpoint=refused.endpoint,
        why=explain(refused.cause, locale).why,
        status=refused.status,
        client=_name(clients, refused),
        proven=refused.proven,
    )


def _name(clients: Sequence[LoggedClient], refused: Refused) -> str:
    return next((one.name for one in clients if one.id == refused.client_id), str(refused.client_id))


def _named(clients: list[LoggedClient], asked: str) -> list[LoggedClient]:
    return [one for one in clients if one.id == uuid_of(asked)] if asked else clients


def _narrowed(request: Request, chosen: Mapping[str, str]) -> Narrowed:
    back = _SINCE.get(chosen["since"])
    return Narrowed(
        family=_family(chosen["endpoint"]),
        cause=chosen["cause"] or None,
        since=request.platform.clock.now() - back if back else None,
        after=_cursor(request.query_params.get("after", "")),
    )


def _family(asked: str) -> Family | None:
    return next((family for family in FAMILIES if family == asked), None)


def _cursor(text: str) -> Cursor | None:
    """Where the page goes on; what is no cursor begins at the beginning."""
    moment, _, request_id = text.partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)), request_id) if request_id.isalnum() else None


def _onward(path: str, chosen: Mapping[str, str], last: Refused | None) -> str:
    query = {name: value for name, value in chosen.items() if value}
    if last is not None:
        query["after"] = f"{last.at.isoformat()}~{last.request_id}"
    return f"{path}?{urlencode(query)}" if query else path


ROUTES: tuple[Route, ...] = (
    page("GET", "/apps/{app_id}/requests", index),
    page("GET", "/apps/{app_id}/requests/{request_id}", one),
)
