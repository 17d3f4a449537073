"""What approval brings about: a revision of the client goes live, or the tile is shown to more than its sandbox."""

from uuid import UUID

from latchstring.accounts.refused import Conflict, Missing
from latchstring.apps import store as apps_store
from latchstring.apps.model import ClientFields
from latchstring.audit.entries import Act, record
from latchstring.publishing import proposal, revisions, tiles
from latchstring.publishing.desk import House
from latchstring.publishing.model import Revision, Submission
from latchstring.publishing.revisions import Since
from latchstring.storage.database import Transaction


async def client(tx: Transaction, house: House, act: Act, submission: Submission) -> Revision:
    """The proposed configuration goes live under the same credentials, as the next revision, and the tile with it.

    Raises:
        Refused: it can't be published any more: a private scope was taken from the partner since.
    """
    organization_id = submission.organization_id
    approved = await apps_store.approved_private_scopes(tx, organization_id)
    proposed = proposal.client_fields(submission.proposed)
    fields = proposal.checked_proposal(proposed, house.contract, approved, loopback=house.loopback)
    if await apps_store.find_client(tx, organization_id, submission.client_id) is None:
        raise Conflict("its OAuth client is disabled")
    revision = await go_live(tx, house, act, organization_id, submission.client_id, fields)
    app = await apps_store.find_app(tx, organization_id, submission.app_id)
    if app is None:
        raise Missing("app")
    await tiles.put(
        tx,
        house.site,
        organization_id,
        submission.client_id,
        app,
        tiles.texts(app, submission.folder),
        act.at,
    )
    return revision


async def go_live(
    tx: Transaction,
    house: House,
    act: Act,
    organization_id: UUID,
    client_id: UUID,
    fields: ClientFields,
    *,
    restores: tuple[int, Since] | None = None,
    action: str = "client.published",
    reason: str = "",
) -> Revision:
    """Make a configuration live. What it drops ends at once; what it adds waits for consent."""
    found = await revisions.latest(tx, house.site, client_id)
    before, since = found or (None, Since((), ()))
    number = before.revision + 1 if before else 1
    going_on = restores[1] if restores else since
    tx.revokes()
    await revisions.put_live(
        tx, organization_id, client_id, fields,
        site=house.site, revision=number, since=going_on.going_on(fields.scopes, number),
        restores=restores[0] if restores else None, at=act.at,
    )  # fmt: skip
    old = before.scopes if before else []
    details = {
        "revision": number,
        "restores": restores[0] if restores else None,
        "reason": reason,
        "scopes": list(fields.scopes),
        "scopes_added": [scope for scope in fields.scopes if scope not in old],
        "scopes_dropped": [scope for scope in old if scope not in fields.scopes],
    }
    await record(tx, act, organization_id, action, subject=client_id, client_id=client_id, details=details)
    live = await revisions.latest(tx, house.site, client_id)
    if live is None:
        raise Missing("revision")
    return live[0]


async def integration(tx: Transaction, house: House, act: Act, submission: Submission) -> None:
    """Show the tile to whom the submission names."""
    await tiles.show(
        tx,
        house.site,
        act,
        submission.organization_id,
        submission.app_id,
        proposal.reach(submission.proposed),
    )
