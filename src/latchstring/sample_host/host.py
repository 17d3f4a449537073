"""What the handlers of the sample host work with: the database, and writers that gather many small posts."""

from collections.abc import Iterable
from uuid import UUID

from latchstring.kit.clock import Clock
from latchstring.kit.entropy import Entropy
from latchstring.sample_host.checks import CheckRow
from latchstring.sample_host.event_store import StoredEvent, write_events
from latchstring.sample_host.host_store import write_checks
from latchstring.sample_host.log_store import LogBatch, write_logs
from latchstring.sample_host.metric_store import MetricWriter, Submission
from latchstring.sample_host.remembered import Remembered
from latchstring.storage.database import Database
from latchstring.storage.gather import Gather

#: A payload with more rows than this has a round trip of its own: others need not wait for it.
_LARGE = 500


class Host:
    """The database, time and chance, and what is written.

    While one batch is on its way, the posts that arrive wait together for the next; each is answered after
    its batch was committed.
    """

    def __init__(self, database: Database, clock: Clock, entropy: Entropy) -> None:
        self.database = database
        self.clock = clock
        self.entropy = entropy
        self._hosts: dict[str, Remembered[tuple[UUID, str]]] = {
            source: Remembered() for source in ("logs", "events", "checks")
        }
        self._write_metrics = MetricWriter(database).write
        self._metrics: Gather[Submission, None] = Gather(self._write_metrics)
        self._logs: Gather[LogBatch, None] = Gather(self._write_logs)
        self._events: Gather[tuple[StoredEvent, int], None] = Gather(self._write_events)

    async def submit_metrics(self, submission: Submission) -> None:
        """Keep what was measured; committed when this returns."""
        measured = submission.measured
        if len(measured.points) + len(measured.distributions) > _LARGE:
            await self._write_metrics([submission])
        else:
            await self._metrics(submission)

    async def submit_logs(self, batch: LogBatch) -> None:
        """Keep logs; committed when this returns."""
        if len(batch.lines) > _LARGE:
            await self._write_logs([batch])
        elif batch.lines:
            await self._logs(batch)

    async def submit_event(self, event: StoredEvent, now_s: int) -> None:
        """Keep an event; committed when this returns."""
        await self._events((event, now_s))

    async def submit_checks(self, organization_id: UUID, rows: list[CheckRow], now_s: int) -> None:
        """Keep the last word of each check; committed when this returns."""
        named = {(organization_id, row[2]) for row in rows if row[2]}
        hosts, minute = self._unnamed("checks", named, now_s)
        await write_checks(self.database, organization_id, rows, hosts)
        self._remember("checks", hosts, minute)

    async def _write_logs(self, batches: list[LogBatch]) -> list[None]:
        named = {(batch.organization_id, line.host) for batch in batches for line in batch.lines if line.host}
        hosts, minute = self._unnamed("logs", named, batches[-1].now_s)
        await write_logs(self.database, batches, hosts)
        self._remember("logs", hosts, minute)
        return [None] * len(batches)

    async def _write_events(self, events: list[tuple[StoredEvent, int]]) -> list[None]:
        named = {(event.organization_id, event.host) for event, _ in events if event.host}
        hosts, minute = self._unnamed("events", named, events[-1][1])
        await write_events(self.database, [event for event, _ in events], hosts)
        self._remember("events", hosts, minute)
        return [None] * len(events)

    def _unnamed(
        self, source: str, named: Iterable[tuple[UUID, str]], now_s: int
    ) -> tuple[list[tuple[UUID, str, int]], int]:
        minute, known = now_s // 60, self._hosts[source].known
        return sorted((*key, minute * 60) for key in named if not known(key, minute)), minute

    def _remember(self, source: str, hosts: list[tuple[UUID, str, int]], minute: int) -> None:
        self._hosts[source].remember(((organization_id, name) for organization_id, name, _ in hosts), minute)
