"""What came of a run, for programs: the steps of a test, or the judgement of a rehearsal."""

from dataclasses import dataclass
from datetime import datetime

from latchstring.apps.model import OwnedClient
from latchstring.apps.rehearsal_judgement import Expectation, Outcome, judge, seen_in
from latchstring.apps.run_store import Run
from latchstring.apps.run_timeline import State, timeline
from latchstring.apps.runs import Happened
from latchstring.contract.model import Contract
from latchstring.protocol.rehearsal import KINDS


@dataclass(frozen=True, slots=True)
class RunStep:
    """An expected step: `done`, `failed` or `waiting`. `cause` and `request_id` are those of the failure."""

    step: str
    scope: str
    state: State
    at: datetime | None
    noted: dict[str, str]
    cause: str | None
    request_id: str | None


@dataclass(frozen=True, slots=True)
class RunReport:
    """A run: the steps of a test, or the judgement of a rehearsal (`well`, `badly`, `open`)."""

    run: Run
    steps: list[RunStep]
    outcome: Outcome | None
    expectations: list[Expectation]


def report(happened: Happened, client: OwnedClient, contract: Contract) -> RunReport:
    """What came of a run of this client, so far."""
    kind = next((kind for kind in KINDS if kind == happened.run.subject), None)
    if kind is not None:
        judged = judge(kind, seen_in(happened.steps, happened.refusals))
        return RunReport(happened.run, [], judged.outcome, list(judged.expectations))
    moments = timeline(contract, client.scopes, happened.steps, happened.refusals)
    steps = [
        RunStep(
            moment.step,
            moment.scope,
            moment.state,
            moment.at,
            dict(moment.noted),
            moment.refused.cause if moment.refused else None,
            moment.refused.request_id if moment.refused else None,
        )
        for moment in moments
    ]
    return RunReport(happened.run, steps, None, [])
