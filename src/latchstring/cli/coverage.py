"""`latchstring app coverage APP_ID`: which requested scopes real calls in the sandbox have exercised."""

from typing import Annotated, Any

import typer

from latchstring.accounts.refused import Missing
from latchstring.apps import apps
from latchstring.apps.coverage_view import coverage_of_app
from latchstring.cli import finding
from latchstring.cli.apps import group
from latchstring.cli.running import AsJson, Desk, run
from latchstring.protocol.client_authentication import uuid_of


def register(_: typer.Typer) -> None:
    """Add the command to `latchstring app …`."""
    group.command("coverage")(app_coverage)


def app_coverage(
    app_id: Annotated[str, typer.Argument(help="The app's app_uuid.")],
    organization: Annotated[str, typer.Option(help="The sandbox: id, subdomain or name.")],
    as_json: AsJson = False,
) -> None:
    """Show per requested scope how often it was exercised in the sandbox, when, and what is unused or too broad."""

    async def work(desk: Desk) -> Any:
        found = await finding.organization(desk, organization)
        if (app_uuid := uuid_of(app_id)) is None:
            raise Missing("app")
        app = await apps.get(desk.tx, found.id, app_uuid)
        told = await coverage_of_app(desk.tx, desk.platform.contract, found.id, app.id)
        return (
            told
            if as_json
            else [_line(client.client_name, scope) for client in told for scope in client.scopes]
        )

    run(work, as_json=as_json)


def _line(client_name: str, scope: Any) -> dict[str, object]:
    return {
        "client": client_name,
        "scope": scope.scope,
        "calls": scope.calls,
        "operations": [one.operation for one in scope.operations],
        "first": scope.first_at,
        "last": scope.last_at,
        "flag": scope.flag,
        "instead": scope.instead,
    }
