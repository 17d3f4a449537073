"""SQL of webhooks, and of how deliveries to them go."""

from datetime import datetime
from uuid import UUID

from latchstring.messages.model import Secrets, Webhook
from latchstring.storage.database import Transaction

_WEBHOOK = """
SELECT w.client_id, w.url, w.events, w.secret_created_at, w.former_until AS former_secret_until, h.paused_at,
    h.retry_at, coalesce(h.failures, 0) AS failures, w.created_at, w.updated_at
FROM webhooks w JOIN clients c ON c.id = w.client_id LEFT JOIN webhook_health h ON h.client_id = w.client_id
WHERE c.organization_id = $1 AND w.client_id = $2
"""
# Owner and kind are the client's; whoever else has an id like it can't write here.
_PUT = """
INSERT INTO webhooks (home_site, kind, client_id, url, events, key_id, secret_created_at, created_at, updated_at)
SELECT home_site, kind, id, $3, $4, $5, $6, $6, $6 FROM clients
WHERE organization_id = $1 AND id = $2 AND disabled_at IS NULL
ON CONFLICT (home_site, kind, client_id) DO UPDATE SET url = $3, events = $4, updated_at = $6
RETURNING xmax = 0 AS made
"""
_ROTATE = """
UPDATE webhooks w SET former_generation = generation, former_key_id = key_id, former_until = $4,
    generation = generation + 1, key_id = $3, secret_created_at = $5, updated_at = $5
FROM clients c WHERE c.organization_id = $1 AND c.id = $2 AND w.client_id = c.id
RETURNING w.generation
"""
_REMOVE = """
DELETE FROM webhooks w USING clients c WHERE c.organization_id = $1 AND c.id = $2 AND w.client_id = c.id
"""
_FAILED = """
INSERT INTO webhook_health (client_id, failures) VALUES ($1, 1)
ON CONFLICT (client_id) DO UPDATE SET failures = webhook_health.failures + 1
RETURNING failures, retry_at, pauses
"""


async def find(tx: Transaction, organization_id: UUID, client_id: UUID) -> Webhook | None:
    """The webhook of an organization's client, or None."""
    row = await tx.row(_WEBHOOK, organization_id, client_id)
    return Webhook(**row) if row else None


async def put(
    tx: Transaction,
    organization_id: UUID,
    client_id: UUID,
    *,
    url: str,
    events: list[str],
    key_id: int,
    at: datetime,
) -> bool:
    """Write address and events; True when there was no webhook before."""
    return bool(await tx.value(_PUT, organization_id, client_id, url, events, key_id, at))


async def rotate(
    tx: Transaction, organization_id: UUID, client_id: UUID, *, key_id: int, until: datetime, at: datetime
) -> int:
    """Another secret; the one before signs too until `until`. The new generation."""
    generation: int = await tx.value(_ROTATE, organization_id, client_id, key_id, until, at)
    return generation


async def remove(tx: Transaction, organization_id: UUID, client_id: UUID) -> None:
    """Forget a webhook and how it was."""
    if await tx.execute(_REMOVE, organization_id, client_id):
        await tx.execute("DELETE FROM webhook_health WHERE client_id = $1", client_id)


async def address(tx: Transaction, client_id: UUID) -> tuple[str, Secrets] | None:
    """Where a client's messages are posted to and which secrets sign them; for whoever delivers."""
    row = await tx.row(
        "SELECT url, generation, key_id, former_generation, former_key_id, former_until FROM webhooks"
        " WHERE client_id = $1",
        client_id,
    )
    if row is None:
        return None
    url, *secrets = row
    return url, Secrets(*secrets)


async def resume(tx: Transaction, client_id: UUID) -> bool:
    """The endpoint answers, or its owner says that it will; True when it was paused."""
    paused = await tx.value(
        "SELECT paused_at IS NOT NULL FROM webhook_health WHERE client_id = $1 FOR UPDATE", client_id
    )
    if paused is not None:
        await tx.execute(
            "UPDATE webhook_health SET failures = 0, pauses = 0, paused_at = NULL, retry_at = NULL"
            " WHERE client_id = $1 AND (failures > 0 OR paused_at IS NOT NULL)",
            client_id,
        )
    return bool(paused)


async def failed(tx: Transaction, client_id: UUID) -> tuple[int, datetime | None, int]:
    """Count a failure: how many in a row, when a paused endpoint is tried again, how often it was since."""
    row = await tx.row(_FAILED, client_id)
    assert row is not None
    return row["failures"], row["retry_at"], row["pauses"]


async def pause(tx: Transaction, client_id: UUID, *, at: datetime, retry_at: datetime) -> None:
    """Send nothing but one try at `retry_at`."""
    await tx.execute(
        "UPDATE webhook_health SET paused_at = coalesce(paused_at, $2), retry_at = $3, pauses = pauses + 1"
        " WHERE client_id = $1",
        client_id,
        at,
        retry_at,
    )
