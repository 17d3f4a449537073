"""Names for the ids in entries of the audit log: people and apps, as far as a reader of the log may know them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from latchstring.audit.entries import Entry
from latchstring.protocol.client_authentication import uuid_of
from latchstring.storage.database import Transaction

_LOOKS_BACK = 2_000

# The address of somebody who is no member here, such as a reviewer of the host, stays with the host.
_PEOPLE = """
SELECT u.id, u.name, CASE WHEN m.user_id IS NOT NULL THEN u.email ELSE '' END AS email
FROM users u LEFT JOIN memberships m ON m.organization_id = $1 AND m.user_id = u.id
WHERE u.id = ANY($2::uuid[])
"""
_RECENT = """
SELECT DISTINCT action, actor, client_id FROM (
    SELECT action, actor, client_id FROM audit_entries WHERE organization_id = $1 ORDER BY id DESC LIMIT $2) recent
"""


@dataclass(frozen=True, slots=True)
class Human:
    """Somebody's name; `email` is empty for who is no member."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Names:
    """What is known of the ids."""

    people: dict[UUID, Human]
    clients: dict[UUID, str]

    def actor(self, actor: str) -> Human | None:
        """Who acted, when it was a person that is known."""
        kind, _, number = actor.partition(":")
        found = uuid_of(number)
        return self.people.get(found) if kind == "user" and found else None

    def client(self, client_id: UUID | None) -> str | None:
        """What a client is called."""
        return self.clients.get(client_id) if client_id else None


@dataclass(frozen=True, slots=True)
class Choices:
    """What the newest entries can be narrowed to."""

    actions: list[str]
    actors: list[str]
    clients: list[UUID]


async def choices(tx: Transaction, organization_id: UUID) -> Choices:
    """What occurs in the newest entries of an organization."""
    rows = await tx.rows(_RECENT, organization_id, _LOOKS_BACK)
    return Choices(
        sorted({row["action"] for row in rows}),
        sorted({row["actor"] for row in rows}),
        sorted({row["client_id"] for row in rows if row["client_id"]}),
    )


async def names(
    tx: Transaction,
    organization_id: UUID,
    found: Sequence[Entry],
    actors: Iterable[str] = (),
    clients: Iterable[UUID] = (),
) -> Names:
    """The names of everybody and everything in these entries, and of further actors and clients."""
    ids = [uuid_of(actor.partition(":")[2]) for actor in (*(one.actor for one in found), *actors)]
    subjects = [uuid_of(one.subject) for one in found]
    people = await tx.rows(_PEOPLE, organization_id, [one for one in (*ids, *subjects) if one])
    wanted = {*clients, *(one.client_id for one in found if one.client_id), *(one for one in ids if one)}
    rows = await tx.rows("SELECT id, name FROM clients WHERE id = ANY($1::uuid[])", list(wanted))
    return Names(
        {row["id"]: Human(row["name"], row["email"]) for row in people},
        {row["id"]: row["name"] for row in rows},
    )
