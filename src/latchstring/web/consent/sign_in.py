"""Signing in and out, and choosing the active organization."""

from urllib.parse import urlencode, urlsplit

from starlette.responses import Response

from latchstring.accounts import sessions
from latchstring.accounts.refused import Missing
from latchstring.accounts.sign_in import AccountDisabled, Door, SignedIn, Throttled, WrongCredentials, sign_in
from latchstring.apps.lookup import Client
from latchstring.audit.entries import Act
from latchstring.protocol.client_authentication import uuid_of
from latchstring.protocol.parameters import Malformed, read_form
from latchstring.web import cookies
from latchstring.web.consent.view import here
from latchstring.web.http import Request, see_other
from latchstring.web.pages import faults
from latchstring.web.pages.account import PickOrganization, SignedOut
from latchstring.web.pages.paths import PATHS
from latchstring.web.pages.scopes import OrganizationChoice
from latchstring.web.pages.sign_in import SignIn, SignInProblem
from latchstring.web.show import cookie_of, show

_UNSAFE_SECOND = ("/", "\\")


def local(target: str | None) -> str:
    """A path of this site to go on to; the home page when it is anything else (no open redirect)."""
    if not target or target[0] != "/" or target[1:2] in _UNSAFE_SECOND:
        return PATHS.home
    return target if target.isprintable() and target.isascii() and "\\" not in target else PATHS.home


async def form(request: Request) -> Response:
    """The sign-in page; whoever is signed in already goes on."""
    query = read_form(request.scope["query_string"])
    target = PATHS.home if isinstance(query, Malformed) else local(query.get("next"))
    if request.signed_in is not None:
        return see_other(target)
    return await _form(request, target, "")


async def enter(request: Request) -> Response:
    """Check email and password, begin a session, and go on."""
    platform, fields = request.platform, request.fields
    target, email = local(fields.get("next")), fields.get("email") or ""
    outcome = await sign_in(
        request.tx,
        platform.keys,
        platform.entropy,
        Act("visitor", platform.clock.now(), request.id),
        email=email,
        password=fields.get("password") or "",
        door=Door(request.address, request.headers.get("user-agent", ""), cookie_of(request, cookies.DEVICE)),
        limits=platform.sign_in_limits,
        lifetimes=platform.session_lifetimes,
    )
    match outcome:
        case SignedIn():
            return await _entered(request, outcome, target)
        case WrongCredentials():
            return await _form(request, target, email, "wrong", status=401)
        case Throttled(retry_after_s):
            return await _form(request, target, email, "throttled", status=429, retry_after=retry_after_s)
        case AccountDisabled():
            return await _form(request, target, email, "disabled", status=403)


async def leave(request: Request) -> Response:
    """Sign out of this browser; with `next`, somebody else may sign in and go on there."""
    if request.signed_in is not None:
        await sessions.end(request.tx, request.signed_in.id, request.platform.clock.now())
    target = request.fields.get("next")
    request.signed_in = None
    if target:
        response = see_other(f"{PATHS.sign_in}?{_query(local(target))}")
    else:
        response = show(request, SignedOut(), path=PATHS.home)
    cookies.clear_cookie(response, cookies.SESSION, request.platform.site)
    return response


async def organizations(request: Request) -> Response:
    """The organizations to choose from."""
    assert request.signed_in is not None
    query = read_form(request.scope["query_string"])
    target = PATHS.home if isinstance(query, Malformed) else local(query.get("next"))
    choices = await request.platform.choices.get(request.signed_in.user_id) or ()
    shown = tuple(
        OrganizationChoice(str(c.id), c.name, c.roles, current=c.id == request.signed_in.organization_id)
        for c in choices
    )
    return show(request, PickOrganization(choices=shown, next=target))


async def switch(request: Request) -> Response:
    """Make another of one's organizations the active one."""
    assert request.signed_in is not None
    organization_id = uuid_of(request.fields.get("organization") or "")
    try:
        if organization_id is None:
            raise Missing("organization")
        await sessions.switch_organization(request.tx, request.signed_in, organization_id)
    except Missing:
        return show(request, faults.not_found(), 404, path=PATHS.home)
    return see_other(local(request.fields.get("next")))


async def preferences(request: Request) -> Response:
    """Language and theme, kept in cookies."""
    response = see_other(local(request.fields.get("next")))
    for kind, known in ((cookies.LOCALE, ("en", "ko")), (cookies.THEME, ("auto", "light", "dark"))):
        if (value := request.fields.get(kind)) in known:
            cookies.set_cookie(response, kind, str(value), request.platform.site, lasting=True)
    return response


async def _form(
    request: Request,
    target: str,
    email: str,
    problem: SignInProblem | None = None,
    *,
    status: int = 200,
    retry_after: int | None = None,
) -> Response:
    client = await _asking(request, target)
    page = SignIn(
        next=target,
        email=email,
        app_name=client.name if client else None,
        problem=problem,
        retry_after=retry_after,
        site=request.platform.site.name,
        other_site=_other_site(request, client, target),
    )
    path = f"{PATHS.sign_in}?{_query(target)}" if request.method == "POST" else here(request)
    targets = client.redirect_uris if client else ()
    response = show(request, page, status, form_targets=targets, path=path)
    if retry_after is not None:
        response.headers["retry-after"] = str(retry_after)
    return response


async def _asking(request: Request, target: str) -> Client | None:
    """The app whose authorization request brought the person here."""
    url = urlsplit(target)
    query = read_form(url.query.encode()) if url.path == "/oauth2/v1/authorize" else None
    if query is None or isinstance(query, Malformed):
        return None
    client_id = uuid_of(query.get("client_id") or "")
    return await request.platform.clients.get(client_id) if client_id else None


def _other_site(request: Request, client: Client | None, target: str) -> str:
    """Where another site can be picked for the very same request; empty when there is none to pick. A test client
    is known at its own site alone."""
    platform = request.platform
    origin = platform.settings.neutral_origin
    if client is None or client.kind != "published" or origin is None or not platform.other_sites:
        return ""
    return origin + target


async def _entered(request: Request, signed_in: SignedIn, target: str) -> Response:
    """A new session at every sign-in; one that the browser brought along ends (no session fixation)."""
    if request.signed_in is not None:
        await sessions.end(request.tx, request.signed_in.id, request.platform.clock.now())
    response = see_other(target)
    site = request.platform.site
    cookies.set_cookie(response, cookies.SESSION, signed_in.cookie, site)
    cookies.set_cookie(response, cookies.DEVICE, signed_in.device_mark, site, lasting=True)
    cookies.clear_cookie(response, cookies.VISIT, site)
    return response


def _query(target: str) -> str:
    return urlencode({"next": target})
