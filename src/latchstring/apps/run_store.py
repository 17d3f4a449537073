"""SQL of recorded runs: what a test client did in its own sandbox, step by step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from latchstring.audit.refusals import Refused, refused_in
from latchstring.storage.database import Database, Row, Transaction

RunKind = Literal["test", "rehearsal"]
_MOST_STEPS = 2_000

# Of several runs that go on at once, such as a rehearsal during a test, the one begun last is told.
_WRITE = """
INSERT INTO run_steps (organization_id, run_id, at, step, passed, request_id, noted)
SELECT t.organization_id, r.id, t.at, t.step, true, t.request_id, t.noted::jsonb
FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::jsonb[])
    AS t (organization_id, client_id, at, step, request_id, noted)
CROSS JOIN LATERAL (
    SELECT id FROM runs r WHERE r.organization_id = t.organization_id AND r.client_id = t.client_id
        AND r.started_at <= t.at AND t.at < r.ends_at
    ORDER BY r.started_at DESC LIMIT 1
) r
"""

_RUN = "id, client_id, kind, subject, started_by, started_at, ends_at"

_FORGET = """
DELETE FROM runs WHERE organization_id = $1 AND client_id = $2 AND id IN (
    SELECT id FROM runs WHERE organization_id = $1 AND client_id = $2
    ORDER BY started_at DESC, id DESC OFFSET $3)
"""

_REFUSALS = """
SELECT * FROM refusals WHERE organization_id = $1 AND client_id = $2 AND at >= $3 AND at < $4
ORDER BY at, request_id LIMIT $5
"""

_HAS_WORKED = """
SELECT EXISTS (
    SELECT FROM runs r JOIN run_steps s ON s.organization_id = r.organization_id AND s.run_id = r.id
    WHERE r.organization_id = $1 AND r.client_id = $2 AND r.kind = 'test' AND s.step = 'exchanged')
"""

_VERSION = """
SELECT r.started_at, r.ends_at,
    (SELECT max(id) FROM run_steps s WHERE s.organization_id = r.organization_id AND s.run_id = r.id) AS step,
    (SELECT max(f.at) FROM refusals f WHERE f.organization_id = r.organization_id AND f.client_id = r.client_id
        AND f.at >= r.started_at AND f.at < r.ends_at) AS refused_at
FROM runs r WHERE r.organization_id = $1 AND r.client_id = $2 AND r.id = $3
"""


@dataclass(frozen=True, slots=True)
class Run:
    """A time in which a client is watched. `subject` is the failure that a rehearsal plays."""

    id: UUID
    client_id: UUID
    kind: RunKind
    subject: str
    started_by: UUID
    started_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """Something that the client did. `noted` says what was received, never a secret."""

    at: datetime
    step: str
    request_id: str
    noted: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """A step of a client, on its way to whichever run goes on."""

    organization_id: UUID
    client_id: UUID
    step: Step


@dataclass(frozen=True, slots=True)
class Version:
    """What changes whenever a run has something new to show."""

    step: int
    refused_at: datetime | None
    ends_at: datetime


async def write(database: Database, batch: list[Told]) -> list[None]:
    """Write steps down; those of clients without a run that goes on are left out."""
    await database.fetch(
        _WRITE,
        [told.organization_id for told in batch],
        [told.client_id for told in batch],
        [told.step.at for told in batch],
        [told.step.step for told in batch],
        [told.step.request_id for told in batch],
        [dict(told.step.noted) for told in batch],
    )
    return [None] * len(batch)


async def add(tx: Transaction, organization_id: UUID, run_id: UUID, step: Step) -> None:
    """Write one step of a run down."""
    await tx.execute(
        "INSERT INTO run_steps (organization_id, run_id, at, step, passed, request_id, noted)"
        " VALUES ($1, $2, $3, $4, true, $5, $6)",
        organization_id, run_id, step.at, step.step, step.request_id, dict(step.noted),
    )  # fmt: skip


async def start(tx: Transaction, organization_id: UUID, run: Run, most: int) -> None:
    """Begin a run; one of the same kind that goes on ends, and all but the newest `most` are forgotten."""
    await end(tx, organization_id, run.client_id, run.kind, run.started_at)
    await tx.execute(
        "INSERT INTO runs (organization_id, id, client_id, kind, subject, started_by, started_at, ends_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        organization_id, run.id, run.client_id, run.kind, run.subject, run.started_by, run.started_at, run.ends_at,
    )  # fmt: skip
    await tx.execute(_FORGET, organization_id, run.client_id, most)


async def end(tx: Transaction, organization_id: UUID, client_id: UUID, kind: RunKind, at: datetime) -> None:
    """End the runs of a kind that go on."""
    await tx.execute(
        "UPDATE runs SET ends_at = greatest($4, started_at) WHERE organization_id = $1 AND client_id = $2"
        " AND kind = $3 AND ends_at > $4",
        organization_id, client_id, kind, at,
    )  # fmt: skip


async def record_until(tx: Transaction, organization_id: UUID, client_id: UUID, until: datetime) -> None:
    """Let the client's steps be written down until then; a published one is out of reach."""
    await tx.execute(
        "UPDATE clients SET recording_until = $3 WHERE organization_id = $1 AND id = $2 AND kind = 'test'",
        organization_id, client_id, until,
    )  # fmt: skip


async def play(
    tx: Transaction,
    organization_id: UUID,
    client_id: UUID,
    kind: str | None,
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Let a failure be played to the client, or none; a published one is out of reach."""
    await tx.execute(
        "UPDATE clients SET rehearsal = $3, rehearsal_since = $4, rehearsal_until = $5"
        " WHERE organization_id = $1 AND id = $2 AND kind = 'test'",
        organization_id, client_id, kind, since, until,
    )  # fmt: skip


async def runs(
    tx: Transaction,
    organization_id: UUID,
    client_id: UUID,
    limit: int,
    *,
    kind: RunKind | None = None,
) -> list[Run]:
    """A client's runs, newest first."""
    rows = await tx.rows(
        f"SELECT {_RUN} FROM runs WHERE organization_id = $1 AND client_id = $2"  # noqa: S608 - constants only
        " AND ($3::text IS NULL OR kind = $3)"
        " ORDER BY started_at DESC, id DESC LIMIT $4",
        organization_id, client_id, kind, limit,
    )  # fmt: skip
    return [Run(**row) for row in rows]


async def find(tx: Transaction, organization_id: UUID, client_id: UUID, run_id: UUID) -> Run | None:
    """One run of a client, or None."""
    row = await tx.row(
        f"SELECT {_RUN} FROM runs WHERE organization_id = $1 AND client_id = $2 AND id = $3",  # noqa: S608
        organization_id, client_id, run_id,
    )  # fmt: skip
    return Run(**row) if row else None


async def has_worked(tx: Transaction, organization_id: UUID, client_id: UUID) -> bool:
    """Whether a test of a client ever came as far as its tokens."""
    return bool(await tx.value(_HAS_WORKED, organization_id, client_id))


async def steps(tx: Transaction, organization_id: UUID, run_id: UUID) -> list[Step]:
    """The steps of a run, in their order."""
    rows = await tx.rows(
        "SELECT at, step, request_id, noted FROM run_steps WHERE organization_id = $1 AND run_id = $2"
        " ORDER BY at, id LIMIT $3",
        organization_id, run_id, _MOST_STEPS,
    )  # fmt: skip
    return [Step(**row) for row in rows]


async def refusals(tx: Transaction, organization_id: UUID, run: Run) -> list[Refused]:
    """What was refused to the client during a run, in its order."""
    rows = await tx.rows(_REFUSALS, organization_id, run.client_id, run.started_at, run.ends_at, _MOST_STEPS)
    return [refused_in(row) for row in rows]


async def version(tx: Transaction, organization_id: UUID, client_id: UUID, run_id: UUID) -> Version | None:
    """What a run has to show by now; None when there is no such run."""
    row: Row | None = await tx.row(_VERSION, organization_id, client_id, run_id)
    return Version(row["step"] or 0, row["refused_at"], row["ends_at"]) if row else None
