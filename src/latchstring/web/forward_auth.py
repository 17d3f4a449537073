"""Enforcement for an API behind a proxy of its own: the proxy asks here about each call before it passes it on.

It is the very guard of our own API, told of the call as the proxy saw it; what it lets through is answered with 200 and
headers that say who calls. Proxies understand 401 and 403 besides, so every other refusal is folded into 403.
"""

import hmac
from urllib.parse import unquote, urlsplit

from latchstring.access.caller import Caller, call_of
from latchstring.access.guard import Guard, Receive, Scope, Send
from latchstring.web.platform import Platform

PATH = "/forward-auth"
_TOKEN = b"x-forward-auth-token"
_METHOD = (b"x-original-method", b"x-forwarded-method")
_TARGET = (b"x-original-uri", b"x-forwarded-uri")
_HOST = (b"x-original-host", b"x-forwarded-host")
_UNDERSTOOD = (200, 401, 403)
_NOT_FOUND = b'{"errors":["Not found"]}'


class ForwardAuth:
    """Answers proxies that know the token of the settings; for everybody else there is nothing here."""

    def __init__(self, platform: Platform, guard: Guard) -> None:
        token = platform.settings.forward_auth_token
        self._token = token.encode() if token else None
        self._authority = platform.site.api_authority.encode()
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge the call that the proxy describes."""
        headers = dict(scope["headers"])
        if self._token is None or not hmac.compare_digest(headers.get(_TOKEN, b""), self._token):
            start = {
                "type": "http.response.start",
                "status": 404,
                "headers": [(b"content-type", b"application/json")],
            }
            await send(start)
            await send({"type": "http.response.body", "body": _NOT_FOUND})
            return

        async def folded(message: Scope) -> None:
            if message["type"] == "http.response.start" and message["status"] not in _UNDERSTOOD:
                told = (b"x-latchstring-status", str(message["status"]).encode())
                message = {**message, "status": 403, "headers": [*message["headers"], told]}
            await send(message)

        await self._guard(self._as_called(scope, headers), receive, folded)

    def _as_called(self, scope: Scope, headers: dict[bytes, bytes]) -> Scope:
        """The scope of the original call: in headers, or else below our own path, as some proxies send it."""
        own_path = (scope.get("raw_path") or scope["path"].encode()).removeprefix(PATH.encode())
        own = own_path + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        target = urlsplit(_first(headers, _TARGET, own).decode("latin-1"))
        kept = [(name, value) for name, value in scope["headers"] if name != b"host"]
        return {
            **scope,
            "method": _first(headers, _METHOD, scope["method"].encode()).decode("latin-1").upper(),
            "path": unquote(target.path),
            "raw_path": target.path.encode("latin-1"),
            "query_string": target.query.encode("latin-1"),
            "headers": [*kept, (b"host", _first(headers, _HOST, self._authority))],
        }


async def tell_who(scope: Scope, receive: Receive, send: Send) -> None:
    """What the guard lets through: who calls, and as which operation of the contract."""
    call = call_of(scope)
    told = [*_who(call.caller), ("operation", call.operation.id)]
    headers = [(b"x-latchstring-" + name.encode(), value.encode()) for name, value in told]
    await send(
        {"type": "http.response.start", "status": 200, "headers": [*headers, (b"content-length", b"0")]}
    )
    await send({"type": "http.response.body", "body": b""})


def _who(caller: Caller) -> list[tuple[str, str]]:
    known = {
        "organization": caller.organization_id,
        "client": caller.client_id,
        "user": caller.user_id,
        "authorization": caller.authorization_id,
        "api-key": caller.api_key_id,
    }
    named = [(name, str(value)) for name, value in known.items() if value is not None]
    return [*named, ("scopes", " ".join(sorted(caller.scopes)))]


def _first(headers: dict[bytes, bytes], names: tuple[bytes, ...], otherwise: bytes) -> bytes:
    return next((headers[name] for name in names if name in headers), otherwise)
