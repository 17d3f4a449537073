"""Requests written byte by byte over sockets: many at the same moment, or ones that no client would send."""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 when the connection was closed without an answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


NOTHING = Answer(0, {}, b"")


def request(method: str, target: str, body: bytes = b"", /, **headers: str) -> bytes:
    """A whole HTTP/1.1 request; in names of headers, underscores are hyphens."""
    given = {"host": "localhost:8100", "connection": "close", "content_length": str(len(body)), **headers}
    lines = [f"{method} {target} HTTP/1.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in given.items() if value]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def form(target: str, fields: dict[str, str], **headers: str) -> bytes:
    """A form, posted."""
    return request("POST", target, urlencode(fields).encode(), content_type=FORM, **headers)


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """Read one answer to its end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return NOTHING
    first, _, rest = head.decode("latin-1").partition("\r\n")
    pairs = [line.partition(":") for line in rest.split("\r\n") if line]
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = b""
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        body = await _body(reader, headers)
    return Answer(int(first.split(" ")[1]), headers, body)


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    if headers.get("transfer-encoding") != "chunked":
        return await reader.read()
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).strip() or b"0", 16):
        body += (await reader.readexactly(size + 2))[:-2]
    return body


async def send(port: int, raw: bytes, patience_s: float = 30) -> Answer:
    """Send bytes over a connection of their own; the first answer."""
    return (await together([port], [raw], patience_s))[0]


async def together(ports: list[int], requests: list[bytes], patience_s: float = 60) -> list[Answer]:
    """Send requests over a connection each, in turn to the ports: all but the last byte, then all last bytes."""
    streams = [
        await asyncio.open_connection("127.0.0.1", ports[place % len(ports)])
        for place in range(len(requests))
    ]
    try:
        for (_, writer), raw in zip(streams, requests, strict=True):
            writer.write(raw[:-1])
        with suppress(ConnectionError):
            await asyncio.gather(*(writer.drain() for _, writer in streams))
        if len(requests) > 1:
            await asyncio.sleep(0.05)
        for (_, writer), raw in zip(streams, requests, strict=True):
            writer.write(raw[-1:])
        return await asyncio.wait_for(
            asyncio.gather(*(read_answer(reader) for reader, _ in streams)), patience_s
        )
    finally:
        for _, writer in streams:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


class Line:
    """One connection that is kept for several requests."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, raw: bytes) -> Answer:
        """Send a request and read its answer; connects first when there is no connection."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        writer.write(raw)
        answer = await read_answer(reader)
        if answer is NOTHING or answer.headers.get("connection") == "close":
            await self.close()
        return answer

    async def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            writer, self._streams = self._streams[1], None
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
