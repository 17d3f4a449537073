"""Pages as answers: rendered in the reader's language, and closed to everything they do not need."""

from functools import lru_cache
from urllib.parse import urlsplit

from starlette.responses import Response

from latchstring.accounts.sessions import csrf_token
from latchstring.web import cookies
from latchstring.web.http import Request
from latchstring.web.pages.page import Chrome, Page, Person, Theme
from latchstring.web.translations import Locale, choose_locale

#: The purpose of the CSRF token that most forms carry.
FORM = "form"
THEMES: dict[str, Theme] = {"light": "light", "dark": "dark"}


def show(
    request: Request,
    page: Page,
    status: int = 200,
    *,
    form_targets: tuple[str, ...] = (),
    path: str | None = None,
) -> Response:
    """A page. `form_targets`: addresses to which a form's answer may lead the browser, beside this site."""
    html = request.renderer.render(page, locale=locale_of(request), chrome=chrome_of(request, path))
    return page_response(html, status, form_targets)


def page_response(html: str, status: int, form_targets: tuple[str, ...] = ()) -> Response:
    """The answer that carries a page, closed to everything that the page does not need."""
    response = Response(html, status, media_type="text/html")
    response.headers["content-security-policy"] = _policy(form_targets)
    response.headers["cache-control"] = "no-store"
    return response


def chrome_of(request: Request, path: str | None = None) -> Chrome:
    """What every page shows around its content."""
    session = request.signed_in
    return Chrome(
        csrf=csrf_of(request),
        request_id=request.id,
        path=path or request.target,
        now=request.platform.clock.now(),
        theme=THEMES.get(cookie_of(request, cookies.THEME), "auto"),
        person=Person(session.user_name, session.email) if session else None,
        organization=session.organization_name if session else None,
        places=request.navigation.places(session),
        settings=request.navigation.settings(session),
    )


def csrf_of(request: Request, purpose: str = FORM) -> str:
    """The CSRF token of this session, or before sign-in of this visit, for a purpose."""
    return csrf_token(request.platform.keys, bound_to(request), purpose)


def bound_to(request: Request) -> bytes | str:
    """What CSRF tokens are bound to: the session, or the visit when nobody is signed in."""
    return request.signed_in.id if request.signed_in else request.visit


def cookie_of(request: Request, kind: str) -> str:
    """The value of one of our cookies, or the empty string."""
    return request.cookies.get(cookies.name_of(kind, request.platform.site), "")


def locale_of(request: Request) -> Locale:
    """The reader's language: chosen, or asked for by the browser."""
    chosen = cookie_of(request, cookies.LOCALE) or None
    return choose_locale(chosen, request.headers.get("accept-language"))


@lru_cache(maxsize=1_000)
def _policy(form_targets: tuple[str, ...]) -> str:
    """The page's content security policy. Browsers hold a form to `form-action` through redirects too, so
    the address that the answer leads to must be named."""
    origins = {f"{url.scheme}://{url.netloc}" for url in map(urlsplit, form_targets)}
    targets = " ".join(["'self'", *sorted(origins)])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        f"connect-src 'self'; form-action {targets}; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
