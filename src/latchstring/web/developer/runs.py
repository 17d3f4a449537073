"""Recorded runs of a test client: the list, one run, and the stream that tells when it moved."""

from starlette.responses import Response

from latchstring.accounts.refused import Missing
from latchstring.apps import run_store, runs
from latchstring.apps.model import App, OwnedClient
from latchstring.apps.run_store import Run
from latchstring.web.developer.desk import (
    DEVELOPER,
    app_path,
    building,
    client_head_of,
    client_of,
    head_of,
    page,
    sandbox_of,
)
from latchstring.web.developer.following import follow, version_text
from latchstring.web.developer.run_words import step_lines, subject_of, verdict_of
from latchstring.web.http import Request, path_uuid, see_other
from latchstring.web.needs import SignedIn
from latchstring.web.pages.developer.runs import ClientRuns, RunLine, RunPage
from latchstring.web.pages.paths import PATHS
from latchstring.web.routing import Route
from latchstring.web.show import locale_of, show


async def index(request: Request) -> Response:
    """The runs of a client, newest first."""
    app, client = await _test_client_of(request)
    found = await run_store.runs(request.tx, sandbox_of(request), client.id, runs.MOST)
    shown = ClientRuns(
        app=head_of(app),
        client=client_head_of(client, app),
        rows=tuple(_line(request, app, run) for run in found),
        may_test=bool(client.onboarding_url),
    )
    targets = (client.onboarding_url,) if client.onboarding_url else ()
    return show(request, shown, form_targets=targets)


async def newest(request: Request) -> Response:
    """To the run that was begun last."""
    app, client = await _test_client_of(request)
    found = await run_store.runs(request.tx, sandbox_of(request), client.id, 1)
    return see_other(app_path(app, "clients", client.id, "runs", *(run.id for run in found)))


async def one(request: Request) -> Response:
    """A run as it stands: the steps of a test, or the verdict of a rehearsal."""
    app, client = await _test_client_of(request)
    happened = await runs.read(request.tx, sandbox_of(request), client.id, path_uuid(request, "run_id"))
    version = await run_store.version(request.tx, sandbox_of(request), client.id, happened.run.id)
    if version is None:
        raise Missing("run")
    line = _line(request, app, happened.run)
    verdict = verdict_of(happened, goes_on=line.goes_on)
    scopes = [scope for scope in request.platform.contract.scopes if scope in client.scopes]
    shown = RunPage(
        app=head_of(app),
        client=client_head_of(client, app),
        line=line,
        version=version_text(version),
        steps=()
        if verdict
        else step_lines(happened, scopes, request.platform.contract, locale_of(request), app.id),
        verdict=verdict,
        may_test=bool(client.onboarding_url),
    )
    targets = (client.onboarding_url,) if client.onboarding_url else ()
    return show(request, shown, form_targets=targets)


async def events(request: Request) -> Response:
    """Tell whenever the run has something new to show."""
    platform, organization_id = request.platform, sandbox_of(request)
    async with platform.database.transaction() as request.tx:
        _, client = await client_of(request)
        run_id = path_uuid(request, "run_id")
        if run_id is None or await run_store.find(request.tx, organization_id, client.id, run_id) is None:
            raise Missing("run")
    return follow(platform, organization_id, client.id, run_id)


async def _test_client_of(request: Request) -> tuple[App, OwnedClient]:
    """Published clients are never watched.

    Raises:
        Missing: the client in the path is published, or there is none.
    """
    app, client = await client_of(request)
    if client.kind != "test":
        raise Missing("client")
    return app, client


def _line(request: Request, app: App, run: Run) -> RunLine:
    return RunLine(
        path=app_path(app, "clients", run.client_id, "runs", run.id),
        kind=run.kind,
        subject=subject_of(run),
        started_at=run.started_at,
        ends_at=run.ends_at,
        goes_on=run.ends_at > request.platform.clock.now(),
    )


_RUNS = "/apps/{app_id}/clients/{client_id}/runs"
_UNDECIDED = SignedIn(DEVELOPER.all_of, transaction=False)

ROUTES: tuple[Route, ...] = (
    page("GET", _RUNS, index),
    page("GET", _RUNS + "/newest", newest),
    page("GET", _RUNS + "/{run_id}", one),
    # Open for minutes, so without a transaction of its own.
    Route("GET", PATHS.developer + _RUNS + "/{run_id}/events", building(events), _UNDECIDED),
)
