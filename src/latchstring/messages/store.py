"""SQL of messages: the queue, and the log of what was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from latchstring.messages.model import Attempt, Claimed, Delivered, Delivery, Kind, Outcome
from latchstring.storage.columns import columns
from latchstring.storage.database import Database, Row, Transaction

#: Nobody is sent more letters of one kind within an hour: what is told so often is told by then.
_LETTERS_AN_HOUR = 20

_INSERT = """
INSERT INTO messages (organization_id, id, entry_id, kind, event, recipient, payload, tries_left, created_at,
    next_attempt_at)
SELECT t.organization_id, t.id, t.entry_id, t.kind, t.event, t.recipient, t.payload, $9, $8::timestamptz, $8::timestamptz
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::uuid[], $7::jsonb[])
    AS t (organization_id, id, entry_id, kind, event, recipient, payload)
WHERE t.kind = 'webhook' OR (
    SELECT count(*) FROM messages m WHERE m.organization_id = t.organization_id AND m.recipient = t.recipient
        AND m.kind = 'mail' AND m.event = t.event AND m.created_at > $8::timestamptz - interval '1 hour') < $10
ON CONFLICT (entry_id, kind, event, recipient) DO NOTHING
"""
# Endpoints take turns: each gives up to a few messages, a paused one a single message when its time has come, and
# those in `$4` none because enough of theirs are on their way.
_CLAIM_WEBHOOKS = """
WITH due AS (
    SELECT m.organization_id, m.id, h.paused_at IS NOT NULL AS probing
    FROM webhooks w JOIN clients c ON c.id = w.client_id AND c.disabled_at IS NULL
    LEFT JOIN webhook_health h ON h.client_id = w.client_id
    CROSS JOIN LATERAL (
        SELECT organization_id, id, next_attempt_at FROM messages
        WHERE kind = 'webhook' AND recipient = w.client_id AND state = 'waiting' AND next_attempt_at <= $1
        ORDER BY next_attempt_at LIMIT CASE WHEN h.paused_at IS NULL THEN 4 ELSE 1 END
        FOR UPDATE SKIP LOCKED) m
    WHERE w.client_id <> ALL($4::uuid[]) AND (h.paused_at IS NULL OR h.retry_at <= $1)
    ORDER BY m.next_attempt_at LIMIT $3
)
UPDATE messages m SET attempts = attempts + 1, next_attempt_at = $2,
    tries_left = CASE WHEN due.probing THEN tries_left ELSE tries_left - 1 END
FROM due WHERE m.organization_id = due.organization_id AND m.id = due.id
RETURNING m.organization_id, m.id, m.event, m.recipient, m.payload, m.attempts, m.tries_left
"""
_PUT_OFF_PROBES = """
UPDATE webhook_health SET retry_at = $2 WHERE client_id = ANY($1::uuid[]) AND paused_at IS NOT NULL
"""
_CLAIM_MAIL = """
WITH due AS (
    SELECT organization_id, id FROM messages
    WHERE kind = 'mail' AND state = 'waiting' AND next_attempt_at <= $1
    ORDER BY next_attempt_at LIMIT $3 FOR UPDATE SKIP LOCKED
)
UPDATE messages m SET attempts = attempts + 1, next_attempt_at = $2, tries_left = tries_left - 1
FROM due WHERE m.organization_id = due.organization_id AND m.id = due.id
RETURNING m.organization_id, m.id, m.event, m.recipient, m.payload, m.attempts, m.tries_left
"""
_TRIED = """
INSERT INTO message_attempts (organization_id, message_id, number, at, status, problem, milliseconds, answer)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
"""
# Whoever took longer than a claim lasts finds that somebody else has it now, and leaves it alone.
_FINISH = """
UPDATE messages SET state = $4, finished_at = CASE WHEN $4 = 'waiting' THEN NULL ELSE $5::timestamptz END,
    next_attempt_at = coalesce($6, next_attempt_at)
WHERE organization_id = $1 AND id = $2 AND attempts = $3 AND state = 'waiting'
"""
_DELIVERY = """
SELECT m.id, m.event, m.state, m.attempts, m.created_at,
    CASE WHEN m.state = 'waiting' THEN m.next_attempt_at END AS next_attempt_at, m.finished_at, a.status,
    coalesce(a.problem, '') AS problem
FROM messages m LEFT JOIN LATERAL (
    SELECT status, problem FROM message_attempts WHERE organization_id = m.organization_id AND message_id = m.id
    ORDER BY number DESC LIMIT 1) a ON true
WHERE m.organization_id = $1 AND m.recipient = $2 AND m.kind = 'webhook'
"""
_AGAIN = """
UPDATE messages SET state = 'waiting', finished_at = NULL, next_attempt_at = $4, tries_left = $5
WHERE organization_id = $1 AND recipient = $2 AND id = $3 AND kind = 'webhook' AND state <> 'waiting'
"""
# What somebody delivers at this moment is due again within the length of a claim, and stays as it is.
_HASTEN = """
UPDATE messages SET next_attempt_at = $2
WHERE kind = 'webhook' AND recipient = $1 AND state = 'waiting' AND next_attempt_at > $3
"""
_GIVE_UP = """
UPDATE messages SET state = 'failed', finished_at = $1
WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM messages WHERE kind = ANY('{webhook,mail}') AND state = 'waiting' AND created_at < $2
        AND next_attempt_at <= $1 LIMIT 1000 FOR UPDATE SKIP LOCKED))
"""
_COUNTS = """
SELECT kind, state, count(*) AS number, min(created_at) AS oldest FROM messages WHERE state <> 'sent'
GROUP BY kind, state
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be written, unless the same entry has told the same recipient of the same event before."""

    organization_id: UUID
    id: UUID
    entry_id: int | None
    kind: Kind
    event: str
    recipient: UUID
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Count:
    """How many messages of a kind are in a state, and since when the oldest."""

    kind: Kind
    state: str
    number: int
    oldest: datetime


async def insert(tx: Transaction, drafts: Sequence[Draft], at: datetime, *, tries: int) -> None:
    """Write messages, to be sent at once."""
    if drafts:
        await tx.execute(_INSERT, *columns(Draft, drafts), at, tries, _LETTERS_AN_HOUR)


async def claim_webhooks(
    tx: Transaction, now: datetime, lease: timedelta, limit: int, busy: Sequence[UUID]
) -> list[Claimed]:
    """Take webhook messages that are due; nobody else gets them before the lease has ended."""
    rows = await tx.rows(_CLAIM_WEBHOOKS, now, now + lease, limit, list(busy))
    claimed = [Claimed(**row) for row in rows]
    if claimed:
        await tx.execute(_PUT_OFF_PROBES, [one.recipient for one in claimed], now + lease)
    return claimed


async def claim_mail(tx: Transaction, now: datetime, lease: timedelta, limit: int) -> list[Claimed]:
    """Take letters that are due; nobody else gets them before the lease has ended."""
    return [Claimed(**row) for row in await tx.rows(_CLAIM_MAIL, now, now + lease, limit)]


async def finish(
    tx: Transaction,
    message: Claimed,
    outcome: Outcome,
    *,
    at: datetime,
    milliseconds: int,
    again_at: datetime | None,
) -> bool:
    """Write down a try, and what becomes of the message: sent, tried again, or failed. False when somebody else
    has taken it up meanwhile."""
    state = "sent" if outcome.ok else "waiting" if again_at else "failed"
    done = await tx.execute(
        _FINISH, message.organization_id, message.id, message.attempts, state, at, again_at
    )
    await tx.execute(
        _TRIED, message.organization_id, message.id, message.attempts, at, outcome.status, outcome.problem,
        milliseconds, outcome.answer,
    )  # fmt: skip
    return bool(done)


async def hasten(tx: Transaction, client_id: UUID, now: datetime, lease: timedelta) -> None:
    """Try at once whatever waits for its next try, because the endpoint answers again."""
    await tx.execute(_HASTEN, client_id, now, now + lease)


async def give_up(tx: Transaction, now: datetime, older_than: timedelta) -> int:
    """What has waited too long, for an endpoint that never came back, has failed."""
    return await tx.execute(_GIVE_UP, now, now - older_than)


async def drop(tx: Transaction, organization_id: UUID, client_id: UUID, at: datetime) -> None:
    """What waits for a webhook that is no more has failed."""
    await tx.execute(
        "UPDATE messages SET state = 'failed', finished_at = $3 WHERE organization_id = $1 AND recipient = $2"
        " AND kind = 'webhook' AND state = 'waiting'",
        organization_id,
        client_id,
        at,
    )


async def deliveries(
    tx: Transaction,
    organization_id: UUID,
    client_id: UUID,
    *,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[Delivery]:
    """A client's deliveries, newest first, after the one with this time and id."""
    moment, number = after or (None, None)
    rows = await tx.rows(
        f"{_DELIVERY} AND ($3::timestamptz IS NULL OR (m.created_at, m.id) < ($3, $4))"
        " ORDER BY m.created_at DESC, m.id DESC LIMIT $5",
        organization_id, client_id, moment, number, limit,
    )  # fmt: skip
    return [Delivery(**row) for row in rows]


async def delivered(
    tx: Transaction, organization_id: UUID, client_id: UUID, message_id: UUID
) -> Delivered | None:
    """A delivery with all of its attempts, or None."""
    row = await tx.row(f"{_DELIVERY} AND m.id = $3", organization_id, client_id, message_id)
    if row is None:
        return None
    payload = await tx.value(
        "SELECT payload FROM messages WHERE organization_id = $1 AND id = $2", organization_id, message_id
    )
    return Delivered(Delivery(**row), payload, await _attempts(tx, organization_id, message_id))


async def _attempts(tx: Transaction, organization_id: UUID, message_id: UUID) -> tuple[Attempt, ...]:
    rows: list[Row] = await tx.rows(
        "SELECT number, at, status, problem, milliseconds, answer FROM message_attempts"
        " WHERE organization_id = $1 AND message_id = $2 ORDER BY number DESC LIMIT 100",
        organization_id,
        message_id,
    )
    return tuple(Attempt(**row) for row in rows)


async def send_again(
    tx: Transaction, organization_id: UUID, client_id: UUID, message_id: UUID, *, at: datetime, tries: int
) -> bool:
    """Put a message that was sent or has failed into the queue again; False when it waits already."""
    return bool(await tx.execute(_AGAIN, organization_id, client_id, message_id, at, tries))


async def recent_of(
    tx: Transaction, organization_id: UUID, client_id: UUID, event: str, since: datetime
) -> int:
    """How many messages of an event a client was sent since then."""
    number: int = await tx.value(
        "SELECT count(*) FROM messages WHERE organization_id = $1 AND recipient = $2 AND created_at > $4"
        " AND event = $3",
        organization_id, client_id, event, since,
    )  # fmt: skip
    return number


async def counts(database: Database) -> list[Count]:
    """What waits and what has failed, by kind."""
    return [Count(**row) for row in await database.fetch(_COUNTS)]
