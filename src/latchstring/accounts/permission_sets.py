"""Sets of permissions by id. A set never changes, so what was read once is right for good."""

from collections.abc import Iterable
from uuid import UUID

from latchstring.storage.database import Database

_OF_IDS = "SELECT id, permissions FROM permission_sets WHERE id = ANY($1::uuid[])"


class PermissionSets:
    """The sets that this process has met so far."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.known: dict[UUID, frozenset[str]] = {}

    async def learn(self, ids: Iterable[UUID]) -> None:
        """Read those of these sets that are not known yet."""
        if missing := set(ids) - self.known.keys():
            for row in await self._database.fetch(_OF_IDS, list(missing)):
                self.known[row["id"]] = frozenset(row["permissions"])
