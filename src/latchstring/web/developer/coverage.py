"""The tab Coverage: which requested scopes real calls in the sandbox have exercised."""

from starlette.responses import Response

from latchstring.apps import coverage_view
from latchstring.apps.coverage import Exercised
from latchstring.apps.coverage_view import CoveredScope
from latchstring.apps.model import App
from latchstring.contract.model import Contract
from latchstring.web.developer.desk import app_of, app_path, head_of, page, sandbox_of
from latchstring.web.http import Request
from latchstring.web.pages.developer.coverage import AppCoverage, ClientCoverage, OperationLine, ScopeLine
from latchstring.web.routing import Route
from latchstring.web.show import locale_of, show
from latchstring.web.translations import Locale


async def index(request: Request) -> Response:
    """Per client of the app. A published client that the sandbox never called says nothing: nobody tests with it."""
    app, contract, locale = await app_of(request), request.platform.contract, locale_of(request)
    found = await coverage_view.coverage_of_app(request.tx, contract, sandbox_of(request), app.id)
    tested = [one for one in found if one.kind == "test" or any(scope.calls for scope in one.scopes)]
    clients = tuple(_client(app, one, contract, locale) for one in tested or found)
    return show(request, AppCoverage(app=head_of(app), clients=clients))


def _client(
    app: App, one: coverage_view.ClientCoverage, contract: Contract, locale: Locale
) -> ClientCoverage:
    return ClientCoverage(
        name=one.client_name,
        path=app_path(app, "clients", one.client_id),
        kind=one.kind,
        scopes=tuple(_scope(covered, contract, locale) for covered in one.scopes),
        any_token=tuple(_operation(called, contract) for called in one.any_token),
        by_key=tuple(_operation(called, contract) for called in one.by_key),
    )


def _scope(covered: CoveredScope, contract: Contract, locale: Locale) -> ScopeLine:
    scope = contract.scopes.get(covered.scope)
    return ScopeLine(
        scope=covered.scope,
        title=scope.title[locale] if scope else covered.scope,
        writes=scope is not None and scope.access == "write",
        calls=covered.calls,
        first_at=covered.first_at,
        last_at=covered.last_at,
        operations=tuple(_operation(called, contract) for called in covered.operations),
        flag=covered.flag,
        instead=tuple(covered.instead),
    )


def _operation(called: Exercised, contract: Contract) -> OperationLine:
    operation = contract.operations.get(called.operation)
    return OperationLine(
        method=operation.method if operation else "",
        path=operation.path if operation else called.operation,
        calls=called.calls,
        first_at=called.first_at,
        last_at=called.last_at,
    )


ROUTES: tuple[Route, ...] = (page("GET", "/apps/{app_id}/coverage", index),)
