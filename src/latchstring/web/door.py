"""The ASGI application: every request enters here, gets its id, and leaves with our headers.

a path of the host's API   -> the guard, which judges by the contract, then the host
a path of the route table  -> what the route needs (`entry.py`), then its handler
anything else              -> 404, or 405 with the methods that there are
"""

import asyncio
from collections.abc import Awaitable, Iterable, Iterator
from contextlib import suppress
from functools import partial

import structlog
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from latchstring.access.caller import REQUEST_ID, STATUS
from latchstring.access.diagnosis import Seen
from latchstring.access.guard import Application, Guard, Message, Receive, Scope, Send
from latchstring.access.law import Refused as RefusedCall
from latchstring.access.rehearsals import Rehearsals
from latchstring.contract.matcher import PathMatcher
from latchstring.kit.entropy import Entropy
from latchstring.storage.database import CONTENDED, UNAVAILABLE
from latchstring.web import cookies, measures
from latchstring.web.admission import Navigation
from latchstring.web.entry import enter, recognise
from latchstring.web.forward_auth import PATH as FORWARD_AUTH
from latchstring.web.forward_auth import ForwardAuth, tell_who
from latchstring.web.http import BadInput, Request, address_of, errors
from latchstring.web.lingering import Body
from latchstring.web.needs import SignedIn, Visitor
from latchstring.web.oauth.misdirected import keep_told
from latchstring.web.pages import faults
from latchstring.web.pages.page import Page
from latchstring.web.pages.paths import PATHS
from latchstring.web.platform import Platform
from latchstring.web.rendering import Renderer
from latchstring.web.routing import Route
from latchstring.web.show import cookie_of, show
from latchstring.web.witness import note_call

log = structlog.get_logger("latchstring")
_Headers = tuple[tuple[bytes, bytes], ...]
_INERT = (b"x-content-type-options", b"nosniff")
SECURE_HEADERS = (_INERT, (b"referrer-policy", b"same-origin"), (b"x-frame-options", b"DENY"))
TRANSPORT_HEADER = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")


class Door:
    """The platform as an ASGI application."""

    def __init__(
        self, platform: Platform, routes: Iterable[Route], host: Application, renderer: Renderer
    ) -> None:
        self._platform = platform
        self._renderer = renderer
        mounted = tuple(routes)
        self._routes = PathMatcher((route.method, route.path, route) for route in mounted)
        self._navigation = Navigation(mounted)
        rehearsals = Rehearsals(platform.recorder, platform.clock)
        self._guard = Guard(platform.law, host, platform.calls, platform.clock, self._witness, rehearsals)
        asked = Guard(platform.law, tell_who, platform.calls, platform.clock, self._witness, rehearsals)
        self._forward_auth = ForwardAuth(platform, asked)
        self._guarded = _first_segments(platform)
        transport = (TRANSPORT_HEADER,) if platform.site.secure else ()
        self._headers = (*SECURE_HEADERS, *transport)
        #: Of the host's API: it answers programs, and nothing of it is ever shown.
        self._api_headers = (_INERT, *transport)
        self._request_ids = request_ids(platform.entropy)
        self._background: list[asyncio.Task[None]] = []

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """One request, or the start and stop of the process."""
        if scope["type"] != "http":
            return self._live(receive, send) if scope["type"] == "lifespan" else _ignored()
        body = None
        if scope["method"] not in ("GET", "HEAD"):
            receive = body = Body(scope, receive)
        path = scope["path"]
        if path.startswith(self._guarded):
            marking = self._marking(scope, body, send, self._api_headers)
            return self._call(self._guard, scope, receive, marking)
        marking = self._marking(scope, body, send, self._headers)
        if path == FORWARD_AUTH or path.startswith(FORWARD_AUTH + "/"):
            return self._call(self._forward_auth, scope, receive, marking)
        return self._own(scope, receive, marking)

    def _marking(self, scope: Scope, body: Body | None, send: Send, headers: _Headers) -> Send:
        """Names the request; what is sent to it will have that name and our headers."""
        request_id = scope[REQUEST_ID] = next(self._request_ids)

        def marked(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                status = scope[STATUS] = message["status"]
                message["headers"] = [
                    *message["headers"], (b"x-request-id", request_id.encode()), *headers
                ]  # fmt: skip
                if status >= 400 and body is not None and body.is_open:
                    return body.refuse(send, message)
            return send(message)

        return marked

    async def _own(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A request for a path of our own."""
        request = self._request(scope, receive, scope[REQUEST_ID])
        await (await self._answer(request))(scope, receive, send)
        measures.note(scope)

    async def _call(self, judge: Application, scope: Scope, receive: Receive, send: Send) -> None:
        """A call of the host's API, or a proxy's question about one."""
        try:
            await judge(scope, receive, send)
        except Exception as problem:
            if STATUS in scope:
                raise
            response = self._failed(self._request(scope, receive, scope[REQUEST_ID]), problem)
            await response(scope, receive, send)
        measures.note(scope)

    async def _answer(self, request: Request) -> Response:
        """The answer to a request for one of our routes."""
        method = "GET" if request.method == "HEAD" else request.method
        path = (request.scope.get("raw_path") or request.scope["path"].encode()).decode("latin-1")
        located = self._routes.match(method, path)
        if located is None:
            return await self._astray(request, self._routes.methods_of(path))
        route: Route = located.operation
        request.scope["path_params"] = located.parameters
        request.scope["latchstring.route"] = route.path
        try:
            response = await self._enter(request, route)
        except Exception as problem:
            return self._failed(request, problem, page=isinstance(route.needs, SignedIn | Visitor))
        self._remember_visit(request, route, response)
        return response

    async def _enter(self, request: Request, route: Route) -> Response:
        try:
            return await enter(request, route)
        except CONTENDED:
            return await enter(request, route)

    def _request(self, scope: Scope, receive: Receive, request_id: str) -> Request:
        request = Request(scope, receive)
        request.platform = self._platform
        request.renderer = self._renderer
        request.navigation = self._navigation
        request.id = request_id
        request.address = address_of(request, self._platform.settings.trusted_proxies)
        request.signed_in = None
        request.visit = ""
        return request

    async def _astray(self, request: Request, allowed: frozenset[str]) -> Response:
        if allowed:
            methods = ", ".join(sorted(allowed))
            return errors(405, "Method not allowed", headers={"allow": methods})
        if not _wants_html(request):
            return errors(404, "Not found")
        with suppress(*UNAVAILABLE):
            await recognise(request)
        return show(request, faults.not_found(), 404, path=PATHS.home)

    def _failed(self, request: Request, problem: Exception, *, page: bool = False) -> Response:
        """What goes wrong becomes an answer: bad input is named, a database away is 503, the rest is ours."""
        if isinstance(problem, ClientDisconnect):
            return Response(status_code=400)  # nobody is there to read it
        if isinstance(problem, BadInput):
            told = f"{problem.field}: {problem.reason}" if problem.field else problem.reason
            shown = faults.invalid_request(f"invalid_request - {told}")
            return self._told(request, problem.status, told, shown if page else None)
        if isinstance(problem, (*UNAVAILABLE, *CONTENDED)):
            log.warning("unavailable", request_id=request.id, problem=type(problem).__name__)
            response = self._told(
                request, 503, "temporarily_unavailable", faults.Unavailable(retry_after=5) if page else None
            )
            response.headers["retry-after"] = "5"
            return response
        log.exception("failure", request_id=request.id, path=request.path)
        return self._told(request, 500, "server_error", faults.failure() if page else None)

    def _told(self, request: Request, status: int, told: str, page: Page | None) -> Response:
        if page is not None:
            return show(request, page, status, path=PATHS.home)
        if request.path.startswith("/oauth2/"):
            error = told if status >= 500 else "invalid_request"
            return Response(
                f'{{"error":"{error}"}}', status, {"cache-control": "no-store"}, "application/json"
            )
        return errors(status, told)

    def _remember_visit(self, request: Request, route: Route, response: Response) -> None:
        """An anonymous browser that was shown a form gets the cookie that the form's token is bound to."""
        if not isinstance(route.needs, Visitor) or request.signed_in is not None:
            return
        if request.visit and cookie_of(request, cookies.VISIT) != request.visit:
            cookies.set_cookie(response, cookies.VISIT, request.visit, self._platform.site)

    async def _witness(self, request_id: str, endpoint: str, seen: Seen, refused: RefusedCall) -> None:
        """Keep a refused call for the owner of its client, if anything in it tells whose it is."""
        with suppress(*UNAVAILABLE, *CONTENDED):
            await note_call(self._platform, request_id, endpoint, seen, refused)

    def open(self) -> None:
        """Begin what goes on in the background."""
        telling = self._platform.elsewhere.run(partial(keep_told, self._platform))
        self._background += map(asyncio.create_task, (self._platform.calls.run(), measures.run(), telling))

    async def close(self) -> None:
        """End it, with a last write."""
        for task in self._background:
            task.cancel()
        with suppress(*UNAVAILABLE):
            await self._platform.close()

    async def _live(self, receive: Receive, send: Send) -> None:
        """The process's life (ASGI lifespan), for servers that are handed this application itself."""
        await receive()
        self.open()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.close()
        await send({"type": "lifespan.shutdown.complete"})


async def _ignored() -> None:
    """Nothing else is spoken here."""


def _first_segments(platform: Platform) -> tuple[str, ...]:
    """The beginnings of all paths of the host's API."""
    return tuple({f"/{operation.path.split('/')[1]}/" for operation in platform.contract.operations.values()})


def request_ids(entropy: Entropy) -> Iterator[str]:
    """Names for requests, 24 hex digits each; chance is drawn for many at a time."""
    while True:
        drawn = entropy.bytes(12 * 256).hex()
        yield from (drawn[start : start + 24] for start in range(0, len(drawn), 24))


def _wants_html(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")
