"""Requests of partners to the host: a private scope is asked for here, and granted or declined by a reviewer."""

from uuid import UUID

from latchstring.accounts import organizations
from latchstring.accounts.refused import Conflict, Missing, Refused
from latchstring.accounts.texts import checked_text
from latchstring.apps import partner_request_store as store
from latchstring.apps import store as apps_store
from latchstring.apps.partner_request import Kind, PartnerRequest, State
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
        tx, organization_id, request_id,
        kind="private_scope", subject=scope, reason=because, user_id=user_id, at=act.at,
    ):  # fmt: skip
        raise Conflict("has been asked for, and the host has not answered yet", field="scope")
    await record(tx, act, organization_id, "partner_request.asked", subject=scope)
    return await get(tx, organization_id, request_id)


async def ask_for_secret(
    tx: Transaction,
    entropy: Entropy,
    act: Act,
    organization_id: UUID,
    user_id: UUID,
    *,
    client_id: UUID | None,
    reason: str,
) -> PartnerRequest:
    """Ask the host that another secret of the published client may be made: the one that was shown is lost or leaked.

    Raises:
        Missing: the organization has no such published client.
        Conflict: this has been asked for, or was granted and not used.
    """
    client = await apps_store.find_client(tx, organization_id, client_id) if client_id else None
    if client is None or client.kind != "published":
        raise Missing("published client")
    last = await store.of_subject(tx, organization_id, "published_secret", str(client.id))
    if last is not None and last.state == "granted" and last.used_at is None:
        raise Conflict("has been granted; make the new secret")
    return await _asked(
        tx, entropy, act, organization_id, user_id, "published_secret", str(client.id), reason, client.id
    )


async def ask_for_sandbox(
    tx: Transaction,
    entropy: Entropy,
    act: Act,
    organization_id: UUID,
    user_id: UUID,
    *,
    site: str,
    sites: frozenset[str],
    reason: str,
) -> PartnerRequest:
    """Ask the host for a sandbox organization on another site, where the app can be imported and tested.

    Raises:
        Refused: the host has no such other site.
        Conflict: this has been asked for.
    """
    if site not in sites:
        raise Refused("is none of the other sites", field="site")
    return await _asked(tx, entropy, act, organization_id, user_id, "sandbox_elsewhere", site, reason, None)


async def _asked(
    tx: Transaction,
    entropy: Entropy,
    act: Act,
    organization_id: UUID,
    user_id: UUID,
    kind: Kind,
    subject: str,
    reason: str,
    client_id: UUID | None,
) -> PartnerRequest:
    await organizations.partner(tx, organization_id)
    request_id, because = entropy.uuid(), checked_text(reason, field="reason", limit=_LONGEST)
    if not await store.insert(
        tx, organization_id, request_id,
        kind=kind, subject=subject, reason=because, user_id=user_id, at=act.at, client_id=client_id,
    ):  # fmt: skip
        raise Conflict("has been asked for, and the host has not answered yet")
    await record(
        tx, act, organization_id, "partner_request.asked",
        subject=subject, client_id=client_id, details={"kind": kind},
    )  # fmt: skip
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
    """Grant what was asked for, in force at once, or decline it; `answer` is shown to the partner. A granted secret
    is made by the partner, once: nobody else ever sees it. A sandbox is where the answer says.

    Raises:
        Conflict: it was answered before.
        Refused: the answer would leave the partner without a word that is needed.
    """
    asked = await get(tx, organization_id, request_id)
    if asked.state != "open":
        raise Conflict("was answered before")
    words = checked_text(answer, field="answer", limit=_LONGEST)
    if not words and asked.kind == "sandbox_elsewhere":
        raise Refused("must say where the sandbox is, or why there is none", field="answer")
    if granted and asked.kind == "private_scope":
        await organizations.approve_private_scope(tx, contract, act, organization_id, asked.subject)
    state: State = "granted" if granted else "declined"
    await store.answer(tx, organization_id, asked.id, state=state, answer=words, by=act.actor, at=act.at)
    details = {"kind": asked.kind, "subject": asked.subject, "state": state, "asked_by": str(asked.asked_by)}
    await record(tx, act, organization_id, "request.answered", subject=asked.id, details=details)
    return await get(tx, organization_id, asked.id)
