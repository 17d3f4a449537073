"""Apps: made in a partner's sandbox organization, changed, and deleted while nothing of them is published."""

from uuid import UUID

from latchstring.accounts import organizations
from latchstring.accounts.refused import Conflict, Missing, Refused
from latchstring.apps import clients, store
from latchstring.apps.checks import checked_app
from latchstring.apps.logo import checked_logo
from latchstring.apps.model import App, AppFields, Logo
from latchstring.apps.templates import TemplateName
from latchstring.audit.entries import Act, record
from latchstring.kit.entropy import Entropy
from latchstring.storage.database import Transaction

_MOST = 2_000
_MOST_CLIENTS = 100


async def create(
    tx: Transaction,
    entropy: Entropy,
    act: Act,
    organization_id: UUID,
    fields: AppFields,
    *,
    template: TemplateName = "blank",
    app_uuid: UUID | None = None,
) -> App:
    """A new app, without a client yet. `app_uuid` is that of an existing integration, which it then keeps.

    Raises:
        Conflict: the organization is no sandbox, or has too many apps, or the app_uuid is another app's.
    """
    if (await organizations.get(tx, organization_id)).kind != "sandbox":
        raise Conflict("apps are built in a sandbox organization")
    checked, app_id = checked_app(fields), app_uuid or entropy.uuid()
    if app_id.int >> 64 == 0:
        raise Refused("is no app_uuid of an integration", field="app_uuid")
    if await store.count_apps(tx, organization_id) >= _MOST:
        raise Conflict(f"an organization can have at most {_MOST} apps")
    if not await store.insert_app(tx, organization_id, app_id, checked, template, act.at):
        raise Conflict("belongs to another app", field="app_uuid")
    details = {"name": checked.name, "template": template, "taken_over": app_uuid is not None}
    await record(tx, act, organization_id, "app.created", subject=app_id, details=details)
    return await get(tx, organization_id, app_id)


async def get(tx: Transaction, organization_id: UUID, app_id: UUID | None) -> App:
    """The app.

    Raises:
        Missing: the organization has none of that id.
    """
    found = await store.find_app(tx, organization_id, app_id) if app_id else None
    if found is None:
        raise Missing("app")
    return found


async def update(
    tx: Transaction, act: Act, organization_id: UUID, app_id: UUID | None, fields: AppFields
) -> App:
    """Other fields for an app."""
    app, checked = await get(tx, organization_id, app_id), checked_app(fields)
    await store.update_app(tx, organization_id, app.id, checked, act.at)
    await record(tx, act, organization_id, "app.updated", subject=app.id, details={"name": checked.name})
    return await get(tx, organization_id, app.id)


async def mark_stable(tx: Transaction, act: Act, organization_id: UUID, app_id: UUID | None) -> App:
    """The owner's word that the app is ready to publish. Twice is once."""
    app = await get(tx, organization_id, app_id)
    if await store.set_stable(tx, organization_id, app.id, act.at, act.at):
        await record(tx, act, organization_id, "app.marked_stable", subject=app.id)
    return await get(tx, organization_id, app.id)


async def mark_in_development(tx: Transaction, act: Act, organization_id: UUID, app_id: UUID | None) -> App:
    """Take that word back."""
    app = await get(tx, organization_id, app_id)
    if await store.set_stable(tx, organization_id, app.id, None, act.at):
        await record(tx, act, organization_id, "app.marked_in_development", subject=app.id)
    return await get(tx, organization_id, app.id)


async def put_logo(
    tx: Transaction, act: Act, organization_id: UUID, app_id: UUID | None, content: bytes
) -> App:
    """Another logo.

    Raises:
        Refused: it is no such image.
    """
    app, logo = await get(tx, organization_id, app_id), checked_logo(content)
    await store.set_logo(tx, organization_id, app.id, logo, act.at)
    details = {"type": logo.type, "bytes": len(logo.content)}
    await record(tx, act, organization_id, "app.logo_changed", subject=app.id, details=details)
    return await get(tx, organization_id, app.id)


async def remove_logo(tx: Transaction, act: Act, organization_id: UUID, app_id: UUID | None) -> App:
    """No logo any more."""
    app = await get(tx, organization_id, app_id)
    if app.logo_type is not None:
        await store.set_logo(tx, organization_id, app.id, None, act.at)
        await record(tx, act, organization_id, "app.logo_removed", subject=app.id)
    return await get(tx, organization_id, app.id)


async def logo(tx: Transaction, organization_id: UUID, app_id: UUID | None) -> Logo:
    """The app's logo.

    Raises:
        Missing: the organization has no such app, or it has no logo.
    """
    found = await store.find_logo(tx, organization_id, app_id) if app_id else None
    if found is None:
        raise Missing("logo")
    return found


async def delete(tx: Transaction, act: Act, organization_id: UUID, app_id: UUID | None) -> None:
    """Delete an app with its test clients.

    Raises:
        Conflict: one of its clients is published.
    """
    app = await get(tx, organization_id, app_id)
    owned = await store.clients(tx, organization_id, app.id, None, _MOST_CLIENTS)
    if any(client.kind == "published" for client in owned):
        raise Conflict("an app with a published client can't be deleted")
    for client in owned:
        await clients.delete(tx, act, organization_id, client.id)
    await store.delete_app(tx, organization_id, app.id)
    await record(tx, act, organization_id, "app.deleted", subject=app.id, details={"name": app.name})


def fields_of(app: App) -> AppFields:
    """The fields that its owner wrote."""
    return AppFields(app.name, app.description, app.category, app.author, app.support, app.homepage)
