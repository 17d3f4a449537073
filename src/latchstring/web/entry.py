"""What a route needs is seen to here, before its handler runs: the one place for tenant, permission and CSRF."""

from urllib.parse import quote

from starlette.responses import Response

from latchstring.accounts import credentials, sessions
from latchstring.protocol.parameters import Malformed, Parameters, read_form
from latchstring.web import cookies
from latchstring.web.admission import admits
from latchstring.web.http import BadInput, Request, errors, see_other
from latchstring.web.multipart import read_multipart
from latchstring.web.needs import PlatformCredential, Reviewer, SignedIn, Visitor
from latchstring.web.pages import faults
from latchstring.web.pages.paths import PATHS
from latchstring.web.routing import Route
from latchstring.web.show import FORM, bound_to, cookie_of, show

#: The largest body that any route of the JSON API takes; each has its own limit below this.
_BODY_LIMIT = 1_048_576
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_FORM_LIMIT = 65_536
_MOST_FIELDS = 1_000


async def enter(request: Request, route: Route) -> Response:
    """Answer a request by its route."""
    match route.needs:
        case SignedIn() | Visitor() | Reviewer() as need:
            return await _page(request, route, need)
        case PlatformCredential() as need:
            return await _credential(request, route, need)
        case _:
            return await route.handler(request)


async def _page(request: Request, route: Route, need: SignedIn | Visitor | Reviewer) -> Response:
    await recognise(request)
    if not isinstance(need, Visitor):
        if request.signed_in is None:
            return to_sign_in(request)
        if not admits(need, request.signed_in):
            return show(request, faults.not_allowed(), 403)
    if request.method == "POST" and (refused := await _read_form(request, route)) is not None:
        return refused
    if not isinstance(need, Reviewer) and not need.transaction:
        return await route.handler(request)
    async with request.platform.database.transaction() as request.tx:
        if request.signed_in is not None:
            await sessions.touch(request.tx, request.signed_in, request.platform.clock.now())
        return await route.handler(request)


async def recognise(request: Request) -> None:
    """Find out who is signed in; an anonymous browser is named by a visit of its own."""
    platform = request.platform
    cookie = cookie_of(request, cookies.SESSION)
    for digest in sessions.digests_of(platform.keys, cookie) if cookie else ():
        request.signed_in = request.signed_in or await platform.sessions.get(digest)
    visit = cookie_of(request, cookies.VISIT)
    request.visit = visit if len(visit) == 64 else platform.entropy.bytes(32).hex()


def to_sign_in(request: Request) -> Response:
    """Sign in first, then go on here with the very same request."""
    query = f"?{request.url.query}" if request.url.query else ""
    back = request.url.path + query if request.method == "GET" else PATHS.home
    return see_other(f"{PATHS.sign_in}?next={quote(back, safe='')}")


async def _read_form(request: Request, route: Route) -> Response | None:
    """Read the form into `request.fields`; the answer to give instead when it is not this browser's."""
    if request.headers.get("content-encoding"):
        raise BadInput("Content-Encoding is not supported here", status=415)
    fields = await _fields(request, route)
    if isinstance(fields, Malformed):
        raise BadInput(fields.reason)
    purpose = route.purpose(fields) if route.purpose else FORM
    token = fields.get("csrf") or ""
    if not sessions.csrf_token_fits(request.platform.keys, token, bound_to(request), purpose):
        return show(request, faults.form_expired(), 403, path=PATHS.home)
    request.fields = fields
    return None


async def _fields(request: Request, route: Route) -> Parameters | Malformed:
    """The fields of the form; a file that comes with them is put beside them."""
    content_type = request.headers.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    if route.upload is None and media_type == "application/x-www-form-urlencoded":
        return read_form(await request.content(_FORM_LIMIT), most=_MOST_FIELDS)
    if route.upload is None or media_type != "multipart/form-data":
        raise BadInput("send a form", status=415)
    read = read_multipart(content_type, await request.content(route.upload + _FORM_LIMIT))
    if isinstance(read, Malformed):
        return read
    request.file = read.file
    return read.fields


async def _credential(request: Request, route: Route, need: PlatformCredential) -> Response:
    platform = request.platform
    found = await _presented_credential(request)
    if found is None:
        return errors(401, "Unauthorized", headers={"www-authenticate": "Bearer"})
    request.credential = found
    if not _may(request.credential, need):
        return errors(403, "Forbidden")
    if request.method in _WITH_BODY:
        await request.read_ahead(_BODY_LIMIT)
    async with platform.database.transaction() as request.tx:
        await credentials.touch(request.tx, request.credential, platform.clock.now())
        return await route.handler(request)


async def _presented_credential(request: Request) -> credentials.Credential | None:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    digests = credentials.digests_of(request.platform.keys, value.strip())
    if scheme.lower() != "bearer" or not digests:
        return None
    return next(filter(None, await credentials.read_credentials(request.platform.database, digests)), None)


def _may(credential: credentials.Credential, need: PlatformCredential) -> bool:
    if credential.is_operator:
        return True
    if need.reviewer and credential.reviews_for:
        return True
    return not need.operator and not need.reviewer and need.all_of <= credential.permissions
