"""Apps and their OAuth clients, over JSON."""

from typing import Any, TypeVar
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, structs
from starlette.responses import Response

from latchstring.apps import apps, clients, store
from latchstring.apps.model import App, AppFields, ClientFields, NewClient, OwnedClient
from latchstring.apps.templates import TemplateName
from latchstring.web.api.answers import Many, One, many, nothing, one
from latchstring.web.api.asking import act_of, id_of, organization_of, paging_of, query_of, smithy_of
from latchstring.web.api.rows import PAGE, holding, row
from latchstring.web.http import Request
from latchstring.web.routing import Route

F = TypeVar("F", AppFields, ClientFields)


class NewApp(Struct, forbid_unknown_fields=True):
    """An app; only its name is needed. `app_uuid` is that of an existing integration, to be taken over."""

    name: str
    description: str = ""
    category: str = ""
    author: str = ""
    support: str = ""
    homepage: str = ""
    template: TemplateName = "blank"
    app_uuid: UUID | None = None


class ChangedApp(Struct, forbid_unknown_fields=True):
    """What is left out stays."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    category: str | UnsetType = UNSET
    author: str | UnsetType = UNSET
    support: str | UnsetType = UNSET
    homepage: str | UnsetType = UNSET


class NewTestClient(Struct, forbid_unknown_fields=True):
    """A test client; only its name is needed to begin with. Without `scopes`, the first client of an app has those
    of the app's template."""

    name: str
    description: str = ""
    redirect_uris: tuple[str, ...] = ()
    onboarding_url: str = ""
    scopes: tuple[str, ...] | UnsetType = UNSET


class ChangedClient(Struct, forbid_unknown_fields=True):
    """What is left out stays."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    redirect_uris: tuple[str, ...] | UnsetType = UNSET
    onboarding_url: str | UnsetType = UNSET
    scopes: tuple[str, ...] | UnsetType = UNSET


async def list_apps(request: Request) -> Response:
    page, organization_id = paging_of(request), await organization_of(request)
    search = query_of(request, "search")
    found = await store.apps(request.tx, organization_id, page.after_id, page.size + 1, search=search)
    return many(found, page.size, lambda app: app.id)


async def create_app(request: Request) -> Response:
    asked = await request.json_as(NewApp)
    *fields, template, app_uuid = structs.astuple(asked)
    made = await apps.create(
        request.tx,
        request.platform.entropy,
        act_of(request),
        await organization_of(request),
        AppFields(*fields),
        template=template,
        app_uuid=app_uuid,
    )
    return one(made, 201)


async def read_app(request: Request) -> Response:
    return one(await apps.get(request.tx, await organization_of(request), id_of(request, "app_id")))


async def change_app(request: Request) -> Response:
    asked = await request.json_as(ChangedApp)
    organization_id = await organization_of(request)
    before = await apps.get(request.tx, organization_id, id_of(request, "app_id"))
    fields = _changed(apps.fields_of(before), asked)
    return one(await apps.update(request.tx, act_of(request), organization_id, before.id, fields))


async def delete_app(request: Request) -> Response:
    organization_id = await organization_of(request)
    await apps.delete(request.tx, act_of(request), organization_id, id_of(request, "app_id"))
    return nothing()


async def list_clients(request: Request) -> Response:
    page, organization_id = paging_of(request), await organization_of(request)
    app = await apps.get(request.tx, organization_id, id_of(request, "app_id"))
    found = await store.clients(request.tx, organization_id, app.id, page.after_id, page.size + 1)
    return many(found, page.size, lambda client: client.id)


async def create_client(request: Request) -> Response:
    asked, organization_id = await request.json_as(NewTestClient), await organization_of(request)
    app = await apps.get(request.tx, organization_id, id_of(request, "app_id"))
    scopes = asked.scopes
    if scopes is UNSET:
        scopes = await clients.starting_scopes(request.tx, request.platform.contract, organization_id, app)
    uris, onboarding_url = asked.redirect_uris, asked.onboarding_url
    made = await clients.create(
        request.tx,
        request.platform.contract,
        smithy_of(request),
        act_of(request),
        organization_id,
        app.id,
        ClientFields(asked.name, asked.description, uris, onboarding_url, scopes),
    )
    return one(made, 201)


async def read_client(request: Request) -> Response:
    organization_id = await organization_of(request)
    return one(await clients.get(request.tx, organization_id, id_of(request, "client_id")))


async def change_client(request: Request) -> Response:
    asked = await request.json_as(ChangedClient)
    organization_id = await organization_of(request)
    before = await clients.get(request.tx, organization_id, id_of(request, "client_id"))
    changed = await clients.update(
        request.tx,
        request.platform.contract,
        act_of(request),
        organization_id,
        before.id,
        _changed(clients.fields_of(before), asked),
    )
    return one(changed)


async def delete_client(request: Request) -> Response:
    organization_id = await organization_of(request)
    await clients.delete(request.tx, act_of(request), organization_id, id_of(request, "client_id"))
    return nothing()


async def regenerate_client_secret(request: Request) -> Response:
    organization_id = await organization_of(request)
    made = await clients.regenerate_secret(
        request.tx, smithy_of(request), act_of(request), organization_id, id_of(request, "client_id")
    )
    return one(made, 201)


def _changed(before: F, asked: Struct) -> F:
    given: dict[str, Any] = {
        name: value for name, value in structs.asdict(asked).items() if value is not UNSET
    }
    return type(before)(**{**{name: getattr(before, name) for name in before.__slots__}, **given})


_APPS = "/organizations/{organization_id}/apps"
_APP = _APPS + "/{app_id}"
_CLIENT = "/organizations/{organization_id}/clients/{client_id}"
_MANAGE = holding("apps_manage")

ROUTES: tuple[Route, ...] = (
    row("GET", _APPS, list_apps, _MANAGE, "List a sandbox organization's apps; `search` looks in names and app_uuids",
        gives=Many[App], query={**PAGE, "search": str}),
    row("POST", _APPS, create_app, _MANAGE, "Create an app", takes=NewApp, gives=One[App], status=201),
    row("GET", _APP, read_app, _MANAGE, "Read an app", gives=One[App]),
    row("PATCH", _APP, change_app, _MANAGE, "Change an app", takes=ChangedApp, gives=One[App]),
    row("DELETE", _APP, delete_app, _MANAGE, "Delete an app with its test clients", status=204),
    row("GET", _APP + "/clients", list_clients, _MANAGE, "List an app's OAuth clients",
        gives=Many[OwnedClient], query=PAGE),
    row("POST", _APP + "/clients", create_client, _MANAGE, "Create a test client; its secret is shown once",
        takes=NewTestClient,
        gives=One[NewClient], status=201),
    row("GET", _CLIENT, read_client, _MANAGE, "Read an OAuth client", gives=One[OwnedClient]),
    row("PATCH", _CLIENT, change_client, _MANAGE, "Change a test client; a published one can't be edited",
        takes=ChangedClient, gives=One[OwnedClient]),
    row("DELETE", _CLIENT, delete_client, _MANAGE, "Delete a test client with what was authorized to it",
        status=204),
    row("POST", _CLIENT + "/secret", regenerate_client_secret, _MANAGE,
        "Regenerate a client's secret: the old one is dead, authorizations stay",
        gives=One[NewClient], status=201),
)  # fmt: skip
