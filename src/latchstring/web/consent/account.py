"""One's own account: the home page, the password, the sessions."""

from starlette.responses import Response

from latchstring.accounts import sessions
from latchstring.accounts.refused import Refused
from latchstring.accounts.sign_in import Throttled, WrongCredentials, change_password
from latchstring.api_keys import store as api_keys
from latchstring.apps.store import count_apps
from latchstring.audit.entries import Act
from latchstring.grants import listing
from latchstring.web import cookies
from latchstring.web.admission import builds_apps
from latchstring.web.http import Request
from latchstring.web.pages import account
from latchstring.web.pages.account import ChangePassword, Home, PasswordField, SessionRow, Sessions, SignedOut
from latchstring.web.pages.paths import PATHS
from latchstring.web.show import show
from latchstring.web.signed_in import session_of
from latchstring.web.translations import Words

_SHORTEST = 12


async def home(request: Request) -> Response:
    """Where somebody who signed in lands."""
    session = session_of(request)
    may, organization_id = session.permissions, session.organization_id
    apps = keys = None
    if organization_id is not None and "oauth_apps_read" in may:
        apps = await listing.count(request.tx, organization_id)
    if organization_id is not None and "api_keys_read" in may:
        keys = await api_keys.count_live(request.tx, organization_id)
    choices = await request.platform.choices.get(session.user_id) or ()
    built = (
        await count_apps(request.tx, organization_id) if organization_id and builds_apps(session) else None
    )
    return show(
        request,
        Home(oauth_apps=apps, api_keys=keys, organizations=len(choices), developer_apps=built),
    )


async def password_form(request: Request) -> Response:
    """The form to change one's password."""
    return show(request, ChangePassword(shortest=_SHORTEST))


async def password(request: Request) -> Response:
    """Change the password; all other sessions end."""
    problems = await _change(request)
    return show(
        request,
        ChangePassword(problems=problems, changed=not problems, shortest=_SHORTEST),
        400 if problems else 200,
    )


async def _change(request: Request) -> dict[PasswordField, Words]:
    session, fields, platform = session_of(request), request.fields, request.platform
    current, new = fields.get("current_password") or "", fields.get("new_password") or ""
    if new != (fields.get("repeat_password") or ""):
        return {"repeat_password": account.DIFFERENT_PASSWORDS}
    if len(new) < _SHORTEST:
        return {"new_password": account.too_short(_SHORTEST)}
    if new == current:
        return {"new_password": account.SAME_PASSWORD}
    try:
        outcome = await change_password(
            request.tx,
            platform.keys,
            Act(f"user:{session.user_id}", platform.clock.now(), request.id),
            session.user_id,
            current=current,
            new=new,
            limits=platform.sign_in_limits,
            keep=session.id,
        )
    except Refused as refused:
        return {"new_password": str(refused)}
    return (
        {"current_password": account.WRONG_PASSWORD}
        if isinstance(outcome, WrongCredentials | Throttled)
        else {}
    )


async def own_sessions(request: Request) -> Response:
    """Where one is signed in."""
    session, platform = session_of(request), request.platform
    lines = await sessions.sessions_of(
        request.tx, session.user_id, platform.clock.now(), platform.session_lifetimes.idle
    )
    here = sessions.public_id(session.id)
    rows = tuple(
        SessionRow(
            browser=line.user_agent,
            address=line.address,
            created_at=line.created_at,
            last_seen_at=line.last_seen_at,
            current=line.id == here,
        )
        for line in lines
    )
    return show(request, Sessions(rows=rows))


async def leave_everywhere(request: Request) -> Response:
    """Sign out on every device."""
    session = session_of(request)
    await sessions.end_all_of(request.tx, session.user_id, request.platform.clock.now())
    request.signed_in = None
    response = show(request, SignedOut(everywhere=True), path=PATHS.home)
    cookies.clear_cookie(response, cookies.SESSION, request.platform.site)
    return response
