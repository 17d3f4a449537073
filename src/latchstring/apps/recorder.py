"""Writing down what watched clients do. Told after the fact, and never the reason why a request fails."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from latchstring.apps import run_store
from latchstring.apps.run_store import Step, Told
from latchstring.protocol.rehearsal import Watch
from latchstring.storage.database import CONTENDED, UNAVAILABLE, Database
from latchstring.storage.gather import Gather

CALLED = "called"
#: No run needs more steps than this, nor more of them to be told from one process.
_MOST_STEPS = 600
_MOST_WATCHED = 1_000


class Recorder:
    """Writes steps in batches; of calls outside a rehearsal, only the first of each operation."""

    def __init__(self, database: Database) -> None:
        self._told: dict[tuple[UUID, Watch], Counter[str]] = {}

        async def write(batch: list[Told]) -> list[None]:
            return await run_store.write(database, batch)

        self._write: Gather[Told, None] = Gather(write)

    async def step(
        self,
        watch: Watch,
        organization_id: UUID,
        client_id: UUID,
        step: str,
        at: datetime,
        request_id: str,
        noted: Mapping[str, str],
    ) -> None:
        """One step of a watched client."""
        if not watch.records(at):
            return
        told = self._of(client_id, watch)
        if told.total() >= _MOST_STEPS:
            return
        told[step] += 1
        try:
            await self._write(Told(organization_id, client_id, Step(at, step, request_id, noted)))
        except (*UNAVAILABLE, *CONTENDED):
            return

    async def called(
        self,
        watch: Watch,
        organization_id: UUID,
        client_id: UUID,
        operation: str,
        at: datetime,
        request_id: str,
        took_s: float,
    ) -> None:
        """A call that succeeded."""
        if not watch.rehearses(at):
            seen = self._of(client_id, watch)
            if seen[operation]:
                return
            seen[operation] += 1
        noted = {"operation": operation, "took_ms": f"{took_s * 1000:.0f}"}
        await self.step(watch, organization_id, client_id, CALLED, at, request_id, noted)

    def _of(self, client_id: UUID, watch: Watch) -> Counter[str]:
        if len(self._told) >= _MOST_WATCHED:
            self._told.clear()
        return self._told.setdefault((client_id, watch), Counter())
