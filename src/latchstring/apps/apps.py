"""Apps: made in a partner's sandbox organization, changed, and deleted while nothing of them is published."""

from uuid import UUID

from latchstring.accounts import organizations
from latchstring.accounts.refused import Conflict, Missing
from latchstring.apps import clients, store
from latchstring.apps.checks import checked_app
from latchstring.apps.model import App, AppFields
from latchstring.audit.entries import Act, record
from latchstring.kit.entropy import Entropy
from latchstring.storage.database import Transaction

_MOST = 200


async def create(
    tx: Transaction, entropy: Entropy, act: Act, organization_id: UUID, fields: AppFields
) -> App:
    """A new app, without a client yet.

    Raises:
        Conflict: the organization is no sandbox, or has too many apps.
    """
    if (await organizations.get(tx, organization_id)).kind != "sandbox":
        raise Conflict("apps are built in a sandbox organization")
    checked, app_id = checked_app(fields), entropy.uuid()
    if await store.count_apps(tx, organization_id) >= _MOST:
        raise Conflict(f"an organization can have at most {_MOST} apps")
    await store.insert_app(tx, organization_id, app_id, checked, act.at)
    await record(tx, act, organization_id, "app.created", subject=app_id, details={"name": checked.name})
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


async def delete(tx: Transaction, act: Act, organization_id: UUID, app_id: UUID | None) -> None:
    """Delete an app with its test clients.

    Raises:
        Conflict: one of its clients is published.
    """
    app = await get(tx, organization_id, app_id)
    owned = await store.clients(tx, organization_id, app.id, None, _MOST)
    if any(client.kind == "published" for client in owned):
        raise Conflict("an app with a published client can't be deleted")
    for client in owned:
        await clients.delete(tx, act, organization_id, client.id)
    await store.delete_app(tx, organization_id, app.id)
    await record(tx, act, organization_id, "app.deleted", subject=app.id, details={"name": app.name})


def fields_of(app: App) -> AppFields:
    """The fields that its owner wrote."""
    return AppFields(app.name, app.description, app.category, app.author, app.support, app.homepage)
