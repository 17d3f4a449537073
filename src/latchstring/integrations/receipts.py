"""Receipts of uninstallations: written once, read for good."""

from datetime import datetime
from uuid import UUID

import msgspec

from latchstring.audit.entries import Act
from latchstring.integrations.model import Ended, Receipt, Tile
from latchstring.kit.entropy import Entropy
from latchstring.storage.database import Row, Transaction

_WRITE = """
INSERT INTO uninstall_receipts (organization_id, id, integration_id, client_id, integration_name, uninstalled_by,
    uninstalled_at, ended)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""

_COLUMNS = """
SELECT r.id, r.organization_id, r.integration_id, r.integration_name, r.client_id, r.uninstalled_by,
    u.name AS uninstalled_by_name, r.uninstalled_at, r.ended
FROM uninstall_receipts r LEFT JOIN users u ON u.id = r.uninstalled_by
WHERE r.organization_id = $1
"""

_PAGE = (
    _COLUMNS
    + """
  AND ($2::uuid IS NULL OR r.integration_id = $2)
  AND ($3::timestamptz IS NULL OR (r.uninstalled_at, r.id) < ($3, $4::uuid))
ORDER BY r.uninstalled_at DESC, r.id DESC LIMIT $5
"""
)


async def write(
    tx: Transaction,
    entropy: Entropy,
    act: Act,
    organization_id: UUID,
    tile: Tile,
    by: UUID | None,
    ended: Ended,
) -> UUID:
    """Write what has ended; the receipt's id."""
    receipt_id = entropy.uuid()
    told = msgspec.to_builtins(ended)
    await tx.execute(
        _WRITE, organization_id, receipt_id, tile.id, tile.client_id, tile.name, by, act.at, told
    )
    return receipt_id


async def find(tx: Transaction, organization_id: UUID, receipt_id: UUID | None) -> Receipt | None:
    """A receipt of this organization."""
    row = await tx.row(_COLUMNS + "AND r.id = $2", organization_id, receipt_id)
    return _receipt(row) if row is not None else None


async def page(
    tx: Transaction,
    organization_id: UUID,
    *,
    integration_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 20,
) -> list[Receipt]:
    """Receipts, newest first, of one integration or of all."""
    at, receipt_id = after or (None, None)
    rows = await tx.rows(_PAGE, organization_id, integration_id, at, receipt_id, limit)
    return [_receipt(row) for row in rows]


def _receipt(row: Row) -> Receipt:
    return Receipt(**{**dict(row), "ended": msgspec.convert(row["ended"], Ended)})
