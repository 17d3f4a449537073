"""One client: its details and scopes, private scopes that are asked for, and Test Authorization."""

from dataclasses import replace

from starlette.responses import Response

from latchstring.accounts.refused import Refused
from latchstring.apps import clients, partner_requests, run_store, runs, store
from latchstring.apps import partner_request_store as requests
from latchstring.apps.checks import problems_with_client
from latchstring.apps.model import App, ClientFields, OwnedClient
from latchstring.apps.onboarding import onboarding_target
from latchstring.contract.model import Contract
from latchstring.web.developer.client_form import client_form, typed_fields, typed_scopes
from latchstring.web.developer.desk import (
    act_of,
    app_path,
    client_head_of,
    client_of,
    head_of,
    page,
    sandbox_of,
)
from latchstring.web.developer.picker import picker
from latchstring.web.developer.reasons import told
from latchstring.web.documentation.values import GENERIC
from latchstring.web.http import Request, see_other
from latchstring.web.pages.developer.clients import ClientDetails, PublishedClient, Way
from latchstring.web.pages.developer.picker import Picker
from latchstring.web.routing import Route
from latchstring.web.show import locale_of, show
from latchstring.web.signed_in import session_of
from latchstring.web.translations import Words

_DONE = ("saved", "asked", "stored")


async def details(request: Request) -> Response:
    """The client as it is stored; `search` finds scopes."""
    app, client = await client_of(request)
    fields, search = clients.fields_of(client), request.query_params.get("search", "")[:200]
    done = request.query_params.get("done")
    if client.kind == "published":
        return show(request, await _published(request, app, client))
    return await _shown(request, app, client, fields, search=search, done=done if done in _DONE else None)


async def save(request: Request) -> Response:
    """Save details and scopes; or, as another button says, search or ask, and keep what is typed."""
    app, client = await client_of(request)
    if client.kind == "published":
        return see_other(app_path(app, "clients", client.id))
    form, contract = request.fields, request.platform.contract
    fields = typed_fields(form, typed_scopes(form, contract))
    search, do = form.get("search") or "", form.get("do") or ""
    if do == "sample":
        return await _shown(request, app, client, _like_the_sample(fields, contract), search=search)
    if do in ("search", "preview", "row") or (do != "save" and search != (form.get("searched") or "")):
        return await _shown(request, app, client, fields, search=search, rows=2 if do == "row" else 1)
    if do.startswith("ask:"):
        return await _ask(request, app, client, fields, do.removeprefix("ask:"), search)
    approved = await store.approved_private_scopes(request.tx, sandbox_of(request))
    if problems := problems_with_client(fields, contract, approved):
        return await _shown(request, app, client, fields, problems, search=search)
    await clients.update(request.tx, contract, act_of(request), sandbox_of(request), client.id, fields)
    return see_other(app_path(app, "clients", client.id) + "?done=saved")


def _like_the_sample(fields: ClientFields, contract: Contract) -> ClientFields:
    """The addresses of the quick start's program beside those that are there, and a scope to begin with."""
    uri, scopes = GENERIC["redirect_uri"], fields.scopes or (GENERIC["scopes"],)
    return replace(
        fields,
        redirect_uris=fields.redirect_uris if uri in fields.redirect_uris else (*fields.redirect_uris, uri),
        onboarding_url=fields.onboarding_url or GENERIC["onboarding_url"],
        scopes=tuple(scope for scope in contract.scopes if scope in scopes),
    )


async def test(request: Request) -> Response:
    """Test Authorization: to the onboarding URL, told the site, as the tile's Connect Accounts does; recorded."""
    app, client = await client_of(request)
    if not client.onboarding_url:
        return see_other(app_path(app, "clients", client.id))
    site = request.platform.site
    target = onboarding_target(
        client.onboarding_url,
        domain=site.domain,
        site=site.authority_of(session_of(request).organization_subdomain),
    )
    if client.kind == "test":
        user_id, entropy = session_of(request).user_id, request.platform.entropy
        await runs.begin_test(
            request.tx, entropy, act_of(request), sandbox_of(request), user_id, client, target
        )
    return see_other(target)


async def _ask(
    request: Request, app: App, client: OwnedClient, fields: ClientFields, scope: str, search: str
) -> Response:
    """Ask the host for a private scope; what else is typed stays typed."""
    try:
        await partner_requests.ask_for_scope(
            request.tx,
            request.platform.contract,
            request.platform.entropy,
            act_of(request),
            sandbox_of(request),
            session_of(request).user_id,
            scope=scope,
            reason=request.fields.get(f"reason.{scope}") or "",
        )
    except Refused as refused:
        return await _shown(request, app, client, fields, search=search, picker_problem=told(refused))
    return await _shown(request, app, client, fields, search=search, done="asked")


async def _shown(
    request: Request,
    app: App,
    client: OwnedClient,
    fields: ClientFields,
    problems: list[Refused] | None = None,
    *,
    search: str = "",
    rows: int = 1,
    done: str | None = None,
    picker_problem: Words | None = None,
) -> Response:
    """The page with these fields, whether they are stored or only typed."""
    of_scopes = [problem for problem in problems or () if (problem.field or "").startswith("scopes/")]
    wrong = picker_problem or (told(of_scopes[0]) if of_scopes else None)
    shown = ClientDetails(
        app=head_of(app),
        client=client_head_of(client, app),
        form=client_form(fields, problems or (), rows=rows),
        picker=await _picker(request, fields, search, wrong),
        secret_created_at=client.secret_created_at,
        unsaved=fields != replace(clients.fields_of(client), scopes=_in_order(request, client.scopes)),
        done=done,
        may_test=bool(client.onboarding_url),
        way=await _way(request, client),
    )
    path = app_path(app, "clients", client.id)
    targets = (client.onboarding_url,) if client.onboarding_url else ()
    return show(request, shown, 400 if problems or wrong else 200, form_targets=targets, path=path)


async def _way(request: Request, client: OwnedClient) -> Way | None:
    if await run_store.has_worked(request.tx, sandbox_of(request), client.id):
        return None
    return Way(addresses=bool(client.redirect_uris and client.onboarding_url), scopes=bool(client.scopes))


def _in_order(request: Request, scopes: list[str]) -> tuple[str, ...]:
    return tuple(name for name in request.platform.contract.scopes if name in scopes)


async def _picker(
    request: Request, fields: ClientFields, search: str = "", problem: Words | None = None
) -> Picker:
    organization_id = sandbox_of(request)
    return picker(
        request.platform.contract,
        locale_of(request),
        requested=fields.scopes,
        approved=await store.approved_private_scopes(request.tx, organization_id),
        asked=await requests.latest_by_scope(request.tx, organization_id),
        search=search,
        problem=problem,
    )


async def _published(request: Request, app: App, client: OwnedClient) -> PublishedClient:
    fields = clients.fields_of(client)
    return PublishedClient(
        app=head_of(app),
        client=client_head_of(client, app),
        form=client_form(fields),
        picker=await _picker(request, fields),
        revision=client.revision,
    )


_CLIENT = "/apps/{app_id}/clients/{client_id}"

ROUTES: tuple[Route, ...] = (
    page("GET", _CLIENT, details),
    page("POST", _CLIENT, save),
    page("POST", _CLIENT + "/test", test),
)
