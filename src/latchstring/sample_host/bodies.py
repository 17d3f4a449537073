"""Bodies as they arrive: bounded while they are read and while they are inflated, then decoded."""

import asyncio
import re
import zlib
from collections.abc import Awaitable, Callable, Hashable, Iterable, MutableMapping
from functools import lru_cache
from typing import Any, TypeVar, cast

import msgspec
import zstandard

from latchstring.sample_host.answers import Refused, invalid

T = TypeVar("T")
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_STEP = 65_536
_WITHIN_S = 20
_MOST_MEMBERS = 64
#: A NUL written as an escape: a backslash, itself not escaped, and u0000.
_ESCAPED_NUL = re.compile(rb"(?:^|[^\\])(?:\\\\)*\\u0000")
_TOO_LARGE = "The payload is too large: at most {} bytes, before and after inflating"


class Gone(Exception):
    """The client went away before its body was complete; nobody is left to answer."""


async def read_body(receive: Receive, declared: bytes | None, limit: int) -> bytes:
    """The body as sent; 413 as soon as it is, or says it is, larger than `limit` bytes; 408 when it is slow."""
    if declared is not None and declared.isdigit() and (len(declared) > 18 or int(declared) > limit):
        raise too_large(limit)
    try:
        async with asyncio.timeout(_WITHIN_S):
            return await _read(receive, declared, limit)
    except TimeoutError:
        raise Refused(408, "The payload did not arrive in time") from None


async def _read(receive: Receive, declared: bytes | None, limit: int) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.request" and len(body) <= limit and _whole(message, declared):
        return body
    return await _rest_of_body(message, receive, limit)


def _whole(message: MutableMapping[str, Any], declared: bytes | None) -> bool:
    """Whether a first message holds all of the body: some servers only say so with another, empty one."""
    return not message.get("more_body") or declared == str(len(message["body"])).encode()


async def _rest_of_body(message: MutableMapping[str, Any], receive: Receive, limit: int) -> bytes:
    chunks = bytearray()
    while True:
        if message["type"] != "http.request":
            raise Gone
        chunks += message.get("body", b"")
        if len(chunks) > limit:
            raise too_large(limit)
        if not message.get("more_body"):
            return bytes(chunks)
        message = await receive()


def too_large(limit: int) -> Refused:
    """413, naming the limit."""
    return Refused(413, _TOO_LARGE.format(limit))


def inflate(body: bytes, encoding: str, limit: int) -> bytes:
    """`body` without its content encoding, never inflated beyond `limit` bytes (413).

    gzip, deflate (with or without the zlib header: clients send both) and zstd (`zstd1` to some clients).
    """
    match encoding.strip().lower():
        case "" | "identity":
            return body
        case "gzip" | "x-gzip":
            return _unzip(body, 16 + zlib.MAX_WBITS, limit)
        case "deflate":
            return _unzip(body, zlib.MAX_WBITS if _has_zlib_header(body) else -zlib.MAX_WBITS, limit)
        case "zstd" | "zstd1":
            return _unzstd(body, limit)
    raise Refused(415, "Content-Encoding must be one of gzip, deflate, zstd or identity")


def _has_zlib_header(body: bytes) -> bool:
    """Whether the first two bytes are a zlib header (RFC 1950 section 2.2)."""
    return len(body) >= 2 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0


def _unzip(body: bytes, window_bits: int, limit: int) -> bytes:
    inflated = bytearray()
    members = 0
    try:
        while body:
            # Every further member copies what is left: without a bound, many empty ones would take hours.
            if (members := members + 1) > _MOST_MEMBERS:
                raise invalid("The compressed payload has too many parts")
            member = zlib.decompressobj(window_bits)
            inflated += member.decompress(body, limit + 1 - len(inflated))
            if len(inflated) > limit:
                raise too_large(limit)
            if not member.eof:
                raise invalid("The compressed payload is cut short")
            body = member.unused_data
    except zlib.error:
        raise invalid("The payload is not what its Content-Encoding says") from None
    return bytes(inflated)


def _unzstd(body: bytes, limit: int) -> bytes:
    inflated = bytearray()
    try:
        with zstandard.ZstdDecompressor(max_window_size=2**23).stream_reader(
            body, read_across_frames=True
        ) as reader:
            while chunk := reader.read(_STEP):
                inflated += chunk
                if len(inflated) > limit:
                    raise too_large(limit)
    except zstandard.ZstdError:
        raise invalid("The payload is not what its Content-Encoding says") from None
    return bytes(inflated)


def json_media_type(content_type: str) -> None:
    """Refuse with 415 what does not call itself JSON; no type at all is taken for JSON."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in ("", "application/json", "text/json") and not media_type.endswith("+json"):
        raise Refused(415, "Content-Type must be application/json")


@lru_cache(maxsize=64)
def _decoder(type_: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type_)


def decode_json(body: bytes, type_: type[T]) -> T:
    """The JSON `body` as `type_`; refuses what does not fit, naming the field."""
    if b"\\u0000" in body and _ESCAPED_NUL.search(body):
        raise invalid("NUL characters are not accepted")
    try:
        if not body.isascii():
            # The decoder does not look into fields that nobody knows.
            body.decode()
        value: T = _decoder(cast(Hashable, type_)).decode(body)
    except msgspec.ValidationError as problem:
        raise invalid(_named(problem)) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise invalid("The payload is not valid JSON in UTF-8") from None
    except RecursionError:
        raise invalid("The payload is nested too deeply") from None
    except ValueError:
        raise invalid("The payload has a number with too many digits") from None
    return value


def refuse_deeper_than(levels: int, value: object) -> None:
    """Refuse free-form JSON that is nested more than `levels` deep."""
    layer = [value]
    for _ in range(levels):
        layer = [child for parent in layer for child in _children(parent)]
        if not layer:
            return
    raise invalid(f"The payload is nested too deeply: at most {levels} levels")


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _named(problem: msgspec.ValidationError) -> str:
    reason, _, where = str(problem).partition(" - at `")
    place = where.rstrip("`").removeprefix("$").lstrip(".")
    return f"Invalid value for '{place}': {reason}" if place else f"Invalid payload: {reason}"
