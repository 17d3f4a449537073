"""A refusal that is heard: before it is sent, what is left of a small body is read.

Who answers while a body is still on its way and then closes the connection makes the sender's system throw the answer
away (RFC 9112 section 9.6). A sender that announced a large body, or that waits to be told to go on, is answered
at once.
"""

import asyncio
from contextlib import suppress

from latchstring.access.guard import Message, Receive, Scope, Send

#: How much is read for nothing, in bytes, and for how long, in seconds.
_MOST = 1_048_576
_WITHIN_S = 2.0


class Body:
    """Hands on what is received of a request, and knows whether there is more."""

    __slots__ = ("_receive", "is_open")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self.is_open = not _is_refused_unread(scope)

    async def __call__(self) -> Message:
        """The next message (ASGI `receive`)."""
        message = await self._receive()
        self.is_open = message["type"] == "http.request" and bool(message.get("more_body"))
        return message

    async def refuse(self, send: Send, message: Message) -> None:
        """Send the start of a refusal once the body has arrived, as far as that is waited for."""
        read = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(_WITHIN_S):
                while self.is_open and read <= _MOST:
                    read += len((await self()).get("body", b""))
        await send(message)


def _is_refused_unread(scope: Scope) -> bool:
    for name, value in scope["headers"]:
        if name == b"expect" or (name == b"content-length" and value.isdigit() and int(value) > _MOST):
            return True
    return False
