"""An organization installs an integration: from then on its people may connect it."""

from uuid import UUID

from latchstring.accounts.refused import Conflict
from latchstring.audit.entries import Act, record
from latchstring.integrations.model import Tile
from latchstring.storage.database import Transaction

_INSTALL = """
INSERT INTO installations (organization_id, integration_id, client_id, installed_by, installed_at)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING true
"""


async def install(tx: Transaction, act: Act, organization_id: UUID, tile: Tile, by: UUID | None) -> bool:
    """Install it; False when it was installed already, by whomever: of two at once one does it, and both find it done.

    Raises:
        Conflict: it is offered to this organization no more, or the organization's app policy does not allow it.
    """
    if not tile.offered:
        raise Conflict("this integration is no longer offered")
    if tile.blocked:
        raise Conflict("the organization's app policy does not allow this integration")
    done = await tx.value(_INSTALL, organization_id, tile.id, tile.client_id, by, act.at)
    if done:
        await record(
            tx,
            act,
            organization_id,
            "integration.installed",
            subject=tile.id,
            client_id=tile.client_id,
            details={"integration": tile.name},
        )
    return bool(done)
