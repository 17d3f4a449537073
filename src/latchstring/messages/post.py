"""One POST to a stranger's server: bounded in time and size, to a checked address, following nothing.

No proxy and no other setting of the environment is looked at.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import httpcore
from httpcore import AsyncNetworkBackend, AsyncNetworkStream
from httpcore._backends.anyio import AnyIOBackend

from latchstring.audit.scrub import scrubbed
from latchstring.messages.addresses import AddressRefused, Resolve, address_of, resolve
from latchstring.messages.model import Outcome

_WITHIN_S: Final = 10.0
_CONNECT_S: Final = 5.0
#: How much of an answer is read, and how much of that is kept.
_READ: Final = 4_096
_KEPT: Final = 500
_FAILURES: Final[Sequence[tuple[type[Exception], str]]] = (
    (AddressRefused, ""),
    (httpcore.ConnectTimeout, "connect_timeout"),
    (httpcore.TimeoutException, "timeout"),
    (TimeoutError, "timeout"),
    (httpcore.ConnectError, "no_connection"),
    (httpcore.ProtocolError, "not_http"),
    (httpcore.NetworkError, "connection_lost"),
    (OSError, "connection_lost"),
)


class Poster:
    """Posts. One for each process; every message has a connection of its own."""

    def __init__(self, *, loopback: bool = False, resolver: Resolve = resolve) -> None:
        """`loopback`: this machine may be posted to, without TLS; for tests and the demo."""
        self._backend = _Checked(resolver, loopback)
        self._tls = httpcore.default_ssl_context()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Post `body`; a status of 200 to 299 is well."""
        try:
            async with asyncio.timeout(_WITHIN_S):
                status, answer = await self._post(url, body, headers)
        except tuple(kind for kind, _ in _FAILURES) as problem:
            reason = next(reason for kind, reason in _FAILURES if isinstance(problem, kind))
            return Outcome(False, problem=reason or str(problem))
        return Outcome(200 <= status < 300, status, "" if 200 <= status < 300 else "status", _shown(answer))

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        timeout = {"connect": _CONNECT_S, "read": _WITHIN_S, "write": _WITHIN_S, "pool": _WITHIN_S}
        answer = b""
        async with (
            httpcore.AsyncConnectionPool(
                ssl_context=self._tls, network_backend=self._backend, max_connections=1
            ) as pool,
            pool.stream(
                "POST", url, headers=list(headers.items()), content=body, extensions={"timeout": timeout}
            ) as response,
        ):
            async for piece in response.aiter_stream():
                answer += piece
                if len(answer) >= _READ:
                    break
            return response.status, answer[:_READ]


class _Checked(AsyncNetworkBackend):
    """Connects to the address that it has checked, and to no other."""

    def __init__(self, resolver: Resolve, loopback: bool) -> None:
        self._resolver = resolver
        self._loopback = loopback
        self._network = AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface has it
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncNetworkStream:
        async with asyncio.timeout(timeout):
            address = await address_of(self._resolver, host, port, loopback=self._loopback)
        return await self._network.connect_tcp(address, port, timeout=timeout)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def _shown(answer: bytes) -> str:
    """The beginning of an answer, fit to be kept: text without anything that looks like a credential."""
    text = answer.decode("utf-8", "replace")
    printable = "".join(one if one.isprintable() or one in "\n\t" else "\ufffd" for one in text)
    return scrubbed(printable)[:_KEPT]
