"""`latchstring app runs CLIENT_ID` and `latchstring app run CLIENT_ID RUN_ID`: recorded runs and rehearsals."""

from typing import Annotated, Any

import typer

from latchstring.apps import clients, run_store, runs
from latchstring.apps.run_report import RunReport, report
from latchstring.cli import finding
from latchstring.cli.apps import group
from latchstring.cli.running import AsJson, Desk, run
from latchstring.protocol.client_authentication import uuid_of

Client = Annotated[str, typer.Argument(help="The test client's client ID.")]
In = Annotated[str, typer.Option("--organization", help="The sandbox: id, subdomain or name.")]


def register(_: typer.Typer) -> None:
    """Add the commands to `latchstring app …`."""
    group.command("runs")(list_runs)
    group.command("run")(show_run)


def list_runs(client_id: Client, organization: In, as_json: AsJson = False) -> None:
    """List the recorded runs and rehearsals of a test client, newest first."""

    async def work(desk: Desk) -> Any:
        found = await finding.organization(desk, organization)
        client = await clients.get(desk.tx, found.id, uuid_of(client_id))
        return await run_store.runs(desk.tx, found.id, client.id, runs.MOST)

    run(work, as_json=as_json)


def show_run(client_id: Client, run_id: str, organization: In, as_json: AsJson = False) -> None:
    """Show the steps of a recorded run, or what a rehearsal came to."""

    async def work(desk: Desk) -> Any:
        found = await finding.organization(desk, organization)
        client = await clients.get(desk.tx, found.id, uuid_of(client_id))
        happened = await runs.read(desk.tx, found.id, client.id, uuid_of(run_id))
        told = report(happened, client, desk.platform.contract)
        return told if as_json else _lines(told)

    run(work, as_json=as_json)


def _lines(told: RunReport) -> list[dict[str, object]]:
    if told.outcome is not None:
        return [{"expected": one.name, "met": one.met, "outcome": told.outcome} for one in told.expectations]
    return [
        {
            "step": f"{step.step} {step.scope}".strip(),
            "state": step.state,
            "at": step.at,
            "cause": step.cause,
            "request": step.request_id,
        }
        for step in told.steps
    ]
