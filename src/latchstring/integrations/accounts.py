"""The accounts that are connected to an integration, and what each needs from somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from latchstring.grants import listing
from latchstring.grants.listing import Listed
from latchstring.storage.database import Transaction

#: `replaced`: the same person has authorized it again since. `gone`: the person is disabled or has left. `lacking`: the
#: person lacks permissions, so it works in part; somebody who has them is asked to authorize it again (S35). `behind`:
#: it has come to ask for more, which waits for consent.
Standing = Literal["active", "replaced", "blocked", "gone", "lacking", "behind"]
MOST = 100


@dataclass(frozen=True, slots=True)
class Account:
    """One live authorization of the integration, and how it stands."""

    listed: Listed
    standing: Standing


async def accounts(
    tx: Transaction, organization_id: UUID, client_id: UUID, *, only_of: UUID | None = None
) -> list[Account]:
    """The live authorizations of a client in the organization, newest first; `only_of`: those of one person."""
    found = await listing.page(tx, organization_id, client_id=client_id, limit=MOST)
    stood = with_standing(found)
    return [account for account in stood if only_of is None or account.listed.user_id == only_of]


def with_standing(found: Sequence[Listed]) -> list[Account]:
    """How each of a client's authorizations, newest first, stands."""
    seen: set[UUID] = set()
    stood: list[Account] = []
    for listed in found:
        stood.append(Account(listed, "replaced" if listed.user_id in seen else _standing(listed)))
        seen.add(listed.user_id)
    return stood


def _standing(listed: Listed) -> Standing:
    if listed.blocked:
        return "blocked"
    if listed.user_gone:
        return "gone"
    if listed.lacking:
        return "lacking"
    return "behind" if listed.added else "active"
