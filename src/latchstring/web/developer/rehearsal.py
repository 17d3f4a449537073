"""The tab Rehearsal: failures that are played to a test client on purpose."""

from datetime import timedelta
from uuid import UUID

from starlette.responses import Response

from latchstring.accounts.refused import Missing
from latchstring.apps import run_store, runs
from latchstring.apps.model import App, OwnedClient
from latchstring.apps.run_store import Run
from latchstring.protocol.rehearsal import KINDS, Kind
from latchstring.web.developer.desk import (
    act_of,
    app_path,
    client_head_of,
    client_of,
    head_of,
    page,
    sandbox_of,
)
from latchstring.web.developer.following import version_text
from latchstring.web.developer.run_words import subject_of, verdict_of
from latchstring.web.http import BadInput, Request, see_other
from latchstring.web.pages.developer.rehearsal import Last, Now, RehearsalPage, Scene
from latchstring.web.routing import Route
from latchstring.web.show import show
from latchstring.web.signed_in import session_of

_MINUTES = {"5": 5, "10": 10, "15": 15}


async def index(request: Request) -> Response:
    """What can be rehearsed, what is being rehearsed, and how it went."""
    app, client = await _test_client_of(request)
    found = await run_store.runs(request.tx, sandbox_of(request), client.id, runs.MOST, kind="rehearsal")
    latest = {run.subject: run for run in reversed(found)}
    going = next((run for run in found if run.ends_at > request.platform.clock.now()), None)
    shown = RehearsalPage(
        app=head_of(app),
        client=client_head_of(client, app),
        scenes=tuple([await _scene(request, app, kind, latest.get(kind)) for kind in KINDS]),
        now=await _now(request, app, client, going) if going else None,
    )
    return show(request, shown)


async def start(request: Request) -> Response:
    """Play one."""
    app, client = await _test_client_of(request)
    kind = next((kind for kind in KINDS if kind == request.fields.get("kind")), None)
    if kind is None:
        raise BadInput("must be one of the failures on the page", field="kind")
    await runs.begin_rehearsal(
        request.tx,
        request.platform.entropy,
        act_of(request),
        sandbox_of(request),
        session_of(request).user_id,
        client,
        kind,
        timedelta(minutes=_MINUTES.get(request.fields.get("minutes") or "", 5)),
    )
    return see_other(app_path(app, "clients", client.id, "rehearsal"))


async def stop(request: Request) -> Response:
    """Play nothing any more."""
    app, client = await _test_client_of(request)
    await runs.end_rehearsal(request.tx, act_of(request), sandbox_of(request), client.id)
    return see_other(app_path(app, "clients", client.id, "rehearsal"))


async def _test_client_of(request: Request) -> tuple[App, OwnedClient]:
    app, client = await client_of(request)
    if client.kind != "test":
        raise Missing("client")
    return app, client


async def _scene(request: Request, app: App, kind: Kind, run: Run | None) -> Scene:
    if run is None:
        return Scene(kind=kind)
    plays = run.ends_at > request.platform.clock.now()
    happened = await runs.read(request.tx, sandbox_of(request), run.client_id, run.id)
    verdict = verdict_of(happened, goes_on=plays)
    if verdict is None:
        return Scene(kind=kind)
    last = Last(path=_path(app, run.client_id, run), started_at=run.started_at, verdict=verdict)
    return Scene(kind=kind, last=last, plays=plays)


async def _now(request: Request, app: App, client: OwnedClient, run: Run) -> Now | None:
    version = await run_store.version(request.tx, sandbox_of(request), client.id, run.id)
    if version is None:
        return None
    path = _path(app, client.id, run)
    return Now(title=subject_of(run), path=path, version=version_text(version), ends_at=run.ends_at)


def _path(app: App, client_id: UUID, run: Run) -> str:
    return app_path(app, "clients", client_id, "runs", run.id)


_REHEARSAL = "/apps/{app_id}/clients/{client_id}/rehearsal"

ROUTES: tuple[Route, ...] = (
    page("GET", _REHEARSAL, index),
    page("POST", _REHEARSAL, start),
    page("POST", _REHEARSAL + "/end", stop),
)
