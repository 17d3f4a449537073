"""What the tests of apps stand on: an office, and a partner's sandbox with an app."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from tests.accounts.conftest import Office, office

from latchstring.accounts import organizations
from latchstring.apps import apps, clients
from latchstring.apps.clients import Smithy
from latchstring.apps.model import AppFields, ClientFields, NewClient, OwnedClient

__all__ = ["Sandbox", "office", "sandbox"]

FIELDS = ClientFields(
    "On-call Notifier",
    "Tells whoever is on call",
    ("https://notifier.example/callback", "http://localhost:500/cb"),
    "https://notifier.example/start?from=tile",
    ("events_read", "monitors_read"),
)


@dataclass
class Sandbox:
    """A partner's sandbox organization with one app."""

    office: Office
    id: UUID
    app_id: UUID

    @property
    def smithy(self) -> Smithy:
        """What secrets are made from."""
        return Smithy(self.office.keys, self.office.entropy, "us1")

    async def client(self, fields: ClientFields = FIELDS) -> NewClient:
        """A new test client."""
        async with self.office.tx() as tx:
            return await clients.create(
                tx, self.office.contract, self.smithy, self.office.act, self.id, self.app_id, fields
            )

    async def update(self, client_id: UUID, fields: ClientFields) -> OwnedClient:
        """Change a client."""
        async with self.office.tx() as tx:
            return await clients.update(tx, self.office.contract, self.office.act, self.id, client_id, fields)

    async def approve(self, scope: str) -> None:
        """Approve a private scope."""
        office = self.office
        async with office.tx() as tx:
            await organizations.approve_private_scope(tx, office.contract, office.act, self.id, scope)

    async def digest(self, client_id: UUID) -> bytes:
        """The stored digest of a client's secret."""
        rows = await self.office.database.fetch("SELECT secret_digest FROM clients WHERE id = $1", client_id)
        stored: bytes = rows[0]["secret_digest"]
        return stored

    async def publish(self, client_id: UUID) -> None:
        """Make it a published client."""
        await self.office.database.fetch(
            "UPDATE clients SET kind = 'published', published_at = now() WHERE id = $1", client_id
        )


@pytest.fixture
async def sandbox(office: Office) -> AsyncIterator[Sandbox]:
    """A sandbox on this test's database."""
    made = await office.organization("Pagewell", kind="sandbox")
    async with office.tx() as tx:
        app = await apps.create(tx, office.entropy, office.act, made.id, AppFields("On-call Notifier"))
    yield Sandbox(office, made.id, app.id)
