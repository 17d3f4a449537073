"""The notifier's web application: connect, come back, look at monitors, page somebody.

Every answer is JSON for programs; a browser is led back to the page, which shows the same.
"""

import asyncio
import hashlib
import secrets
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import host
import httpx
from granian.constants import Interfaces
from granian.server.embed import Server
from jinja2 import Environment, FileSystemLoader
from oauth import OAuthClient, Refused
from settings import Settings, read_settings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from store import Connection, Store

VISITOR = "notifier_visitor"
_PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)


class Gone(Exception):
    """The customer ended the connection; only they can make another."""

    def __init__(self, call: int, refresh: Refused) -> None:
        super().__init__("the customer ended the connection")
        self.call = call
        self.refresh = refresh


class Notifier:
    """The handlers, with what they share."""

    def __init__(self, settings: Settings) -> None:
        self._http = httpx.AsyncClient(timeout=10)
        self._store = Store(settings.data)
        self._sites = settings.sites
        self._refreshing: dict[str, asyncio.Lock] = {}
        self._oauth = OAuthClient(
            self._http,
            settings.client_id,
            settings.client_secret,
            f"{settings.origin}/callback",
            settings.sites,
            settings.neutral,
        )
        self._neutral = settings.neutral

    async def connect(self, request: Request) -> Response:
        """The onboarding URL: **Connect Accounts** sends the customer's browser here, with its `domain`. Whoever comes
        from our own page brings none, and picks their site at the platform."""
        visitor = request.cookies.get(VISITOR) or secrets.token_urlsafe(24)
        unknown = "" if self._neutral else next(iter(self._sites))
        attempt, url = await self._oauth.begin(request.query_params.get("domain") or unknown)
        self._store.keep_attempt(visitor, attempt)
        answer = RedirectResponse(url, 303)
        answer.set_cookie(
            VISITOR, visitor, httponly=True, samesite="lax", secure=request.url.scheme == "https"
        )
        return answer

    async def callback(self, request: Request) -> Response:
        """The redirect URI: the platform sends the browser back with a code."""
        attempt = self._store.take_attempt(_visitor(request))
        if attempt is None:
            raise Refused("unknown_attempt", "this browser has no authorization under way")
        answer = dict(request.query_params)
        tokens = await self._oauth.finish(attempt, answer)
        domain = attempt.domain or answer["domain"]
        before, site = self._store.find(_visitor(request)), answer.get("site", "")
        # Whoever allows more, or again, has our key already: one lives for each organization.
        api_key = before.api_key if before and (before.domain, before.site) == (domain, site) else None
        connection = Connection(_visitor(request), domain, site, tokens, api_key)
        self._store.keep(connection)
        return _done(
            request, {"connected": connection.site, "scope": tokens.scope, "token": _mark(connection)}
        )

    async def monitors(self, request: Request) -> Response:
        """The customer's monitors, as JSON."""
        return JSONResponse({"monitors": await self._read(request, host.monitors)})

    async def dashboards(self, request: Request) -> Response:
        """What we have no scope for; the host refuses."""
        return JSONResponse({"dashboards": await self._read(request, host.dashboards)})

    async def key(self, request: Request) -> Response:
        """Make the API key that sending takes, unless there is one."""
        await self._with_key(request)
        return _done(request, {"key": "kept"})

    async def page_somebody(self, request: Request) -> Response:
        """Page a person for a monitor, and tell the customer's organization."""
        form = dict(parse_qsl((await request.body()).decode()))
        connection = await self._with_key(request)
        page = secrets.token_hex(4)
        monitor, person = form.get("monitor", "a monitor"), form.get("person", "Jun")
        api = (await self._oauth.platform(connection.domain)).api
        await asyncio.to_thread(host.send_page, api, connection.api_key or "", page, monitor, person)
        return _done(request, {"page": page}, f"/?page={page}")

    async def show_page(self, request: Request) -> Response:
        """What the customer's organization knows of a page."""
        return JSONResponse(await self._read(request, host.find_page, request.path_params["page"]))

    async def refresh(self, request: Request) -> Response:
        """Refresh now; otherwise it happens by itself, a minute before the access token expires."""
        before = self._connection(request)
        after = await self._refreshed(before)
        return _done(request, {"before": _mark(before), "after": _mark(after)})

    async def disconnect(self, request: Request) -> Response:
        """Give the authorization back."""
        connection = self._connection(request)
        await self._oauth.revoke(connection.domain, connection.tokens)
        self._store.forget(connection.visitor)
        return _done(request, {"connected": None})

    async def home(self, request: Request) -> Response:
        """The page."""
        shown: dict[str, Any] = {
            "sites": self._sites,
            "neutral": self._neutral,
            "connection": self._store.find(_visitor(request)),
        }
        if shown["connection"]:
            shown["monitors"] = await self._read(request, host.monitors)
            if page := request.query_params.get("page"):
                shown["page"], shown["found"] = page, await self._read(request, host.find_page, page)
        return HTMLResponse(_PAGES.get_template("page.html").render(shown))

    def _connection(self, request: Request) -> Connection:
        found = self._store.find(_visitor(request))
        if found is None:
            raise Refused("not_connected", "connect an organization first")
        return found

    async def _read(self, request: Request, call: Callable[..., Any], *arguments: str) -> Any:
        """Call the host's API with a good access token; when it says 401, refresh once and try again."""
        connection = self._connection(request)
        if connection.tokens.is_stale:
            connection = await self._refreshed(connection)
        api = (await self._oauth.platform(connection.domain)).api
        try:
            return await asyncio.to_thread(call, api, connection.tokens.access, *arguments)
        except host.Turned as turned:
            if turned.status != 401:
                raise
            connection = await self._refreshed(connection, call=401)
        return await asyncio.to_thread(call, api, connection.tokens.access, *arguments)

    async def _refreshed(self, connection: Connection, call: int = 0) -> Connection:
        """One refresh at a time for each connection; who waited uses what the first one got."""
        async with self._refreshing.setdefault(connection.visitor, asyncio.Lock()):
            current = self._store.find(connection.visitor)
            if current is not None and current.tokens != connection.tokens:
                return current
            try:
                tokens = await self._oauth.refresh(connection.domain, connection.tokens)
            except Refused as refused:
                if refused.error == "invalid_grant":
                    self._store.forget(connection.visitor)
                    raise Gone(call, refused) from None
                raise
            self._store.keep(connection.with_tokens(tokens))
            return connection.with_tokens(tokens)

    async def _with_key(self, request: Request) -> Connection:
        connection = self._connection(request)
        if connection.api_key is None:
            made = await self._read(request, host.create_key)
            connection = self._connection(request).with_key(made)
            self._store.keep(connection)
        return connection


def _visitor(request: Request) -> str:
    return request.cookies.get(VISITOR, "")


def _mark(connection: Connection) -> str:
    """Tells tokens apart without telling them."""
    return hashlib.sha256(connection.tokens.access.encode()).hexdigest()[:8]


def _done(request: Request, told: dict[str, Any], page: str = "/") -> Response:
    return RedirectResponse(page, 303) if _is_browser(request) else JSONResponse(told)


def _is_browser(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


async def _refused(request: Request, problem: Exception) -> Response:
    """Whatever was refused, told with the id by which the platform explains it to us."""
    told: dict[str, Any] = {"refused": str(problem)}
    match problem:
        case Gone():
            told |= {"call": problem.call, "refresh": problem.refresh.error}
            told["request_id"] = problem.refresh.request_id
        case host.Turned():
            told |= {"call": problem.status, "request_id": problem.request_id}
        case Refused():
            told |= {"error": problem.error, "request_id": problem.request_id}
    if _is_browser(request):
        return HTMLResponse(_PAGES.get_template("page.html").render(told), 502)
    return JSONResponse(told, 502)


def application(settings: Settings) -> Starlette:
    """The application, ready to be served."""
    notifier = Notifier(settings)
    routes: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
        ("GET", "/", notifier.home),
        ("GET", "/connect", notifier.connect),
        ("GET", "/callback", notifier.callback),
        ("GET", "/monitors", notifier.monitors),
        ("GET", "/dashboards", notifier.dashboards),
        ("POST", "/key", notifier.key),
        ("POST", "/pages", notifier.page_somebody),
        ("GET", "/pages/{page}", notifier.show_page),
        ("POST", "/refresh", notifier.refresh),
        ("POST", "/disconnect", notifier.disconnect),
    ]
    return Starlette(
        routes=[Route(path, handler, methods=[method]) for method, path, handler in routes],
        exception_handlers={Refused: _refused, host.Turned: _refused, Gone: _refused},
    )


async def serve(settings: Settings) -> None:
    """Serve until told to stop."""
    server = Server(
        application(settings), "127.0.0.1", settings.port, interface=Interfaces.ASGINL, log_access=False
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, server.stop)
    await server.serve()


if __name__ == "__main__":
    asyncio.run(serve(read_settings()))
