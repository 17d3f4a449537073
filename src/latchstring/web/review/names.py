"""Organizations by name, for the host's reviewers."""

from uuid import UUID

from latchstring.accounts.store import organizations
from latchstring.storage.database import Transaction


async def names_of(tx: Transaction, ids: list[UUID]) -> tuple[str, ...]:
    """The names of organizations; one that this site does not know is called by its id."""
    found = [(one, await organizations.find(tx, one)) for one in ids]
    return tuple(organization.name if organization else str(one) for one, organization in found)
