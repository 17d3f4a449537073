"""Recorded runs and rehearsals of a test client: begun, ended, and read with everything that happened in them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from latchstring.accounts.refused import Conflict, Missing, Refused
from latchstring.apps import run_store
from latchstring.apps.model import OwnedClient
from latchstring.apps.run_store import Run, RunKind, Step
from latchstring.audit.entries import Act, record
from latchstring.audit.refusals import Refused as RefusedRequest
from latchstring.kit.entropy import Entropy
from latchstring.protocol.rehearsal import KINDS, LONGEST, Kind
from latchstring.storage.database import Transaction

#: How long a test of the authorization is recorded.
RECORDED = timedelta(minutes=30)
_SHORTEST = timedelta(minutes=1)
#: So many runs of a client are kept.
MOST = 50


@dataclass(frozen=True, slots=True)
class Happened:
    """A run, what the client did, and what was refused to it meanwhile."""

    run: Run
    steps: list[Step]
    refusals: list[RefusedRequest]


async def begin_test(
    tx: Transaction,
    entropy: Entropy,
    act: Act,
    organization_id: UUID,
    user_id: UUID,
    client: OwnedClient,
    target: str,
) -> Run:
    """Record what the client does from now on; the browser is about to open `target`, the onboarding URL.

    Raises:
        Conflict: it is published.
    """
    _must_be_test(client)
    run = Run(entropy.uuid(), client.id, "test", "", user_id, act.at, act.at + RECORDED)
    tx.revokes()
    await run_store.start(tx, organization_id, run, MOST)
    await run_store.record_until(tx, organization_id, client.id, run.ends_at)
    opened = Step(act.at, "opened", act.request_id, {"target": target})
    await run_store.add(tx, organization_id, run.id, opened)
    await _record(tx, act, organization_id, "run.started", client.id, {"run": str(run.id)})
    return run


async def begin_rehearsal(
    tx: Transaction,
    entropy: Entropy,
    act: Act,
    organization_id: UUID,
    user_id: UUID,
    client: OwnedClient,
    kind: Kind,
    lasting: timedelta,
) -> Run:
    """Play a failure to the client from now on, in place of any that is played.

    Raises:
        Conflict: it is published.
        Refused: there is no such failure, or it would last too long.
    """
    _must_be_test(client)
    if kind not in KINDS:
        raise Refused(f"must be one of {', '.join(KINDS)}", field="kind")
    if not _SHORTEST <= lasting <= LONGEST:
        raise Refused(f"must be from 1 to {LONGEST // timedelta(minutes=1)} minutes", field="minutes")
    run = Run(entropy.uuid(), client.id, "rehearsal", kind, user_id, act.at, act.at + lasting)
    tx.revokes()
    await run_store.start(tx, organization_id, run, MOST)
    await run_store.play(tx, organization_id, client.id, kind, run.started_at, run.ends_at)
    await _record(tx, act, organization_id, "rehearsal.started", client.id, {"kind": kind})
    return run


async def end_rehearsal(tx: Transaction, act: Act, organization_id: UUID, client_id: UUID) -> None:
    """Play nothing any more; what the failure took away works again at once."""
    tx.revokes()
    await run_store.end(tx, organization_id, client_id, "rehearsal", act.at)
    await run_store.play(tx, organization_id, client_id, None, None, None)
    await _record(tx, act, organization_id, "rehearsal.ended", client_id, {})


async def current(
    tx: Transaction, organization_id: UUID, client_id: UUID, kind: RunKind, now: datetime
) -> Run | None:
    """The run of a kind that goes on now, or None."""
    newest = await run_store.runs(tx, organization_id, client_id, 1, kind=kind)
    return newest[0] if newest and newest[0].ends_at > now else None


async def read(tx: Transaction, organization_id: UUID, client_id: UUID, run_id: UUID | None) -> Happened:
    """A run with everything that happened in it.

    Raises:
        Missing: the client has no such run.
    """
    run = await run_store.find(tx, organization_id, client_id, run_id) if run_id else None
    if run is None:
        raise Missing("run")
    return Happened(
        run,
        await run_store.steps(tx, organization_id, run.id),
        await run_store.refusals(tx, organization_id, run),
    )


def _must_be_test(client: OwnedClient) -> None:
    if client.kind != "test":
        raise Conflict("only test clients are recorded and rehearsed with")


async def _record(
    tx: Transaction, act: Act, organization_id: UUID, action: str, client_id: UUID, details: dict[str, str]
) -> None:
    await record(tx, act, organization_id, action, subject=client_id, client_id=client_id, details=details)
