"""The partner's app is reviewed and published before the curtain rises, by the same acts as in the chapter on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from latchstring.audit.entries import Act
from latchstring.publishing import reviewers, revisions, send
from latchstring.publishing.decide import Said, decide
from latchstring.publishing.desk import House
from latchstring.publishing.send import Begun
from latchstring.storage.database import Transaction


@dataclass(frozen=True, slots=True)
class Publishing:
    """The partner's developer, and the host's reviewers by party."""

    house: House
    tx: Transaction
    act: Act
    sandbox_id: UUID
    developer_id: UUID
    reviewers: Mapping[str, UUID]

    async def published(self, app_id: UUID) -> UUID | None:
        """The published client of the app, if there is one."""
        found = await revisions.published_of(self.tx, self.sandbox_id, app_id)
        return found.client_id if found and found.published_at else None

    async def publish(self, app_id: UUID, test_client_id: UUID) -> Begun:
        """Send what the test client says to the reviewers, who approve; the credentials, with the secret."""
        begun = await send.begin(
            self.tx, self.house, self.act, self.sandbox_id, self.developer_id, app_id, test_client_id
        )
        sent = await send.finish(
            self.tx, self.house, self.act, self.sandbox_id, self.developer_id, begun.submission.id, ()
        )
        for party, user_id in self.reviewers.items():
            await reviewers.appoint(self.tx, frozenset(self.house.parties), self.act, user_id, party)
            said = Said(party, "approved", "", sent.submitted_at or self.act.at)
            act = replace(self.act, actor=f"user:{user_id}")
            await decide(self.tx, self.house, act, user_id, sent.id, said)
        return begun
