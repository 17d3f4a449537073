"""The site-neutral address: it serves no site and has no database, but leads to all sites.

An authorization request that knows no site comes here; the person picks one, and the very same request goes on there.
Which site it is follows from the choice alone, never from the request's headers.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from latchstring.access.guard import Receive, Scope, Send
from latchstring.kit.clock import Clock
from latchstring.kit.entropy import Entropy
from latchstring.protocol.parameters import Malformed, read_form
from latchstring.sites.model import Site
from latchstring.web import cookies
from latchstring.web.consent.sign_in import local
from latchstring.web.door import SECURE_HEADERS, TRANSPORT_HEADER, request_ids
from latchstring.web.health import static_file
from latchstring.web.http import errors, json_response, see_other
from latchstring.web.network import asked_for, choices, network_data, network_page
from latchstring.web.pages import faults
from latchstring.web.pages.network import PickSite
from latchstring.web.pages.page import Chrome, Page
from latchstring.web.pages.paths import PATHS
from latchstring.web.rendering import Renderer
from latchstring.web.show import THEMES, page_response
from latchstring.web.translations import choose_locale

_AUTHORIZE = "/oauth2/v1/authorize"
_CHOSEN = "chosen"
_FORM_LIMIT = 16_384
#: Nothing here belongs to anybody, so the form of language and theme needs no token; the page wants one.
_NO_TOKEN = "-"
_NO_SITE = "no site answers here; send this to the site that the redirect's domain parameter names"
Handler = Callable[["_Visit"], Awaitable[Response]]


class _Visit:
    """One request."""

    def __init__(self, scope: Scope, receive: Receive, request_id: str) -> None:
        self.request = Request(scope, receive)
        self.id = request_id
        self.query: bytes = scope["query_string"]


class Neutral:
    """The site-neutral address as an ASGI application."""

    def __init__(self, sites: tuple[Site, ...], origin: str, clock: Clock, entropy: Entropy) -> None:
        self._sites = sites
        self._origin = origin
        self._here = Site("neutral", "", "", origin, origin)
        self._clock = clock
        self._renderer = Renderer(ahead=False)
        self._request_ids = request_ids(entropy)
        self._headers = [*SECURE_HEADERS, *([TRANSPORT_HEADER] if self._here.secure else [])]
        self._pages: Mapping[str, Handler] = {
            "/": self._home,
            _AUTHORIZE: self._pick,
            PATHS.network: self._network,
            f"{PATHS.network}.json": self._data,
            "/healthz": self._alive,
            **{f"/sites/{site.key}/authorize": self._go for site in sites},
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; there is nothing to start and nothing to stop."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        visit = _Visit(scope, receive, next(self._request_ids))
        marks = [(b"x-request-id", visit.id.encode()), *self._headers]

        def marked(message: Any) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *marks]
            return send(message)

        response = await self._answer(visit)
        await response(scope, receive, marked)

    async def _answer(self, visit: _Visit) -> Response:
        path = visit.request.scope["path"]
        if visit.request.method in ("GET", "HEAD"):
            if (handler := self._pages.get(path)) is not None:
                return await handler(visit)
            if (file := static_file(path)) is not None:
                return file
        elif path == PATHS.preferences and visit.request.method == "POST":
            return await self._prefer(visit)
        return self._astray(visit, path)

    def _astray(self, visit: _Visit, path: str) -> Response:
        if path.startswith("/oauth2/") and path != _AUTHORIZE:
            told = {"error": "invalid_request", "error_description": _NO_SITE}
            return json_response(told, 421, {"cache-control": "no-store"})
        if path.startswith("/api/"):
            return errors(421, _NO_SITE)
        if path in self._pages:
            return errors(405, "Method not allowed", headers={"allow": "GET, HEAD"})
        if "text/html" in visit.request.headers.get("accept", ""):
            return self._show(visit, faults.not_found(), 404)
        return errors(404, "Not found")

    async def _home(self, visit: _Visit) -> Response:
        return see_other(PATHS.network)

    async def _alive(self, visit: _Visit) -> Response:
        return json_response({"status": "ok"})

    async def _pick(self, visit: _Visit) -> Response:
        """All sites; the one that was chosen last comes first."""
        last = self._cookie(visit, _CHOSEN)
        ordered = sorted(self._sites, key=lambda site: site.key != last)
        return self._show(visit, PickSite(sites=choices(ordered, last), query=visit.query.decode("latin-1")))

    async def _go(self, visit: _Visit) -> Response:
        """On to the chosen site, with the query as it came, byte for byte."""
        key = visit.request.scope["path"].split("/")[2]
        site = next(one for one in self._sites if one.key == key)
        response = Response(status_code=303, headers={"cache-control": "no-store"})
        query = b"?" + visit.query if visit.query else b""
        response.raw_headers.append((b"location", site.app_origin.encode() + _AUTHORIZE.encode() + query))
        cookies.set_cookie(response, _CHOSEN, key, self._here, lasting=True)
        return response

    async def _network(self, visit: _Visit) -> Response:
        chosen = asked_for(visit.query) or self._cookie(visit, _CHOSEN)
        if chosen not in {site.key for site in self._sites} and not asked_for(visit.query):
            chosen = self._sites[0].key
        page = network_page(self._sites, chosen, self._origin)
        return self._show(visit, page) if page else self._show(visit, faults.not_found(), 404)

    async def _data(self, visit: _Visit) -> Response:
        return network_data(self._sites, visit.query, self._origin)

    async def _prefer(self, visit: _Visit) -> Response:
        """Language and theme, kept in cookies."""
        body = b""
        async for part in visit.request.stream():
            body += part
            if len(body) > _FORM_LIMIT:
                return errors(413, "the body is too large")
        fields = read_form(body)
        if isinstance(fields, Malformed):
            return errors(400, fields.reason)
        response = see_other(local(fields.get("next")))
        for kind, known in ((cookies.LOCALE, ("en", "ko")), (cookies.THEME, tuple(THEMES))):
            if (value := fields.get(kind)) in known:
                cookies.set_cookie(response, kind, str(value), self._here, lasting=True)
        return response

    def _show(self, visit: _Visit, page: Page, status: int = 200) -> Response:
        query = visit.query.decode("latin-1")
        path = visit.request.scope["path"] if status == 200 else "/"
        chrome = Chrome(
            csrf=_NO_TOKEN,
            request_id=visit.id,
            path=f"{path}?{query}" if query and status == 200 else path,
            now=self._clock.now(),
            theme=THEMES.get(self._cookie(visit, cookies.THEME), "auto"),
        )
        chosen = self._cookie(visit, cookies.LOCALE) or None
        locale = choose_locale(chosen, visit.request.headers.get("accept-language"))
        return page_response(self._renderer.render(page, locale=locale, chrome=chrome), status)

    def _cookie(self, visit: _Visit, kind: str) -> str:
        return visit.request.cookies.get(cookies.name_of(kind, self._here), "")


async def _live(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
