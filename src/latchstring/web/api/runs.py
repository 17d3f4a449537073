"""Recorded runs and rehearsals of a test client, over JSON."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from starlette.responses import Response

from latchstring.accounts.refused import Refused
from latchstring.apps import clients, run_store, runs
from latchstring.apps.model import OwnedClient
from latchstring.apps.onboarding import onboarding_target
from latchstring.apps.run_report import RunReport, report
from latchstring.apps.run_store import Run
from latchstring.protocol.rehearsal import Kind
from latchstring.web.api.answers import Many, One, many, nothing, one
from latchstring.web.api.asking import act_of, id_of, organization_of
from latchstring.web.api.rows import holding, row
from latchstring.web.http import Request
from latchstring.web.routing import Route


class NewRehearsal(Struct, forbid_unknown_fields=True):
    """A failure to play, for 1 to 15 minutes."""

    kind: Kind
    minutes: int = 5


@dataclass(frozen=True, slots=True)
class StartedTest:
    """A run that was begun, and where a browser is to go now: the onboarding URL with `domain` and `site`."""

    id: UUID
    onboarding_url: str
    ends_at: datetime


async def list_runs(request: Request) -> Response:
    client = await _client(request)
    found = await run_store.runs(request.tx, await organization_of(request), client.id, runs.MOST)
    return many(found, len(found), lambda run: run.id)


async def read_run(request: Request) -> Response:
    client = await _client(request)
    happened = await runs.read(
        request.tx, await organization_of(request), client.id, id_of(request, "run_id")
    )
    return one(report(happened, client, request.platform.contract))


async def start_test(request: Request) -> Response:
    client, site = await _client(request), request.platform.site
    if not client.onboarding_url:
        raise Refused("the client has no onboarding URL", field="onboarding_url")
    target = onboarding_target(client.onboarding_url, domain=site.domain, site=site.authority_of(None))
    run = await runs.begin_test(
        request.tx,
        request.platform.entropy,
        act_of(request),
        await organization_of(request),
        _person(request),
        client,
        target,
    )
    return one(StartedTest(run.id, target, run.ends_at), 201)


async def start_rehearsal(request: Request) -> Response:
    asked = await request.json_as(NewRehearsal)
    run = await runs.begin_rehearsal(
        request.tx,
        request.platform.entropy,
        act_of(request),
        await organization_of(request),
        _person(request),
        await _client(request),
        asked.kind,
        timedelta(minutes=max(0, min(asked.minutes, 1_000))),
    )
    return one(run, 201)


async def end_rehearsal(request: Request) -> Response:
    client = await _client(request)
    await runs.end_rehearsal(request.tx, act_of(request), await organization_of(request), client.id)
    return nothing()


async def _client(request: Request) -> OwnedClient:
    organization_id = await organization_of(request)
    return await clients.get(request.tx, organization_id, id_of(request, "client_id"))


def _person(request: Request) -> UUID:
    """Runs are begun by people.

    Raises:
        Refused: the credential is an operator's.
    """
    if request.credential.user_id is None:
        raise Refused("use a personal credential: runs and rehearsals are begun by people")
    return request.credential.user_id


_CLIENT = "/organizations/{organization_id}/clients/{client_id}"
_MANAGE = holding("apps_manage")

ROUTES: tuple[Route, ...] = (
    row("GET", _CLIENT + "/runs", list_runs, _MANAGE, "List the recorded runs of a client, newest first",
        gives=Many[Run]),
    row("POST", _CLIENT + "/runs", start_test, _MANAGE,
        "Begin a recorded test of the authorization; open its onboarding URL in a browser",
        gives=One[StartedTest], status=201),
    row("GET", _CLIENT + "/runs/{run_id}", read_run, _MANAGE, "Read a run with everything that happened in it",
        gives=One[RunReport]),
    row("POST", _CLIENT + "/rehearsals", start_rehearsal, _MANAGE,
        "Play a failure to a test client in its sandbox; one at a time",
        takes=NewRehearsal, gives=One[Run], status=201),
    row("DELETE", _CLIENT + "/rehearsals", end_rehearsal, _MANAGE, "End the rehearsal", status=204),
)  # fmt: skip
