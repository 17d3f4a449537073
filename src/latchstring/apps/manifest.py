"""An app and its client as a file: `{"manifest_version": 1, "app": {…}, "client": {…}}`. Never a secret.

`app`: name, description, category, author, support, homepage. `client`: name, description, redirect_uris,
onboarding_url, scopes. Only the names are required; unknown and repeated members are refused, so nothing in
it can be nested deeper than this.
"""

import json
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import msgspec

from latchstring.accounts.refused import Refused
from latchstring.apps import apps, clients, store
from latchstring.apps.clients import Smithy
from latchstring.apps.model import App, AppFields, ClientFields, OwnedClient
from latchstring.audit.entries import Act
from latchstring.contract.model import Contract
from latchstring.storage.database import Transaction

LARGEST = 256 * 1024


class AppPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The app in a manifest."""

    name: str
    description: str = ""
    category: str = ""
    author: str = ""
    support: str = ""
    homepage: str = ""


class ClientPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The client in a manifest."""

    name: str
    description: str = ""
    redirect_uris: tuple[str, ...] = ()
    onboarding_url: str = ""
    scopes: tuple[str, ...] = ()


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    manifest_version: Literal[1]
    app: AppPart
    client: ClientPart


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a manifest did. The secret is there only when the client is new."""

    app: App
    client: OwnedClient
    client_secret: str | None
    changes: list[str]


def read_manifest(content: bytes) -> Manifest:
    """The manifest in a file.

    Raises:
        Refused: too large, too deep, no JSON, a member twice, or not of this form; names the member.
    """
    if len(content) > LARGEST:
        raise Refused(f"a manifest must not be larger than {LARGEST // 1024} KiB")
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
        json.loads(content, object_pairs_hook=_once)
    except msgspec.ValidationError as problem:
        reason, _, where = str(problem).partition(" - at `$")
        raise Refused(reason, field=where.rstrip("`").lstrip(".") or None) from None
    except (ValueError, RecursionError):
        raise Refused("a manifest is a JSON file in UTF-8, each member once") from None
    return manifest


def write_manifest(app: App, client: OwnedClient) -> bytes:
    """The manifest of an app and one of its clients, ready for another site's sandbox."""
    written = Manifest(
        1,
        AppPart(app.name, app.description, app.category, app.author, app.support, app.homepage),
        ClientPart(
            client.name,
            client.description,
            tuple(client.redirect_uris),
            client.onboarding_url,
            tuple(client.scopes),
        ),
    )
    return msgspec.json.format(msgspec.json.encode(written), indent=2) + b"\n"


async def apply_manifest(
    tx: Transaction, contract: Contract, smithy: Smithy, act: Act, organization_id: UUID, manifest: Manifest
) -> Applied:
    """Bring the organization's app of that name, and its test client, to what the manifest says.

    What is missing is made. Applying the same manifest again changes nothing. `changes` lists the fields that
    were not so before, as `app.description`.
    """
    app, changes = await _apply_app(
        tx, smithy, act, organization_id, AppFields(*msgspec.structs.astuple(manifest.app))
    )
    fields = ClientFields(*msgspec.structs.astuple(manifest.client))
    owned = await store.clients(tx, organization_id, app.id, None, 100)
    known = next((client for client in owned if client.kind == "test" and client.name == fields.name), None)
    if known is None:
        made = await clients.create(tx, contract, smithy, act, organization_id, app.id, fields)
        return Applied(app, made.client, made.client_secret, [*changes, "client"])
    return await _apply_client(tx, contract, act, organization_id, app, known, fields, changes)


async def _apply_app(
    tx: Transaction, smithy: Smithy, act: Act, organization_id: UUID, fields: AppFields
) -> tuple[App, list[str]]:
    known = await store.find_app_by_name(tx, organization_id, fields.name.strip())
    if known is None:
        return await apps.create(tx, smithy.entropy, act, organization_id, fields), ["app"]
    changed = _differences("app", apps.fields_of(known), fields)
    if changed:
        known = await apps.update(tx, act, organization_id, known.id, fields)
    return known, changed


async def _apply_client(
    tx: Transaction,
    contract: Contract,
    act: Act,
    organization_id: UUID,
    app: App,
    known: OwnedClient,
    fields: ClientFields,
    changes: list[str],
) -> Applied:
    before = clients.fields_of(known)
    changed = _differences("client", before, fields)
    if changed:
        known = await clients.update(tx, contract, act, organization_id, known.id, fields)
    return Applied(app, known, None, changes + changed)


def _differences(part: str, before: AppFields | ClientFields, after: AppFields | ClientFields) -> list[str]:
    return [
        f"{part}.{name}"
        for name in before.__dataclass_fields__
        if _comparable(getattr(before, name)) != _comparable(getattr(after, name))
    ]


def _comparable(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
    return value.strip() if isinstance(value, str) else tuple(sorted(value))


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is there twice")
    return members
