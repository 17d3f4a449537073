"""Requests of partners to the host: a private scope is asked for here, and granted or declined by a reviewer."""

from uuid import UUID

from latchstring.accounts import organizations
from latchstring.accounts.refused import Conflict, Missing, Refused
from latchstring.accounts.texts import checked_text
from latchstring.apps import partner_request_store as store
from latchstring.apps import store as apps_store
from latchstring.apps.partner_request import PartnerRequest, State
from latchstring.audit.entries import Act, record
from latchstring.contract.model import Contract
from latchstring.kit.entropy import Entropy
from latchstring.storage.database import Transaction

_LONGEST = 1_000


async def ask_for_scope(
    tx: Transaction,
    contract: Contract,
    entropy: Entropy,
    act: Act,
    organization_id: UUID,
    user_id: UUID,
    *,
    scope: str,
    reason: str,
) -> PartnerRequest:
    """Ask the host to approve a private scope for the organization's clients.

    Raises:
        Missing: there is no such scope, or the organization is no partner's.
        Refused: it is public.
        Conflict: it is approved already, or a request for it is open.
    """
    await organizations.partner(tx, organization_id)
    known = contract.scopes.get(scope)
    if known is None:
        raise Missing("scope", field="scope")
    if not known.private:
        raise Refused("is public and needs no approval", field="scope")
    if scope in await apps_store.approved_private_scopes(tx, organization_id):
        raise Conflict("is approved already", field="scope")
    request_id, because = entropy.uuid(), checked_text(reason, field="reason", limit=_LONGEST)
    if not await store.insert(
        tx, organization_id, request_id, subject=scope, reason=because, user_id=user_id, at=act.at
    ):
        raise Conflict("has been asked for, and the host has not answered yet", field="scope")
    await record(tx, act, organization_id, "partner_request.asked", subject=scope)
    return await get(tx, organization_id, request_id)


async def get(tx: Transaction, organization_id: UUID, request_id: UUID | None) -> PartnerRequest:
    """The request.

    Raises:
        Missing: the organization has none of that id.
    """
    found = await store.find(tx, organization_id, request_id) if request_id else None
    if found is None:
        raise Missing("request")
    return found


async def answer(
    tx: Transaction,
    contract: Contract,
    act: Act,
    organization_id: UUID,
    request_id: UUID | None,
    *,
    granted: bool,
    answer: str,
) -> PartnerRequest:
    """Grant what was asked for, in force at once, or decline it; `answer` is shown to the partner.

    Raises:
        Conflict: it was answered before, or is of a kind that is answered elsewhere.
    """
    asked = await get(tx, organization_id, request_id)
    if asked.state != "open":
        raise Conflict("was answered before")
    if asked.kind != "private_scope":
        raise Conflict("is not about a private scope")
    words = checked_text(answer, field="answer", limit=_LONGEST)
    if granted:
        await organizations.approve_private_scope(tx, contract, act, organization_id, asked.subject)
    state: State = "granted" if granted else "declined"
    await store.answer(tx, organization_id, asked.id, state=state, answer=words, by=act.actor, at=act.at)
    await record(tx, act, organization_id, f"partner_request.{state}", subject=asked.subject)
    return await get(tx, organization_id, asked.id)
