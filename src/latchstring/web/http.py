"""What every handler is given and gives back: our request, and answers in JSON."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import msgspec
from starlette.requests import ClientDisconnect
from starlette.requests import Request as StarletteRequest
from starlette.responses import RedirectResponse, Response

from latchstring.protocol.client_authentication import uuid_of

if TYPE_CHECKING:
    from latchstring.accounts.credentials import Credential
    from latchstring.accounts.sessions import BrowserSession
    from latchstring.protocol.parameters import Parameters
    from latchstring.storage.database import Transaction
    from latchstring.web.admission import Navigation
    from latchstring.web.platform import Platform
    from latchstring.web.rendering import Renderer

T = TypeVar("T")
#: Who sends slower than this is not waited for.
BODY_WITHIN_S = 20
NO_STORE = {"cache-control": "no-store"}
RawHeader = tuple[bytes, bytes]


class BadInput(Exception):
    """What was sent can't be read or is not allowed; names the field and says why. Answered with 400 or 413."""

    def __init__(self, reason: str, *, field: str | None = None, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field
        self.status = status


class Headers(dict[str, str]):
    """A request's headers by their names in lower case, read once; of a repeated one the first."""

    def __init__(self, raw: Sequence[tuple[bytes, bytes]]) -> None:
        super().__init__((name.decode("latin-1"), value.decode("latin-1")) for name, value in reversed(raw))
        self._raw = raw

    def getlist(self, name: str) -> list[str]:
        """All values of a header, in their order."""
        if name not in self:
            return []
        wanted = name.encode("latin-1")
        return [value.decode("latin-1") for found, value in self._raw if found == wanted]


class Request(StarletteRequest):
    """A request at the door. It stays in `web/`: what lies below gets values."""

    platform: "Platform"
    #: Names this request in the answer's `X-Request-Id`, in the log and in the explanation of a refusal.
    id: str
    #: The caller's address, from the socket or from as many proxies as are trusted.
    address: str
    #: Open for routes whose need opens one; committed when the handler returns, rolled back when it raises.
    tx: "Transaction"
    #: For `SignedIn`; None for `Visitor` when nobody is.
    signed_in: "BrowserSession | None"
    #: For `PlatformCredential`.
    credential: "Credential"
    #: The renderer of pages.
    renderer: "Renderer"
    #: Where somebody may go.
    navigation: "Navigation"
    #: Names an anonymous browser, so that its forms can be told from a stranger's.
    visit: str
    #: The fields of a page's form, once the door has checked its CSRF token.
    fields: "Parameters"
    #: The file of the form, for routes that take one; empty when none was chosen.
    file: bytes
    _ahead: bytes | None = None
    _read: Headers | None = None

    @property
    def headers(self) -> Headers:  # type: ignore[override]
        """The headers; Starlette's own are looked through again for each that is asked for."""
        if self._read is None:
            self._read = Headers(self.scope["headers"])
        return self._read

    @property
    def authorization(self) -> str | None:
        """The `Authorization` header. Two are read as one that has no meaning: a proxy may have read the other."""
        return ", ".join(self.headers.getlist("authorization")) or None

    @property
    def path(self) -> str:
        """The path, decoded."""
        path: str = self.scope["path"]
        return path

    async def read_ahead(self, limit: int) -> None:
        """Read the body now, so that nobody who sends slowly holds a database connection meanwhile."""
        self._ahead = await self.content(limit)

    @property
    def target(self) -> str:
        """Path and query as they were asked for, to come back to."""
        query = self.scope["query_string"].decode("latin-1")
        return f"{self.path}?{query}" if query else self.path

    async def content(self, limit: int) -> bytes:
        """The body, refused with 413 as soon as it is larger than `limit` bytes, and with 408 when it is slow."""
        if self._ahead is not None:
            if len(self._ahead) > limit:
                raise BadInput("the body is too large", status=413)
            return self._ahead
        declared = self.headers.get("content-length")
        if declared is not None and declared.isdigit() and int(declared) > limit:
            raise BadInput("the body is too large", status=413)
        try:
            async with asyncio.timeout(BODY_WITHIN_S):
                return await self._all_of(limit)
        except TimeoutError:
            raise BadInput("the body did not arrive in time", status=408) from None
        except ClientDisconnect:
            raise BadInput("the body was cut short") from None

    async def _all_of(self, limit: int) -> bytes:
        body = bytearray()
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            body += message.get("body", b"")
            if len(body) > limit:
                raise BadInput("the body is too large", status=413)
            if not message.get("more_body"):
                return bytes(body)

    async def json_as(self, type_: type[T], *, limit: int = 262_144) -> T:
        """The JSON body as `type_`; `BadInput` names the field that does not fit."""
        body = await self.content(limit)
        try:
            return msgspec.json.decode(body or b"null", type=type_)
        except msgspec.ValidationError as problem:
            reason, _, where = str(problem).partition(" - at `$")
            raise BadInput(reason, field=where.rstrip("`").lstrip(".") or None) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise BadInput("the body is not JSON") from None


Handler = Callable[[Request], Awaitable[Response]]


class _Json(Response):
    """Writes its few headers itself: it is most of what machines are answered with."""

    def __init__(self, body: bytes, status: int, headers: Iterable[RawHeader]) -> None:
        self.status_code = status
        self.body = body
        self.background = None
        length = (b"content-length", str(len(body)).encode())
        self.raw_headers = [(b"content-type", b"application/json"), length, *headers]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Send it."""
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        await send(start)
        await send({"type": "http.response.body", "body": self.body})


def json_response(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in JSON."""
    return json_bytes(msgspec.json.encode(value), status, raw(headers or {}))


def json_bytes(body: bytes, status: int, headers: Iterable[RawHeader]) -> Response:
    """An answer in JSON that is written already."""
    return _Json(body, status, headers)


def raw(headers: Mapping[str, str]) -> tuple[RawHeader, ...]:
    """Headers as they are sent."""
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items())


def see_other(url: str) -> Response:
    """303: go and look there with GET (RFC 9110 section 15.4.4)."""
    return RedirectResponse(url, 303, NO_STORE)


def address_of(request: Request, proxies: int) -> str:
    """The caller's address: the socket's, or what the outermost trusted proxy saw. Some proxies append to the
    header, others add a line of their own below what the caller sent."""
    if proxies:
        told = ",".join(request.headers.getlist("x-forwarded-for"))
        seen = [part.strip() for part in told.split(",") if part.strip()]
        if len(seen) >= proxies:
            return seen[-proxies][:64]
    client = request.scope.get("client")
    return client[0] if client else ""


def errors(status: int, *messages: str, headers: Mapping[str, str] | None = None) -> Response:
    """The error body of the JSON API: `{"errors": [...]}`."""
    return json_response({"errors": list(messages)}, status, headers)


def path_uuid(request: Request, name: str) -> UUID | None:
    """The UUID in the path's parameter `name`, or None when it isn't one: then nothing has that id."""
    return uuid_of(request.path_params[name])
