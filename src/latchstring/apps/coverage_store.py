"""SQL of what an app's clients have exercised in their own sandbox."""

from uuid import UUID

from latchstring.apps.coverage import Exercised
from latchstring.storage.database import Transaction

_READ = """
SELECT operation, by_key, first_at, last_at, calls FROM exercised_operations
WHERE organization_id = $1 AND client_id = $2 ORDER BY operation, by_key"""


async def exercised(tx: Transaction, organization_id: UUID, client_id: UUID) -> list[Exercised]:
    """The operations that a client of the organization called there with success, by name."""
    rows = await tx.rows(_READ, organization_id, client_id)
    return [Exercised(**row) for row in rows]
