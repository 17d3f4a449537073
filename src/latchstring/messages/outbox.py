"""From what happened to what is sent. The audit log is the outbox: every act writes its entry in its own
transaction, and sealing an entry and writing the messages that follow from it is one transaction too.
"""

from dataclasses import dataclass

import structlog

from latchstring.audit import chain
from latchstring.audit.chain import Sealed
from latchstring.kit.clock import Clock
from latchstring.kit.entropy import Entropy
from latchstring.messages import events, letters, store
from latchstring.messages.schedule import TRIES
from latchstring.storage.database import Database

log = structlog.get_logger("latchstring")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Outbox:
    """Takes what happened. `risky`: scopes whose authorization administrators are told of; `mail`: whether letters
    can be sent at all."""

    database: Database
    clock: Clock
    entropy: Entropy
    site: str
    risky: frozenset[str]
    mail: bool

    async def empty(self) -> int:
        """Take all that is ready; how many entries that were. Any number of workers may do it at once."""
        taken = 0
        while sealed := await self._take():
            taken += len(sealed)
            if len(sealed) < _AT_ONCE:
                break
        return taken

    async def _take(self) -> list[Sealed]:
        now = self.clock.now()
        async with self.database.transaction() as tx:
            sealed = await chain.seal(tx, now, _AT_ONCE)
            drafts = await events.drafts(tx, self.entropy, self.site, sealed)
            if self.mail:
                drafts += await letters.drafts(tx, self.entropy, self.risky, sealed)
            await store.insert(tx, drafts, now, tries=TRIES)
        _note(sealed)
        return sealed


def _note(sealed: list[Sealed]) -> None:
    """The heads go into the log of the process, which is kept elsewhere than the database."""
    heads = {one.link.organization_id: one.link for one in sealed}
    for link in heads.values():
        log.info(
            "audit_sealed",
            organization=str(link.organization_id),
            sequence=link.sequence,
            hash=link.hash.hex(),
        )
