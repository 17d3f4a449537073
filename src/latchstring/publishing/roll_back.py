"""Roll back: a new revision that restores the one before, in one step, with the same credentials."""

from uuid import UUID

from latchstring.accounts.refused import Conflict, Missing, Refused
from latchstring.accounts.texts import checked_text
from latchstring.apps import store as apps_store
from latchstring.audit.entries import Act
from latchstring.publishing import proposal, publish, revisions
from latchstring.publishing.desk import House
from latchstring.publishing.model import Revision
from latchstring.publishing.revisions import Since
from latchstring.storage.database import Transaction


async def roll_back(
    tx: Transaction,
    house: House,
    act: Act,
    organization_id: UUID,
    client_id: UUID | None,
    *,
    live: int,
    reason: str,
) -> Revision:
    """Restore the revision before the one that is live, which the caller names as they saw it. Who had consented to
    it has again what it says.

    Raises:
        Missing: there is no such published client.
        Conflict: another revision is live, or none was before it.
        Refused: no reason is given, or the one before can't be published any more.
    """
    client = await apps_store.find_client(tx, organization_id, client_id) if client_id else None
    if client is None or client.kind != "published":
        raise Missing("published client")
    now = await revisions.latest(tx, house.site, client.id)
    if now is None or now[0].revision != live:
        raise Conflict("another revision is live; look again")
    because = checked_text(reason, field="reason")
    if not because:
        raise Refused("must say why", field="reason")
    before, since = await _before(tx, house, now[0])
    approved = await apps_store.approved_private_scopes(tx, organization_id)
    fields = proposal.checked_proposal(
        revisions.fields_of(before), house.contract, approved, loopback=house.loopback
    )
    return await publish.go_live(
        tx, house, act, organization_id, client.id, fields,
        restores=(before.revision, since), action="client.rolled_back", reason=because,
    )  # fmt: skip


async def before_this(tx: Transaction, house: House, live: Revision) -> Revision | None:
    """The revision that rolling back would restore, or None."""
    found = await _found_before(tx, house, live)
    return found[0] if found else None


async def _before(tx: Transaction, house: House, live: Revision) -> tuple[Revision, Since]:
    found = await _found_before(tx, house, live)
    if found is None:
        raise Conflict("there is no revision before this one")
    return found


async def _found_before(tx: Transaction, house: House, live: Revision) -> tuple[Revision, Since] | None:
    """One step back from what is live; from a restored revision, one step back from that one. Always an original."""
    found = await revisions.numbered(tx, house.site, live.client_id, (live.restores or live.revision) - 1)
    if found is not None and found[0].restores is not None:
        return await revisions.numbered(tx, house.site, live.client_id, found[0].restores)
    return found
