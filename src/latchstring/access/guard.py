"""The enforcement as an ASGI application in front of another: what it lets through has a `Call`."""

from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from latchstring.access.caller import CALL, REQUEST_ID, STATUS, Call
from latchstring.access.diagnosis import Seen
from latchstring.access.law import Law, Presented, Refused, Unknown
from latchstring.access.rehearsals import Rehearsals
from latchstring.audit.calls import Calls
from latchstring.kit.clock import Clock
from latchstring.protocol import faults
from latchstring.protocol.faults import Refusal

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
#: Told of each refusal: the request's id, the endpoint, what was seen of the call, and the verdict.
Witness = Callable[[str, str, Seen, Refused], Awaitable[None]]

_FORBIDDEN = b'{"errors":["Forbidden"]}'
_NOT_FOUND = b'{"errors":["Not found"]}'
_METHOD = b'{"errors":["Method not allowed"]}'
_BODIES = {429: b'{"errors":["Too many requests"]}', 503: b'{"errors":["Service unavailable"]}'}
#: Two credentials are none: a proxy before us may have looked at the other one.
_TWO = ""
_LOOKED_AT = frozenset({b"host", b"authorization", b"dd-api-key", b"dd-application-key"})
_KEY_IN_QUERY = ("api_key", "dd-api-key")


class Guard:
    """Admits calls by the law and hands them to the host's API."""

    def __init__(
        self,
        law: Law,
        host: Application,
        calls: Calls,
        clock: Clock,
        witness: Witness,
        rehearsals: Rehearsals,
    ) -> None:
        self._law = law
        self._host = host
        self._calls = calls
        self._clock = clock
        self._witness = witness
        self._rehearsals = rehearsals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one request."""
        now = self._clock.now()
        presented = _presented(scope)
        verdict: Call | Refused | Unknown = self._law.readmit(presented, now) or await self._law.admit(
            presented, now
        )
        if isinstance(verdict, Call) and verdict.watch is not None:
            verdict = await self._rehearsals.play(verdict, now)
        if isinstance(verdict, Call):
            scope[CALL] = verdict
            await self._host(scope, receive, send)
            status = scope.get(STATUS, 200)
            if status < 400 and verdict.counted is not None:
                self._calls.count(verdict.counted, now)
            if status == 429 or verdict.watch is not None:
                await self._note(scope, presented, verdict, status, now)
        elif isinstance(verdict, Unknown):
            await self._unknown(scope, presented, verdict)
            await _unknown(send, verdict)
        else:
            await self._witness(scope[REQUEST_ID], _endpoint(scope), _seen(scope, presented), verdict)
            await _refuse(send, verdict.refusal)

    async def _note(self, scope: Scope, presented: Presented, call: Call, status: int, now: datetime) -> None:
        """What a watched client exercised with success is told, and what the host refused for coming too often."""
        if status == 429:
            refused = Refused(Refusal(faults.RATE_LIMITED), call.operation, call.caller.client_id)
            await self._witness(scope[REQUEST_ID], _endpoint(scope), _seen(scope, presented), refused)
        elif status < 400:
            await self._rehearsals.tell(call, now, scope[REQUEST_ID])

    async def _unknown(self, scope: Scope, presented: Presented, unknown: Unknown) -> None:
        """Somebody's integration took the wrong path or method; without a credential nobody can be told."""
        if not (presented.authorization or presented.api_key):
            return
        noted = {"received": _endpoint(scope), "expected": " ".join(sorted(unknown.allowed))}
        cause = faults.METHOD_NOT_OFFERED if unknown.allowed else faults.OPERATION_UNKNOWN
        refused = Refused(Refusal(cause, noted), None, None)
        await self._witness(scope[REQUEST_ID], _endpoint(scope), _seen(scope, presented), refused)


def _endpoint(scope: Scope) -> str:
    return f"{scope['method']} {scope['path']}"


def _presented(scope: Scope) -> Presented:
    authorization = api_key = None
    authority, application_key = "", False
    for name, value in scope["headers"]:
        if name not in _LOOKED_AT:
            continue
        if name == b"host":
            authority = value.decode("latin-1").lower()
        elif name == b"authorization":
            authorization = value.decode("latin-1") if authorization is None else _TWO
        elif name == b"dd-api-key":
            api_key = value.decode("latin-1") if api_key is None else _TWO
        else:
            application_key = True
    if api_key is None and b"api" in scope["query_string"]:
        api_key = _key_in(scope["query_string"])
    path = scope["raw_path"].decode("latin-1") if scope.get("raw_path") else scope["path"]
    return Presented(scope["method"], path, authority, authorization, api_key, application_key)


def _seen(scope: Scope, presented: Presented) -> Seen:
    date = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"date"), None)
    return Seen(presented, date, scope["query_string"])


def _key_in(query: bytes) -> str | None:
    """Older official clients send their API key in the query."""
    try:
        pairs = parse_qsl(query.decode("ascii"), max_num_fields=100)
    except ValueError:
        return None
    return next((value for name, value in pairs if name in _KEY_IN_QUERY), None)


async def _refuse(send: Send, refusal: Refusal) -> None:
    if refusal.cause is faults.SUBDOMAIN_IN_API_HOST:
        expected = refusal.noted["expected"]
        told = f"API calls go to {expected}, without an organization's subdomain"
        await _answer(send, 421, msgspec.json.encode({"errors": [told]}), [])
        return
    body = _BODIES.get(refusal.cause.status, _FORBIDDEN)
    await _answer(send, refusal.cause.status, body, [*_challenge(refusal), *_retry_after(refusal)])


def _retry_after(refusal: Refusal) -> list[tuple[bytes, bytes]]:
    """When to come again (RFC 9110 section 10.2.3), where it is known."""
    wait_s = refusal.noted.get("retry_after_s")
    return [(b"retry-after", wait_s.encode())] if wait_s else []


def _challenge(refusal: Refusal) -> list[tuple[bytes, bytes]]:
    """The `WWW-Authenticate` header (RFC 6750 section 3); without an error when nothing was presented."""
    cause = refusal.cause
    if cause.status not in (401, 403):
        return []
    parts = [f'error="{cause.error}"', f'error_description="{_told(refusal)}"'] if cause.error else []
    if cause.error == "insufficient_scope":
        parts.append(f'scope="{refusal.noted["expected"]}"')
    if cause.status == 403 and not parts:
        return []
    return [(b"www-authenticate", " ".join(["Bearer", ", ".join(parts)]).strip().encode("latin-1"))]


def _told(refusal: Refusal) -> str:
    """A token of another site is told where it belongs: it says so itself, and where that is, is public."""
    site, origin = refusal.noted.get("received"), refusal.noted.get("call")
    if refusal.cause is faults.BEARER_OF_ANOTHER_SITE and origin:
        return f"The access token belongs to {site}; call its API at {origin}"
    return refusal.cause.description


async def _unknown(send: Send, unknown: Unknown) -> None:
    if unknown.allowed:
        allow = ", ".join(sorted(unknown.allowed)).encode()
        await _answer(send, 405, _METHOD, [(b"allow", allow)])
    else:
        await _answer(send, 404, _NOT_FOUND, [])


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    start = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})
