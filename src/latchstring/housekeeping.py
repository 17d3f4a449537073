"""What nobody needs any more is forgotten, a little at a time; any number of workers may do it at once.

Nothing here decides what works: an expired code or session is refused whether or not its row is still there.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from latchstring.audit.refusals import trim_recent
from latchstring.kit.clock import Clock
from latchstring.storage.database import CONTENDED, UNAVAILABLE, Database

log = structlog.get_logger("latchstring")
_AT_ONCE = 1_000
#: Clients that were refused something so recently are looked at; the others have no more than before.
_RECENT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Chore:
    """Rows of `table` for which `condition` holds at `$1` (now, less `after`) are deleted."""

    table: str
    condition: str
    after: timedelta

    @property
    def sql(self) -> str:
        """Deletes at most `$2` rows, and none that somebody else is deleting."""
        return (
            f"DELETE FROM {self.table} WHERE ctid = ANY(ARRAY("  # noqa: S608 - constants only
            f"SELECT ctid FROM {self.table} WHERE {self.condition} LIMIT $2 FOR UPDATE SKIP LOCKED))"
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """How long, and how much of it, things are kept for people to look at."""

    refusals_days: int = 30
    refusals_per_client: int = 10_000
    messages_days: int = 30


def chores(kept: Kept) -> tuple[Chore, ...]:
    """All chores, in their order."""
    return (
        Chore("browser_sessions", "expires_at < $1 OR ended_at < $1", timedelta(days=1)),
        Chore("sign_in_failures", "window_started_at < $1", timedelta(days=1)),
        Chore("denied_access_tokens", "expires_at < $1", timedelta(minutes=5)),
        Chore("authorizations", "state = 'pending' AND code_expires_at < $1", timedelta(days=1)),
        Chore("call_counts", "minute < $1", timedelta(days=2)),
        Chore("call_days", "day < $1::timestamptz::date", timedelta(days=400)),
        Chore("tile_connections", "expires_at < $1", timedelta(days=1)),
        Chore("refusals", "at < $1", timedelta(days=kept.refusals_days)),
        Chore("messages", "state <> 'waiting' AND finished_at < $1", timedelta(days=kept.messages_days)),
    )


async def keep_house(database: Database, now: datetime, kept: Kept) -> dict[str, int]:
    """Do every chore once, to its end; how many rows of each table were deleted for their age."""
    deleted: dict[str, int] = {}
    for chore in chores(kept):
        deleted[chore.table] = 0
        while True:
            async with database.transaction() as tx:
                count = await tx.execute(chore.sql, now - chore.after, _AT_ONCE)
            deleted[chore.table] += count
            if count < _AT_ONCE:
                break
    await trim_recent(database, now - _RECENT, kept.refusals_per_client)
    return deleted


async def run(database: Database, clock: Clock, kept: Kept, *, period_s: float = 60) -> None:
    """Keep house every `period_s` seconds until cancelled; a database that is away is tried again."""
    while True:
        try:
            deleted = await keep_house(database, clock.now(), kept)
            if any(deleted.values()):
                log.info("housekeeping", **deleted)
        except (*UNAVAILABLE, *CONTENDED) as problem:
            log.warning("housekeeping_unavailable", problem=type(problem).__name__)
        await asyncio.sleep(period_s)
