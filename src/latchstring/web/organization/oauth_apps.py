"""Organization Settings → OAuth Apps: every live authorization, what it called, and its end."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import Response

from latchstring.accounts.sessions import BrowserSession
from latchstring.grants import listing
from latchstring.grants.end import end, end_all
from latchstring.grants.listing import Listed
from latchstring.integrations.calls import Called, Source, calls_of, usages
from latchstring.protocol.client_authentication import uuid_of
from latchstring.protocol.parameters import is_text
from latchstring.web.http import Request, path_uuid, see_other
from latchstring.web.organization.cursors import cursor, cursor_of
from latchstring.web.pages import faults
from latchstring.web.pages.oauth_apps import ConfirmRevoke, ConfirmRevokeAll, OAuthAppRow, OAuthApps
from latchstring.web.pages.page import Person
from latchstring.web.pages.paths import PATHS
from latchstring.web.scopes import scope_line
from latchstring.web.show import locale_of, show
from latchstring.web.signed_in import organization_of
from latchstring.web.translations import Text
from latchstring.web.usage import usage_line

_AT_ONCE = 50
_NAMED = 20


async def index(request: Request) -> Response:
    """The list, newest first, or what of it matches the search."""
    session, organization_id = organization_of(request)
    search = request.query_params.get("search", "")[:200].strip()
    search = search if is_text(search) else ""
    after = cursor_of(request)
    found = await listing.page(
        request.tx, organization_id, search=search or None, after=after, limit=_AT_ONCE + 1
    )
    page = OAuthApps(
        rows=await _rows(request, organization_id, found[:_AT_ONCE]),
        may_revoke=_may_revoke(session),
        revoked=await _name_of_revoked(request, organization_id),
        search=search,
        next=_following(found, search),
        continued=after is not None,
    )
    return show(request, page)


async def confirm(request: Request) -> Response:
    """Ask before anything ends."""
    _, organization_id = organization_of(request)
    found = await listing.find(request.tx, organization_id, path_uuid(request, "authorization_id"))
    if found is None:
        return show(request, faults.not_found(), 404, path=PATHS.oauth_apps)
    return show(request, ConfirmRevoke(row=_row(request, found, ())))


async def revoke(request: Request) -> Response:
    """End it. The answer is sent when no process accepts a token of it any more."""
    session, organization_id = organization_of(request)
    found = await listing.find(request.tx, organization_id, path_uuid(request, "authorization_id"))
    if found is None:
        return show(request, faults.not_found(), 404, path=PATHS.oauth_apps)
    now = request.platform.clock.now()
    actor = f"user:{session.user_id}"
    await end(request.tx, organization_id, found.id, actor=actor, now=now, request_id=request.id)
    return _revoked(found)


async def confirm_all(request: Request) -> Response:
    """Ask before everything that an app was allowed ends."""
    found = await _of_client(request)
    if not found:
        return show(request, faults.not_found(), 404, path=PATHS.oauth_apps)
    page = ConfirmRevokeAll(
        client_id=str(found[0].client_id),
        app_name=found[0].client_name,
        rows=tuple(_row(request, one, ()) for one in found[:_NAMED]),
        more=len(found) > _NAMED,
    )
    return show(request, page)


async def revoke_all(request: Request) -> Response:
    """End everything that an app was allowed. The answer is sent when no process accepts a token of it any more."""
    session, organization_id = organization_of(request)
    found = await _of_client(request)
    if not found:
        return show(request, faults.not_found(), 404, path=PATHS.oauth_apps)
    now, actor = request.platform.clock.now(), f"user:{session.user_id}"
    await end_all(
        request.tx, organization_id, found[0].client_id, actor=actor, now=now, request_id=request.id
    )
    return _revoked(found[0])


async def _of_client(request: Request) -> list[Listed]:
    _, organization_id = organization_of(request)
    client_id = path_uuid(request, "client_id")
    if client_id is None:
        return []
    return await listing.page(request.tx, organization_id, client_id=client_id, limit=_NAMED + 1)


async def _name_of_revoked(request: Request, organization_id: UUID) -> str | None:
    client_id = uuid_of(request.query_params.get("revoked", ""))
    return await listing.client_name(request.tx, organization_id, client_id) if client_id else None


def _revoked(found: Listed) -> Response:
    return see_other(f"{PATHS.oauth_apps}?{urlencode({'revoked': found.client_id})}")


def _may_revoke(session: BrowserSession) -> bool:
    return "oauth_apps_revoke" in session.permissions


def _following(found: Sequence[Listed], search: str) -> str | None:
    if len(found) <= _AT_ONCE:
        return None
    last = found[_AT_ONCE - 1]
    asked = {"search": search, "after": cursor(last.redeemed_at, last.id)}
    return f"{PATHS.oauth_apps}?{urlencode({name: value for name, value in asked.items() if value})}"


async def _rows(request: Request, organization_id: UUID, found: Sequence[Listed]) -> tuple[OAuthAppRow, ...]:
    now: datetime = request.platform.clock.now()
    sources = [Source(one.id, one.scopes) for one in found]
    called = await calls_of(request.tx, organization_id, sources, now.date())
    return tuple(_row(request, one, called[one.id]) for one in found)


def _row(request: Request, one: Listed, called: Sequence[Called]) -> OAuthAppRow:
    locale, contract = locale_of(request), request.platform.contract
    today = request.platform.clock.now().date()
    used = usages(contract, one.scopes, [(Source(one.id, one.scopes), called)], today)
    lines = [usage_line(contract, usage, locale) for usage in used.scopes]
    if used.others.calls:
        lines.append(usage_line(contract, used.others, locale, Text("Calls that need no scope")))
    held = frozenset(one.scopes) - one.lacking
    return OAuthAppRow(
        id=str(one.id),
        app_name=one.client_name,
        partner=one.partner_name,
        standing="test" if one.client_kind == "test" else "verified",
        person=Person(one.user_name, one.user_email),
        person_disabled=one.user_gone,
        created_at=one.redeemed_at,
        last_used_at=one.last_used_at,
        scopes=tuple(scope_line(contract, name, locale, held) for name in one.scopes),
        api_keys=one.live_keys,
        client_id=str(one.client_id),
        revision=one.revision,
        withheld=one.withheld,
        blocked=one.blocked,
        siblings=one.siblings,
        usage=tuple(lines),
        total=usage_line(contract, used.total, locale),
    )
