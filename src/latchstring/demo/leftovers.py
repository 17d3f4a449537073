"""What an earlier walk left behind in the customer's organization is ended, so that the next one starts clean."""

from uuid import UUID

from latchstring.api_keys import store as api_keys
from latchstring.audit.entries import Act
from latchstring.grants import listing
from latchstring.grants.end import end
from latchstring.storage.database import Transaction


async def clear(tx: Transaction, organization_id: UUID, client_id: UUID, act: Act) -> None:
    """End the client's live authorizations and API keys in this organization."""
    for listed in await listing.page(tx, organization_id):
        if listed.client_id == client_id:
            await end(tx, organization_id, listed.id, actor=act.actor, now=act.at, request_id=act.request_id)
    for key in await api_keys.list_keys(tx, organization_id):
        if key.client_id == client_id and key.revoked_at is None:
            await api_keys.revoke(tx, organization_id, key.id, by=None, now=act.at)
