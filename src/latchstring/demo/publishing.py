"""The partner's app is reviewed and published before the curtain rises, by the same acts as in the chapter on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from latchstring.apps.imports import Applied
from latchstring.audit.entries import Act
from latchstring.integrations import store as integrations
from latchstring.integrations.uninstall import uninstall
from latchstring.kit.entropy import Entropy
from latchstring.publishing import reviewers, revisions, send, store, tiles
from latchstring.publishing.decide import Said, decide
from latchstring.publishing.desk import House
from latchstring.publishing.model import Kind
from latchstring.publishing.roll_back import roll_back
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

    async def begin_again(
        self, entropy: Entropy, applied: Applied, customer_id: UUID, installer_id: UUID
    ) -> None:
        """What an earlier walk left: the integration is uninstalled, its tile taken back, its last revision too."""
        app_id, site = applied.app.id, self.house.site
        if (tile := await integrations.find(self.tx, customer_id, app_id)) is not None:
            await uninstall(self.tx, entropy, self.act, customer_id, tile, installer_id)
        kinds: tuple[Kind, ...] = ("client", "integration")
        for kind in kinds:
            if left := await store.open_one(self.tx, self.sandbox_id, app_id, kind):
                await send.withdraw(self.tx, self.act, self.sandbox_id, left.id)
        shown = await tiles.find(self.tx, site, self.sandbox_id, app_id)
        if shown is not None and shown.audience != "sandbox":
            await tiles.take_back(self.tx, site, self.act, self.sandbox_id, app_id, "The demo begins again")
        await self._restored(applied)

    async def _restored(self, applied: Applied) -> None:
        client_id = await self.published(applied.app.id)
        live = await revisions.latest(self.tx, self.house.site, client_id) if client_id else None
        if live and set(live[0].scopes) != set(applied.clients[0].client.scopes):
            await roll_back(
                self.tx, self.house, self.act, self.sandbox_id, client_id,
                live=live[0].revision, reason="The demo begins again",
            )  # fmt: skip
