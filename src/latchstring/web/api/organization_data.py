"""What is in an organization: authorizations, API keys and the audit log, over JSON."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from starlette.responses import Response

from latchstring.accounts.refused import Missing
from latchstring.api_keys import store as api_keys
from latchstring.api_keys.model import ApiKey
from latchstring.audit.entries import Entry, Narrowed, entries, record
from latchstring.audit.verification import ChainState, state_of
from latchstring.grants import listing
from latchstring.grants.end import end, end_all
from latchstring.grants.listing import Listed
from latchstring.protocol.client_authentication import uuid_of
from latchstring.web.api.answers import BadQuery, Many, One, many, nothing, one
from latchstring.web.api.asking import act_of, id_of, moment_of, organization_of, paging_of, query_of
from latchstring.web.api.rows import PAGE, holding, row
from latchstring.web.audit_export import AuditFile, Form, export
from latchstring.web.http import Request
from latchstring.web.routing import Route


class Authorization(Struct):
    """What a member allowed an OAuth client, and what of it they may still do themselves (`usable`)."""

    id: UUID
    client_id: UUID
    client_name: str
    client_kind: str
    partner_name: str
    partner_approved: bool
    user_id: UUID
    user_name: str
    user_email: str
    user_gone: bool
    scopes: list[str]
    usable: list[str]
    withheld: list[str]
    blocked: bool
    revision: int
    initiated_by: str
    consented_at: datetime
    redeemed_at: datetime
    last_used_at: datetime | None
    live_api_keys: int


async def list_authorizations(request: Request) -> Response:
    page, organization_id = paging_of(request), await organization_of(request)
    found = await listing.page(
        request.tx,
        organization_id,
        after=page.after_moment,
        limit=page.size + 1,
        search=query_of(request, "search"),
        client_id=_client_id(request),
    )
    return many(
        [_authorization(listed) for listed in found],
        page.size,
        lambda authorization: f"{authorization.redeemed_at.isoformat()}~{authorization.id}",
    )


async def read_authorization(request: Request) -> Response:
    return one(_authorization(await _listed(request)))


async def revoke_authorization(request: Request) -> Response:
    """The answer is sent when no process accepts a token of it any more."""
    found, act = await _listed(request), act_of(request)
    await end(
        request.tx,
        found.organization_id,
        found.id,
        actor=act.actor,
        now=act.at,
        request_id=act.request_id,
    )
    return nothing()


async def revoke_authorizations(request: Request) -> Response:
    """Everything that a client was allowed, whoever allowed it. Twice is once."""
    organization_id, act = await organization_of(request), act_of(request)
    client_id = id_of(request, "client_id")
    if await listing.client_name(request.tx, organization_id, client_id) is None:
        raise Missing("client")
    await end_all(
        request.tx, organization_id, client_id, actor=act.actor, now=act.at, request_id=act.request_id
    )
    return nothing()


async def list_api_keys(request: Request) -> Response:
    page, organization_id = paging_of(request), await organization_of(request)
    found = await api_keys.list_keys(
        request.tx,
        organization_id,
        search=query_of(request, "search"),
        after=page.after_moment,
        limit=page.size + 1,
    )
    return many(found, page.size, lambda key: f"{key.created_at.isoformat()}~{key.id}")


async def read_api_key(request: Request) -> Response:
    return one(await _key(request))


async def revoke_api_key(request: Request) -> Response:
    """The answer is sent when no process accepts the key any more. Twice is once."""
    key, act = await _key(request), act_of(request)
    user_id = request.credential.user_id
    if await api_keys.revoke(request.tx, key.organization_id, key.id, by=user_id, now=act.at):
        await record(
            request.tx,
            act,
            key.organization_id,
            "api_key.revoked",
            subject=key.id,
            client_id=key.client_id,
        )
    return nothing()


async def list_audit_entries(request: Request) -> Response:
    page, organization_id = paging_of(request), await organization_of(request)
    found = await entries(
        request.tx, organization_id, _narrowed(request), before=page.after_number, limit=page.size + 1
    )
    return many(found, page.size, lambda entry: entry.id)


async def export_audit_entries(request: Request) -> Response:
    """The same file that the organization's page gives."""
    organization_id, form = await organization_of(request), query_of(request, "format") or "json"
    if form not in ("csv", "json"):
        raise BadQuery("must be csv or json", field="format")
    written: Form = "csv" if form == "csv" else "json"
    return export(request.platform.database, organization_id, _narrowed(request), written)


async def read_audit_chain(request: Request) -> Response:
    return one(await state_of(request.tx, await organization_of(request)))


def _narrowed(request: Request) -> Narrowed:
    client = query_of(request, "client_id")
    if client is not None and uuid_of(client) is None:
        raise BadQuery("is no client ID", field="client_id")
    return Narrowed(
        query_of(request, "action"),
        query_of(request, "actor"),
        uuid_of(client) if client else None,
        moment_of(request, "since"),
        moment_of(request, "until"),
    )


def _client_id(request: Request) -> UUID | None:
    asked = query_of(request, "client_id")
    if asked is not None and uuid_of(asked) is None:
        raise BadQuery("is no client ID", field="client_id")
    return uuid_of(asked) if asked else None


async def _listed(request: Request) -> Listed:
    organization_id = await organization_of(request)
    found = await listing.find(request.tx, organization_id, id_of(request, "authorization_id"))
    if found is None:
        raise Missing("authorization")
    return found


async def _key(request: Request) -> ApiKey:
    organization_id = await organization_of(request)
    found = await api_keys.find(request.tx, organization_id, id_of(request, "api_key_id"))
    if found is None:
        raise Missing("API key")
    return found


def _authorization(listed: Listed) -> Authorization:
    return Authorization(
        id=listed.id,
        client_id=listed.client_id,
        client_name=listed.client_name,
        client_kind=listed.client_kind,
        partner_name=listed.partner_name,
        partner_approved=listed.partner_verified,
        user_id=listed.user_id,
        user_name=listed.user_name,
        user_email=listed.user_email,
        user_gone=listed.user_gone,
        scopes=list(listed.scopes),
        usable=sorted(listed.usable),
        withheld=sorted(listed.withheld),
        blocked=listed.blocked,
        revision=listed.revision,
        initiated_by=listed.initiated_by,
        consented_at=listed.consented_at,
        redeemed_at=listed.redeemed_at,
        last_used_at=listed.last_used_at,
        live_api_keys=listed.live_keys,
    )


_AUTHORIZATIONS = "/organizations/{organization_id}/authorizations"
_AUTHORIZATION = _AUTHORIZATIONS + "/{authorization_id}"
_OF_CLIENT = "/organizations/{organization_id}/clients/{client_id}/authorizations"
_API_KEYS = "/organizations/{organization_id}/api_keys"
_API_KEY = _API_KEYS + "/{api_key_id}"

ROUTES: tuple[Route, ...] = (
    row("GET", _AUTHORIZATIONS, list_authorizations, holding("oauth_apps_read"),
        "List live authorizations, newest first; `search` looks in names of apps, partners and people",
        gives=Many[Authorization], query={**PAGE, "search": str, "client_id": str}),
    row("GET", _AUTHORIZATION, read_authorization, holding("oauth_apps_read"), "Read a live authorization",
        gives=One[Authorization]),
    row("DELETE", _AUTHORIZATION, revoke_authorization, holding("oauth_apps_revoke"),
        "Revoke an authorization, in force everywhere when the answer is sent", status=204),
    row("DELETE", _OF_CLIENT, revoke_authorizations, holding("oauth_apps_revoke"),
        "Revoke all authorizations of a client, in force everywhere when the answer is sent", status=204),
    row("GET", _API_KEYS, list_api_keys, holding("api_keys_read"),
        "List API keys, newest first; `search` looks in names, integrations and last four",
        gives=Many[ApiKey], query={**PAGE, "search": str}),
    row("GET", _API_KEY, read_api_key, holding("api_keys_read"), "Read an API key, never its value",
        gives=One[ApiKey]),
    row("DELETE", _API_KEY, revoke_api_key, holding("api_keys_revoke"),
        "Revoke an API key, in force everywhere when the answer is sent", status=204),
    row("GET", "/organizations/{organization_id}/audit_entries", list_audit_entries, holding("audit_read"),
        "Read the audit log, newest first; `since` and `until` are times with a zone",
        gives=Many[Entry],
        query={**PAGE, "action": str, "actor": str, "client_id": str, "since": str, "until": str}),
    row("GET", "/organizations/{organization_id}/audit_export", export_audit_entries, holding("audit_read"),
        "Export the audit log as a file, newest first, at most 50000 entries; `format` is json (also without it) or csv,"
        " whose cells no spreadsheet runs", gives=AuditFile, files=("text/csv",),
        query={"format": str, "action": str, "actor": str, "client_id": str, "since": str, "until": str}),
    row("GET", "/organizations/{organization_id}/audit_chain", read_audit_chain, holding("audit_read"),
        "Read how far the audit log is sealed, and what was found when it was last verified", gives=One[ChainState]),
)  # fmt: skip
