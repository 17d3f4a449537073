"""The servers that are measured: `servers.py TARGET` serves one of them by the product's own server and settings."""

import os
import sys

from latchstring.access.guard import Application, Receive, Scope, Send
from latchstring.cli.serve import run
from latchstring.serving import Worker
from latchstring.settings import load_settings

_BODY = b'{"answer":"constant"}'
_HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(_BODY)).encode())]


async def constant(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers every request with the same few bytes."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _BODY})


async def _live(receive: Receive, send: Send) -> None:
    for step in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{step}.complete"})


def bare() -> Application:
    """The constant with nothing before it: what the server alone can do."""
    return constant


def guarded() -> Worker:
    """The constant behind the whole enforcement."""
    return Worker(constant)


if __name__ == "__main__":
    run(load_settings(os.environ), sys.argv[1])
