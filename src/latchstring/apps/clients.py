"""Test clients: made, changed, given another secret, and ended. Published ones change only by review."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from latchstring.accounts.refused import Conflict, Missing
from latchstring.apps import partner_request_store, store, templates
from latchstring.apps.checks import checked_client
from latchstring.apps.model import App, ClientFields, NewClient, OwnedClient
from latchstring.audit.entries import Act, record
from latchstring.contract.model import Contract
from latchstring.kit.entropy import Entropy
from latchstring.protocol.credentials import CLIENT_SECRET, compose
from latchstring.storage.database import Transaction
from latchstring.storage.keys import KeyRing

#: The purpose of the digest, under the shared keys, that stands for a secret.
PURPOSE = "client-secret"
_MOST = 20


@dataclass(frozen=True, slots=True)
class Smithy:
    """What new secrets are made from: the shared keys, chance, and the site they are for."""

    shared_keys: KeyRing
    entropy: Entropy
    site: str

    def secret(self) -> str:
        """A new client secret."""
        return compose(CLIENT_SECRET, self.site, self.entropy.bytes(24))

    def digest(self, secret: str) -> bytes:
        """What is stored of it."""
        return self.shared_keys.digest(PURPOSE, secret)


async def create(
    tx: Transaction,
    contract: Contract,
    smithy: Smithy,
    act: Act,
    organization_id: UUID,
    app_id: UUID | None,
    fields: ClientFields,
    *,
    client_id: UUID | None = None,
) -> NewClient:
    """A new test client of an app, with its secret. A `client_id` that was promised before must be unused."""
    if app_id is None or await store.find_app(tx, organization_id, app_id) is None:
        raise Missing("app")
    if len(await store.clients(tx, organization_id, app_id, None, _MOST)) >= _MOST:
        raise Conflict(f"an app can have at most {_MOST} clients")
    checked = checked_client(fields, contract, await store.approved_private_scopes(tx, organization_id))
    client_id, secret = client_id or smithy.entropy.uuid(), smithy.secret()
    await store.insert_test_client(
        tx,
        organization_id,
        app_id,
        client_id,
        checked,
        site=smithy.site,
        secret_digest=smithy.digest(secret),
        at=act.at,
    )
    await _record(tx, act, organization_id, "client.created", client_id, {"name": checked.name})
    return NewClient(await get(tx, organization_id, client_id), secret)


async def starting_scopes(
    tx: Transaction, contract: Contract, organization_id: UUID, app: App
) -> tuple[str, ...]:
    """The scopes that a new client starts with: the first one of an app has those of the app's template."""
    if await store.clients(tx, organization_id, app.id, None, 1):
        return ()
    approved = await store.approved_private_scopes(tx, organization_id)
    return templates.starting_scopes(app.template, contract, approved)


async def get(tx: Transaction, organization_id: UUID, client_id: UUID | None) -> OwnedClient:
    """The client.

    Raises:
        Missing: the organization has none of that id.
    """
    found = await store.find_client(tx, organization_id, client_id) if client_id else None
    if found is None:
        raise Missing("client")
    return found


async def update(
    tx: Transaction,
    contract: Contract,
    act: Act,
    organization_id: UUID,
    client_id: UUID | None,
    fields: ClientFields,
) -> OwnedClient:
    """Other fields for a test client, in force at once.

    Raises:
        Conflict: it is published.
    """
    approved = await store.approved_private_scopes(tx, organization_id)
    client = await _test_client(tx, organization_id, client_id)
    checked = checked_client(fields, contract, approved)
    tx.revokes()
    await store.update_test_client(tx, organization_id, client.id, checked, act.at)
    details = {"scopes": list(checked.scopes), "redirect_uris": list(checked.redirect_uris)}
    await _record(tx, act, organization_id, "client.updated", client.id, details)
    return await get(tx, organization_id, client.id)


async def regenerate_secret(
    tx: Transaction, smithy: Smithy, act: Act, organization_id: UUID, client_id: UUID | None
) -> NewClient:
    """Another secret. The old one is dead at once; what was authorized lives on. That of a published client is the
    host's to replace, or its partner's once the host has granted it.

    Raises:
        Conflict: it has not.
    """
    client = await get(tx, organization_id, client_id)
    if client.kind == "published" and act.actor.startswith("user:"):
        await _use_permission(tx, act, organization_id, client.id)
    secret = smithy.secret()
    tx.revokes()
    await store.set_secret(tx, organization_id, client.id, smithy.digest(secret), act.at)
    await _record(tx, act, organization_id, "client.secret_regenerated", client.id, {})
    return NewClient(await get(tx, organization_id, client.id), secret)


async def _use_permission(tx: Transaction, act: Act, organization_id: UUID, client_id: UUID) -> None:
    if not await partner_request_store.use_secret(tx, organization_id, client_id, act.at):
        raise Conflict(
            "ask the host for another secret of a published client; it is made once that is granted"
        )


async def delete(tx: Transaction, act: Act, organization_id: UUID, client_id: UUID | None) -> None:
    """End a test client for good, with its authorizations and API keys in the sandbox.

    Raises:
        Conflict: it is published.
    """
    client = await _test_client(tx, organization_id, client_id)
    tx.revokes()
    await store.end_test_client(
        tx, organization_id, client.id, at=act.at, actor=act.actor, request_id=act.request_id
    )
    await _record(tx, act, organization_id, "client.deleted", client.id, {"name": client.name})


def fields_of(client: OwnedClient) -> ClientFields:
    """The fields that its owner wrote."""
    return ClientFields(
        client.name,
        client.description,
        tuple(client.redirect_uris),
        client.onboarding_url,
        tuple(client.scopes),
    )


async def _test_client(tx: Transaction, organization_id: UUID, client_id: UUID | None) -> OwnedClient:
    client = await get(tx, organization_id, client_id)
    if client.kind == "published":
        raise Conflict("a published client can't be edited; send a new revision for review")
    return client


async def _record(
    tx: Transaction,
    act: Act,
    organization_id: UUID,
    action: str,
    client_id: UUID,
    details: Mapping[str, object],
) -> None:
    await record(tx, act, organization_id, action, subject=client_id, client_id=client_id, details=details)
