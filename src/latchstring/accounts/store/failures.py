"""SQL of failed sign-ins: one counter for each thing that is being guessed."""

from collections.abc import Sequence
from datetime import datetime

from latchstring.storage.database import Transaction


async def count_one(
    tx: Transaction, subject: bytes, now: datetime, window_start: datetime
) -> tuple[int, datetime]:
    """Count an attempt; the number in its window and when that began. The row stays locked until the end."""
    row = await tx.row(
        "INSERT INTO sign_in_failures AS f (subject, failures, window_started_at) VALUES ($1, 1, $2)"
        " ON CONFLICT (subject) DO UPDATE SET"
        " failures = CASE WHEN f.window_started_at <= $3 THEN 1 ELSE least(f.failures, 1000000) + 1 END,"
        " window_started_at = CASE WHEN f.window_started_at <= $3 THEN $2 ELSE f.window_started_at END"
        " RETURNING failures, window_started_at",
        subject, now, window_start,
    )  # fmt: skip
    return (row["failures"], row["window_started_at"]) if row else (0, now)


async def read(
    tx: Transaction, subjects: Sequence[bytes], window_start: datetime
) -> dict[bytes, tuple[int, datetime]]:
    """The counters whose window is not over."""
    rows = await tx.rows(
        "SELECT subject, failures, window_started_at FROM sign_in_failures"
        " WHERE subject = ANY ($1) AND window_started_at > $2",
        list(subjects), window_start,
    )  # fmt: skip
    return {row["subject"]: (row["failures"], row["window_started_at"]) for row in rows}


async def forget(tx: Transaction, subject: bytes) -> None:
    """Delete a counter."""
    await tx.execute("DELETE FROM sign_in_failures WHERE subject = $1", subject)


async def forget_some_old(tx: Transaction, window_start: datetime) -> None:
    """Delete a few counters whose window is over, so that they never pile up."""
    await tx.execute(
        "DELETE FROM sign_in_failures WHERE subject IN (SELECT subject FROM sign_in_failures"
        " WHERE window_started_at <= $1 ORDER BY window_started_at LIMIT 8 FOR UPDATE SKIP LOCKED)",
        window_start,
    )
