"""The ASGI application: finds the handler of an allowed call, reads its body within bounds, and answers."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog

from latchstring.access.caller import Call, call_of
from latchstring.contract.model import Operation
from latchstring.kit.clock import Clock
from latchstring.kit.entropy import Entropy
from latchstring.sample_host.answers import Answer, ErrorShape, Refused, refusal
from latchstring.sample_host.asked import Asked, parse_query_string
from latchstring.sample_host.bodies import Gone, Receive, inflate, read_body
from latchstring.sample_host.handlers import HANDLERS, Served, handler_key
from latchstring.sample_host.host import Host
from latchstring.sample_host.rates import Counter, Rate
from latchstring.storage.database import UNAVAILABLE, Database

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_log = structlog.get_logger("sample_host")
#: Bytes of an intake body, before and after inflating.
INTAKE_LIMIT = 5 * 1024 * 1024
_RATE = Rate(limit=10_000, period_s=60)
_NOT_IMPLEMENTED = Refused(501, "Not implemented by the sample host")
_UNAVAILABLE = Refused(503, "The service is unavailable for the moment", {"retry-after": "1"})


class SampleHost:
    """Answers the calls that the enforcement let through.

    `intake_limit` bounds intake bodies in bytes, before and after inflating; `rate` bounds list and query
    calls per organization, operation and process.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        entropy: Entropy,
        *,
        intake_limit: int = INTAKE_LIMIT,
        rate: Rate = _RATE,
    ) -> None:
        self._host = Host(database, clock, entropy)
        self._intake_limit = intake_limit
        self._counter = Counter(clock, rate)

    def implements(self, operation: Operation) -> bool:
        """Whether there is more behind this operation than 501."""
        return handler_key(operation.method, operation.path) in HANDLERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request, whose scope holds the `Call` that was allowed."""
        call = call_of(scope)
        served = HANDLERS.get(handler_key(call.operation.method, call.operation.path))
        try:
            answer = await self._answer(call, served, scope, receive)
        except Gone:
            return
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.wire_headers()})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, call: Call, served: Served | None, scope: Scope, receive: Receive) -> Answer:
        if served is None:
            return refusal(_NOT_IMPLEMENTED, ErrorShape.STRINGS)
        try:
            return await self._serve(call, served, scope, receive)
        except Refused as refused:
            return refusal(refused, served.errors)
        except UNAVAILABLE as failure:
            _log.warning("database_unavailable", cause=type(failure).__name__)
            return refusal(_UNAVAILABLE, served.errors)

    async def _serve(self, call: Call, served: Served, scope: Scope, receive: Receive) -> Answer:
        told = None
        if served.counted:
            told = self._counter.count(call.caller.organization_id, call.operation.id)
        asked = await self._asked(call, served, scope, receive)
        answer = await served.handler(self._host, asked)
        return answer if told is None else Answer(answer.status, answer.body, {**told, **answer.headers})

    async def _asked(self, call: Call, served: Served, scope: Scope, receive: Receive) -> Asked:
        limit = self._intake_limit if served.intake else served.body_limit
        content_type, encoding, declared = _headers(scope)
        body = await read_body(receive, declared, limit) if served.has_body else b""
        if encoding and served.has_body:
            body = inflate(body, encoding, limit)
        return Asked(
            call.caller.organization_id,
            call.caller.user_id,
            scope["path"],
            _clean(call),
            parse_query_string(scope["query_string"]),
            content_type,
            body,
            self._host.clock.now(),
        )


def _headers(scope: Scope) -> tuple[str, str, bytes | None]:
    content_type, encoding, declared = "", "", None
    for name, value in scope["headers"]:
        if name == b"content-type":
            content_type = value.decode("latin-1")
        elif name == b"content-encoding":
            encoding = value.decode("latin-1")
        elif name == b"content-length":
            declared = value
    return content_type, encoding, declared


def _clean(call: Call) -> Any:
    """The parameters in the path; with a NUL or a stray surrogate in one, nothing can have that name."""
    for value in call.parameters.values():
        if "\x00" in value or not _is_text(value):
            raise Refused(404, "Not found")
    return call.parameters


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
