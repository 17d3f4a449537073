"""What is read of authorizations, each with everything that limits it."""

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from latchstring.accounts.permission_sets import PermissionSets
from latchstring.grants.model import Active, Authorization, Pending, Revoked, State, scopes_in_force
from latchstring.protocol.rehearsal import Watch, watch_of
from latchstring.protocol.rotation import Counter
from latchstring.storage.database import Database, Row
from latchstring.storage.unchanged import Unchanged

_READ = """
SELECT a.organization_id, a.id, a.client_id, a.user_id, a.state, a.scopes, a.secret, a.generation,
    a.moved_at, a.presented_by, a.redirect_uri, a.code_challenge, a.code_expires_at, a.consented_at,
    a.redeemed_at, a.revoked_because, a.access_dead_until, m.permission_set, a.revision,
    c.scopes AS client_scopes, c.scopes_since, a.withheld,
    CASE WHEN o.disabled_at IS NOT NULL THEN 'organization_disabled'
         WHEN u.disabled_at IS NOT NULL THEN 'user_disabled'
         WHEN m.ended_at IS NOT NULL THEN 'membership_ended'
         WHEN c.disabled_at IS NOT NULL THEN 'client_disabled'
         WHEN a.blocked_at IS NOT NULL THEN 'app_blocked' END AS owner_gone,
    c.kind = 'test' AND c.organization_id = a.organization_id AS is_sandbox,
    c.recording_until, c.rehearsal, c.rehearsal_since, c.rehearsal_until,
    ARRAY(SELECT d.nonce FROM denied_access_tokens d
          WHERE d.organization_id = a.organization_id AND d.authorization_id = a.id) AS denied
FROM unnest($1::uuid[], $2::uuid[]) AS wanted (organization_id, id)
JOIN authorizations a ON a.organization_id = wanted.organization_id AND a.id = wanted.id
JOIN organizations o ON o.id = a.organization_id
JOIN users u ON u.id = a.user_id
JOIN memberships m ON m.organization_id = a.organization_id AND m.user_id = a.user_id
JOIN clients c ON c.id = a.client_id
"""

_OTHER_FLOW = """
SELECT consented_at FROM authorizations
WHERE organization_id = $1 AND client_id = $2 AND id <> $3 AND code_challenge = $4
ORDER BY consented_at DESC LIMIT 1
"""

Name = bytes
"""An authorization's full name, as tokens carry it: its organization's id and its own, 16 bytes each."""


class Reader:
    """Reads by name. A row that reads as it did before gives the same `Authorization` as before."""

    def __init__(self, database: Database, sets: PermissionSets) -> None:
        self._database = database
        self._sets = sets
        self._known: Unchanged[Name, Authorization] = Unchanged(self._authorization)

    async def __call__(self, names: list[Name]) -> list[Authorization | None]:
        """The authorizations of these names, each with what limits it, in the same order; None where there is none."""
        distinct = list(dict.fromkeys(names))
        ids = [_ids(name) for name in distinct]
        rows = await self._database.fetch(_READ, [pair[0] for pair in ids], [pair[1] for pair in ids])
        await self._sets.learn(row["permission_set"] for row in rows)
        found: dict[Name, Authorization] = {}
        for row in rows:
            name = row["organization_id"].bytes + row["id"].bytes
            found[name] = self._known.of(name, row)
        return [found.get(name) for name in names]

    def _authorization(self, row: Row) -> Authorization:
        return Authorization(
            organization_id=row["organization_id"],
            id=row["id"],
            client_id=row["client_id"],
            user_id=row["user_id"],
            state=_state(row),
            scopes=tuple(row["scopes"]),
            secret=row["secret"],
            consented_at=row["consented_at"],
            client_scopes=scopes_in_force(row["client_scopes"], row["scopes_since"], row["revision"]),
            permissions=self._sets.known[row["permission_set"]],
            withheld=frozenset(row["withheld"]),
            owner_gone=row["owner_gone"],
            denied=frozenset(row["denied"]),
            access_dead_until=row["access_dead_until"],
            watch=_watch(row) if row["is_sandbox"] else None,
        )


async def other_flow(database: Database, authorization: Authorization, challenge: str) -> datetime | None:
    """When consent was given in another flow of the same client and organization that had this challenge."""
    rows = await database.fetch(
        _OTHER_FLOW, authorization.organization_id, authorization.client_id, authorization.id, challenge
    )
    return rows[0]["consented_at"] if rows else None


@lru_cache(maxsize=10_000)
def _ids(name: Name) -> tuple[UUID, UUID]:
    return UUID(bytes=name[:16]), UUID(bytes=name[16:])


def _watch(row: Row) -> Watch | None:
    return watch_of(row["recording_until"], row["rehearsal"], row["rehearsal_since"], row["rehearsal_until"])


def _state(row: Row) -> State:
    match row["state"]:
        case "pending":
            return Pending(row["redirect_uri"], row["code_challenge"], row["code_expires_at"])
        case "active":
            counter = Counter(row["generation"], row["moved_at"])
            return Active(row["redeemed_at"], counter, row["presented_by"] or "")
        case _:
            return Revoked(row["revoked_because"], row["redeemed_at"] is not None)
