"""The tab OAuth & Permissions: the clients of an app, a new one, its secret, and its end.

A secret is the answer to the POST that makes it, never stored on this side and never in a URL, so there is
nothing to redirect to. Repeating the POST (reload, back, a double click) must not make another one: a new
client's id is promised to its form and bound to the form's CSRF token, and a secret is replaced only while
it is the one that the form was shown for. Whoever repeats is sent to the client's page.
"""

from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import Response

from latchstring.accounts.refused import Conflict, Missing, Refused
from latchstring.apps import clients, listing, store
from latchstring.apps.checks import problems_with_client
from latchstring.apps.model import App, ClientFields, NewClient, OwnedClient
from latchstring.protocol.client_authentication import uuid_of
from latchstring.protocol.parameters import Parameters
from latchstring.web.developer.apps import goes_of
from latchstring.web.developer.client_form import client_form, typed_fields
from latchstring.web.developer.desk import (
    act_of,
    app_of,
    app_path,
    client_head_of,
    client_of,
    head_of,
    page,
    sandbox_of,
    smithy_of,
)
from latchstring.web.http import Request, see_other
from latchstring.web.pages import faults
from latchstring.web.pages.developer.apps import Goes
from latchstring.web.pages.developer.clients import (
    AppClients,
    ClientLine,
    ClientSecretOnce,
    ConfirmClientDelete,
    ConfirmSecret,
    NewClientPage,
)
from latchstring.web.routing import Route
from latchstring.web.show import csrf_of, show

_MOST = 100


async def index(request: Request) -> Response:
    """The clients of an app, test and published."""
    app = await app_of(request)
    found = await store.clients(request.tx, sandbox_of(request), app.id, None, _MOST)
    shown = AppClients(
        app=head_of(app),
        rows=tuple(_line(client, app) for client in sorted(found, key=lambda one: one.created_at)),
        deleted=request.query_params.get("deleted", "")[:200] or None,
    )
    return show(request, shown)


async def form(request: Request) -> Response:
    """The form of a new client, with the id that the client will have."""
    app = await app_of(request)
    return _form(request, app, ClientFields(app.name), request.platform.entropy.uuid())


async def create(request: Request) -> Response:
    """Make the client and show its secret this once."""
    app, client_id = await app_of(request), uuid_of(request.fields.get("client_id") or "")
    if client_id is None:
        return show(request, faults.form_expired(), 403, path=app_path(app, "oauth"))
    if await store.find_client(request.tx, sandbox_of(request), client_id) is not None:
        return see_other(app_path(app, "clients", client_id))
    contract = request.platform.contract
    scopes = await clients.starting_scopes(request.tx, contract, sandbox_of(request), app)
    fields = typed_fields(request.fields, scopes)
    if request.fields.get("do") == "row":
        return _form(request, app, fields, client_id, rows=2, unsaved=True)
    approved = await store.approved_private_scopes(request.tx, sandbox_of(request))
    problems = problems_with_client(fields, contract, approved)
    if not problems:
        try:
            return _secret(request, app, await _create(request, app, client_id, fields))
        except Conflict as refused:
            problems.append(refused)
    return _form(request, app, fields, client_id, problems, unsaved=True)


async def stored(request: Request) -> Response:
    """Somebody has stored the secret; on to the client."""
    app, client = await client_of(request)
    return see_other(app_path(app, "clients", client.id) + "?done=stored")


async def confirm_secret(request: Request) -> Response:
    """Ask before a secret dies."""
    app, client = await _test_client_of(request)
    asked = ConfirmSecret(
        app=head_of(app),
        client=client_head_of(client, app),
        goes=await _goes(request, app, client),
        secret_created_at=client.secret_created_at,
        seen=client.secret_created_at.isoformat(),
    )
    return show(request, asked)


async def regenerate_secret(request: Request) -> Response:
    """Put a new secret in the place of the one that was asked about, and show it this once."""
    app, client = await _test_client_of(request)
    if request.fields.get("seen") != client.secret_created_at.isoformat():
        return see_other(app_path(app, "clients", client.id))
    made = await clients.regenerate_secret(
        request.tx, smithy_of(request), act_of(request), sandbox_of(request), client.id
    )
    return _secret(request, app, made, renewed=True)


async def confirm_deletion(request: Request) -> Response:
    """Ask before a client ends."""
    app, client = await _test_client_of(request)
    asked = ConfirmClientDelete(
        app=head_of(app), client=client_head_of(client, app), goes=await _goes(request, app, client)
    )
    return show(request, asked)


async def delete(request: Request) -> Response:
    """End a client. The answer is sent when no process accepts anything of it any more."""
    app, client = await _test_client_of(request)
    await clients.delete(request.tx, act_of(request), sandbox_of(request), client.id)
    return see_other(app_path(app, "oauth") + f"?{urlencode({'deleted': client.name})}")


def promised(fields: Parameters) -> str:
    """What the CSRF token of a new client's form is for: making the client of this id, and no other."""
    return f"client {fields.get('client_id') or ''}"


async def _create(request: Request, app: App, client_id: UUID, fields: ClientFields) -> NewClient:
    return await clients.create(
        request.tx,
        request.platform.contract,
        smithy_of(request),
        act_of(request),
        sandbox_of(request),
        app.id,
        fields,
        client_id=client_id,
    )


def _form(
    request: Request,
    app: App,
    fields: ClientFields,
    client_id: UUID,
    problems: list[Refused] | None = None,
    *,
    rows: int = 1,
    unsaved: bool = False,
) -> Response:
    shown = NewClientPage(
        app=head_of(app),
        form=client_form(fields, problems or (), rows=rows),
        client_id=str(client_id),
        csrf=csrf_of(request, f"client {client_id}"),
        unsaved=unsaved,
    )
    return show(request, shown, 400 if problems else 200, path=app_path(app, "clients", "new"))


def _secret(request: Request, app: App, made: NewClient, *, renewed: bool = False) -> Response:
    shown = ClientSecretOnce(
        app=head_of(app),
        client=client_head_of(made.client, app),
        secret=made.client_secret,
        renewed=renewed,
    )
    return show(request, shown, path=app_path(app, "clients", made.client.id))


def _line(client: OwnedClient, app: App) -> ClientLine:
    return ClientLine(
        head=client_head_of(client, app),
        scopes=len(client.scopes),
        redirect_uris=len(client.redirect_uris),
        secret_created_at=client.secret_created_at,
    )


async def _test_client_of(request: Request) -> tuple[App, OwnedClient]:
    app, client = await client_of(request)
    if client.kind != "test":
        raise Missing("test client")
    return app, client


async def _goes(request: Request, app: App, client: OwnedClient) -> Goes:
    return goes_of((await listing.dependents(request.tx, sandbox_of(request), app.id, client.id))[0])


_CLIENTS = "/apps/{app_id}/clients"
_CLIENT = _CLIENTS + "/{client_id}"

ROUTES: tuple[Route, ...] = (
    page("GET", "/apps/{app_id}/oauth", index),
    page("GET", _CLIENTS + "/new", form),
    page("POST", _CLIENTS, create, purpose=promised),
    page("POST", _CLIENT + "/stored", stored),
    page("GET", _CLIENT + "/secret", confirm_secret),
    page("POST", _CLIENT + "/secret", regenerate_secret),
    page("GET", _CLIENT + "/deletion", confirm_deletion),
    page("POST", _CLIENT + "/deletion", delete),
)
