"""Manifests in action: the plan against what is there now, and the same plan carried out in one transaction."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from latchstring.accounts import organizations
from latchstring.accounts.refused import Conflict, Refused
from latchstring.apps import apps, clients, store
from latchstring.apps.clients import Smithy
from latchstring.apps.manifest import MOST_CLIENTS, Manifest, write_manifest
from latchstring.apps.model import App, OwnedClient
from latchstring.apps.plan import Current, Plan, Step, app_fields, app_uuid_of, client_fields, plan_of
from latchstring.audit.entries import Act
from latchstring.contract.model import Contract
from latchstring.protocol.client_authentication import uuid_of
from latchstring.storage.database import Transaction

#: The app that a manifest is for: the one of its app_uuid, else of its name, else a new one; surely a new one;
#: or this one.
Target = Literal["matching", "new"] | UUID


@dataclass(frozen=True, slots=True)
class AppliedClient:
    """A client of the manifest. The secret is there only when the client is new, now and never again."""

    client: OwnedClient
    client_secret: str | None


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a manifest did."""

    app: App
    clients: tuple[AppliedClient, ...]
    plan: Plan


def target_of(text: str) -> Target | None:
    """The target as it is written in a form, a query or a command; None when it is none."""
    words: dict[str, Target] = {"matching": "matching", "new": "new"}
    return words.get(text) or uuid_of(text)


async def plan(
    tx: Transaction,
    contract: Contract,
    organization_id: UUID,
    manifest: Manifest,
    target: Target = "matching",
) -> Plan:
    """What applying the manifest would do.

    Raises:
        Conflict: the organization is no sandbox.
        Missing: it has no app of the id in `target`.
    """
    return plan_of(manifest, await _current(tx, organization_id, manifest, target), contract)


async def apply(
    tx: Transaction,
    contract: Contract,
    smithy: Smithy,
    act: Act,
    organization_id: UUID,
    manifest: Manifest,
    target: Target = "matching",
    *,
    leave_out: bool = False,
    fingerprint: str | None = None,
) -> Applied:
    """Carry out the plan: what is missing is made, what differs is changed, nothing is deleted.

    Applying the same manifest again changes nothing. Two at once take turns.

    Raises:
        Refused: something in it can't be, and `leave_out` does not say to go on without; nothing is done.
        Conflict: the plan is not the one of `fingerprint` any more.
    """
    await store.lock(tx, organization_id)
    current = await _current(tx, organization_id, manifest, target)
    found = plan_of(manifest, current, contract)
    if fingerprint is not None and fingerprint != found.fingerprint:
        raise Conflict("what is there has changed since the plan was made")
    if found.problems and (found.app is None or not leave_out):
        problem = found.problems[0]
        raise Refused(problem.reason, field=problem.place)
    if found.app is None:
        raise Refused("names no app", field="app")
    app = await _apply_app(tx, smithy, act, organization_id, found.app, current.app)
    known = {client.id: client for client in current.clients}
    done = [
        await _apply_client(tx, contract, smithy, act, organization_id, app.id, step, known)
        for step in found.clients
    ]
    return Applied(app, tuple(done), found)


async def export(tx: Transaction, organization_id: UUID, app_id: UUID | None, *, origin: str = "") -> bytes:
    """The manifest of an app: its test clients, and published ones that no test client stands for.

    Raises:
        Missing: the organization has no such app.
    """
    app = await apps.get(tx, organization_id, app_id)
    owned = await _clients(tx, organization_id, app)
    tests = [client for client in owned if client.kind == "test"]
    names = {client.name for client in tests}
    return write_manifest(app, [*tests, *(one for one in owned if one.name not in names)], origin=origin)


async def _current(tx: Transaction, organization_id: UUID, manifest: Manifest, target: Target) -> Current:
    if (await organizations.get(tx, organization_id)).kind != "sandbox":
        raise Conflict("apps are built in a sandbox organization")
    app = await _app(tx, organization_id, manifest, target)
    asked = (manifest.app.app_uuid or None) if manifest.app else None
    return Current(
        app,
        tuple(await _clients(tx, organization_id, app)) if app else (),
        await store.approved_private_scopes(tx, organization_id),
        asked is not None and not await store.is_app(tx, asked),
    )


async def _app(tx: Transaction, organization_id: UUID, manifest: Manifest, target: Target) -> App | None:
    if isinstance(target, UUID):
        return await apps.get(tx, organization_id, target)
    if target == "new":
        return None
    asked = (manifest.app.app_uuid or None) if manifest.app else None
    found = await store.find_app(tx, organization_id, asked) if asked else None
    return found or await store.find_app_by_name(tx, organization_id, manifest.app_name.strip())


async def _clients(tx: Transaction, organization_id: UUID, app: App) -> list[OwnedClient]:
    owned = await store.clients(tx, organization_id, app.id, None, MOST_CLIENTS)
    return sorted(owned, key=lambda client: (client.created_at, client.id))


async def _apply_app(
    tx: Transaction, smithy: Smithy, act: Act, organization_id: UUID, step: Step, known: App | None
) -> App:
    if known is None:
        fields, app_uuid = app_fields(step, None), app_uuid_of(step)
        return await apps.create(tx, smithy.entropy, act, organization_id, fields, app_uuid=app_uuid)
    if step.kind == "unchanged":
        return known
    return await apps.update(tx, act, organization_id, known.id, app_fields(step, apps.fields_of(known)))


async def _apply_client(
    tx: Transaction,
    contract: Contract,
    smithy: Smithy,
    act: Act,
    organization_id: UUID,
    app_id: UUID,
    step: Step,
    known: dict[UUID, OwnedClient],
) -> AppliedClient:
    if step.id is None:
        fields = client_fields(step, None)
        made = await clients.create(tx, contract, smithy, act, organization_id, app_id, fields)
        return AppliedClient(made.client, made.client_secret)
    client = known[step.id]
    if step.kind == "change":
        fields = client_fields(step, clients.fields_of(client))
        client = await clients.update(tx, contract, act, organization_id, client.id, fields)
    return AppliedClient(client, None)
