"""Organization Settings → OAuth Apps: every live authorization, and its end."""

from starlette.responses import Response

from latchstring.accounts.sessions import BrowserSession
from latchstring.grants import listing
from latchstring.grants.end import end
from latchstring.grants.listing import Listed
from latchstring.web.http import Request, path_uuid, see_other
from latchstring.web.pages import faults
from latchstring.web.pages.oauth_apps import ConfirmRevoke, OAuthAppRow, OAuthApps
from latchstring.web.pages.page import Person
from latchstring.web.pages.paths import PATHS
from latchstring.web.scopes import scope_line
from latchstring.web.show import locale_of, show
from latchstring.web.signed_in import organization_of


async def index(request: Request) -> Response:
    """The list, newest first."""
    session, organization_id = organization_of(request)
    listed = await listing.page(request.tx, organization_id)
    page = OAuthApps(
        rows=tuple(_row(request, one) for one in listed),
        may_revoke=_may_revoke(session),
        revoked=request.query_params.get("revoked", "")[:200] or None,
    )
    return show(request, page)


async def confirm(request: Request) -> Response:
    """Ask before anything ends."""
    _, organization_id = organization_of(request)
    found = await listing.find(request.tx, organization_id, path_uuid(request, "authorization_id"))
    if found is None:
        return show(request, faults.not_found(), 404, path=PATHS.oauth_apps)
    return show(request, ConfirmRevoke(row=_row(request, found)))


async def revoke(request: Request) -> Response:
    """End it. The answer is sent when no process accepts a token of it any more."""
    session, organization_id = organization_of(request)
    found = await listing.find(request.tx, organization_id, path_uuid(request, "authorization_id"))
    if found is None:
        return show(request, faults.not_found(), 404, path=PATHS.oauth_apps)
    now = request.platform.clock.now()
    actor = f"user:{session.user_id}"
    await end(request.tx, organization_id, found.id, actor=actor, now=now, request_id=request.id)
    return see_other(f"{PATHS.oauth_apps}?revoked={found.client_id}")


def _may_revoke(session: BrowserSession) -> bool:
    return "oauth_apps_revoke" in session.permissions


def _row(request: Request, one: Listed) -> OAuthAppRow:
    locale, contract = locale_of(request), request.platform.contract
    return OAuthAppRow(
        id=str(one.id),
        app_name=one.client_name,
        partner=one.partner_name,
        standing="test" if one.client_kind == "test" else "verified",
        person=Person(one.user_name, one.user_email),
        person_disabled=one.user_gone,
        created_at=one.redeemed_at,
        last_used_at=one.last_used_at,
        scopes=tuple(scope_line(contract, name, locale, one.usable) for name in one.scopes),
        api_keys=one.live_keys,
    )
