"""Organizations, their partners, and which private scopes those may request."""

from uuid import UUID

from latchstring.accounts import roles
from latchstring.accounts.model import Organization, OrganizationKind, Partner, PrivateScopeApproval
from latchstring.accounts.refused import Conflict, Missing, Refused
from latchstring.accounts.store import organizations as store
from latchstring.accounts.texts import checked_name, checked_subdomain
from latchstring.audit.entries import Act, record
from latchstring.contract.model import Contract
from latchstring.kit.entropy import Entropy
from latchstring.storage.database import Transaction

_TAKEN = "belongs to another organization"


async def create(
    tx: Transaction,
    contract: Contract,
    entropy: Entropy,
    act: Act,
    *,
    name: str,
    kind: OrganizationKind = "customer",
    subdomain: str | None = None,
) -> Organization:
    """A new organization with its managed roles; a sandbox also gets a partner of that name."""
    label = checked_subdomain(subdomain) if subdomain else None
    new = Organization(entropy.uuid(), checked_name(name), kind, label, act.at)
    if not await store.insert(tx, new):
        raise Conflict(_TAKEN, field="subdomain")
    await roles.sync_managed(tx, contract, act.at, new.id)
    if kind == "sandbox":
        await store.put_partner(tx, new.id, new.name, act.at)
    await record(
        tx, act, new.id, "organization.created", subject=new.id, details={"name": new.name, "kind": kind}
    )
    return new


async def get(tx: Transaction, organization_id: UUID | None) -> Organization:
    """The organization.

    Raises:
        Missing: there is none of that id.
    """
    found = await store.find(tx, organization_id) if organization_id else None
    if found is None:
        raise Missing("organization")
    return found


async def rename(
    tx: Transaction, act: Act, organization_id: UUID, *, name: str, subdomain: str | None
) -> Organization:
    """Another name, and another subdomain or none."""
    before = await get(tx, organization_id)
    name, label = checked_name(name), checked_subdomain(subdomain) if subdomain else None
    if not await store.set_names(tx, organization_id, name, label):
        raise Conflict(_TAKEN, field="subdomain")
    if (name, label) != (before.name, before.subdomain):
        await record(tx, act, organization_id, "organization.renamed", subject=name)
    return await get(tx, organization_id)


async def disable(tx: Transaction, act: Act, organization_id: UUID) -> None:
    """From now on nobody acts in it and none of its tokens works; nothing is lost. Twice is once."""
    await get(tx, organization_id)
    tx.revokes()
    if await store.set_disabled(tx, organization_id, act.at):
        await record(tx, act, organization_id, "organization.disabled", subject=organization_id)


async def enable(tx: Transaction, act: Act, organization_id: UUID) -> None:
    """Undo `disable`."""
    await get(tx, organization_id)
    if await store.set_disabled(tx, organization_id, None):
        await record(tx, act, organization_id, "organization.enabled", subject=organization_id)


async def partner(tx: Transaction, organization_id: UUID) -> Partner:
    """The organization's partner.

    Raises:
        Missing: the organization is no partner's.
    """
    found = await store.find_partner(tx, organization_id)
    if found is None:
        raise Missing("partner")
    return found


async def name_partner(tx: Transaction, act: Act, organization_id: UUID, name: str) -> Partner:
    """The partner under which the organization's apps appear; the organization must be a sandbox."""
    if (await get(tx, organization_id)).kind != "sandbox":
        raise Conflict("only a sandbox organization can be a partner's")
    named = await store.put_partner(tx, organization_id, checked_name(name), act.at)
    await record(tx, act, organization_id, "partner.named", subject=named.name)
    return named


async def approve_partner(tx: Transaction, act: Act, organization_id: UUID) -> Partner:
    """The host's word that it knows this partner. Twice is once."""
    await partner(tx, organization_id)
    if await store.set_partner_approved(tx, organization_id, act.at, act.actor):
        await record(tx, act, organization_id, "partner.approved", subject=organization_id)
    return await partner(tx, organization_id)


async def unapprove_partner(tx: Transaction, act: Act, organization_id: UUID) -> None:
    """Take that word back."""
    await partner(tx, organization_id)
    tx.revokes()
    if await store.set_partner_approved(tx, organization_id, None, None):
        await record(tx, act, organization_id, "partner.approval_withdrawn", subject=organization_id)


async def approve_private_scope(
    tx: Transaction, contract: Contract, act: Act, organization_id: UUID, scope: str
) -> None:
    """From now on the partner's clients may request this private scope. Twice is once."""
    await partner(tx, organization_id)
    known = contract.scopes.get(scope)
    if known is None:
        raise Missing("scope", field="scope")
    if not known.private:
        raise Refused("is public and needs no approval", field="scope")
    if await store.insert_approval(tx, PrivateScopeApproval(organization_id, scope, act.at, act.actor)):
        await record(tx, act, organization_id, "private_scope.approved", subject=scope)


async def withdraw_private_scope(tx: Transaction, act: Act, organization_id: UUID, scope: str) -> None:
    """Take the approval back, and the scope from the partner's test clients, at once."""
    await partner(tx, organization_id)
    tx.revokes()
    if await store.delete_approval(tx, organization_id, scope):
        await record(tx, act, organization_id, "private_scope.withdrawn", subject=scope)
