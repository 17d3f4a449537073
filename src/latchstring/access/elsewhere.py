"""Telling a site that a token of its own was refused here, so that the token's owner finds it in the request log.

A token of another site says whose it is to that site alone. What is told: all of the token but what makes it work,
the request's name, and what it asked for. Nothing waits for this, and no more of it is done than one message after
the other; what can't be told soon is dropped.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from uuid import UUID

import httpcore
import msgspec
import structlog

from latchstring.kit.clock import Clock
from latchstring.protocol.possession import Shown, shown
from latchstring.protocol.tokens import Kind

PATH: Final = "/oauth2/v1/misdirected"
_WITHIN_S: Final = 5.0
_RESTS_S: Final = 30.0
#: Of one authorization's tokens no more is told than this often: a loop teaches nothing new.
_APART_S: Final = 1.0
_MOST: Final = 200
_MOST_REMEMBERED: Final = 5_000
log = structlog.get_logger("latchstring")


class Misdirected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one site tells another: `site` refused this token in the request of this name."""

    site: str
    request_id: str
    endpoint: str
    shown: Shown


class Whose(msgspec.Struct, frozen=True):
    """What it is answered with: the token's client, if the token is real."""

    client_id: UUID | None


class Told(msgspec.Struct, frozen=True):
    """A message that was answered: the token's client, and its home's words for what happened."""

    misdirected: Misdirected
    kind: Kind
    belongs_to: str
    client_id: UUID


#: Posts JSON to a URL; the answer's body.
Post = Callable[[str, bytes], Awaitable[bytes]]
Keep = Callable[[Told], Awaitable[None]]


class Elsewhere:
    """What one process has to tell the other sites. `origins`: each site's API, by the site's key."""

    def __init__(self, site: str, origins: Mapping[str, str], clock: Clock, post: Post | None = None) -> None:
        self._site = site
        self._origins = {key: origin for key, origin in origins.items() if key != site}
        self._clock = clock
        self.post = post or _post
        self._waiting: asyncio.Queue[tuple[Kind, str, Misdirected]] = asyncio.Queue(_MOST)
        self._last: dict[bytes, float] = {}
        self._rests_until: dict[str, float] = {}

    @property
    def waiting(self) -> int:
        """How much is still to be told."""
        return self._waiting.qsize()

    def tell(self, text: str, request_id: str, endpoint: str) -> None:
        """Have it told, if `text` is a token of one of the other sites."""
        found = shown(text)
        if found is None or found[0].site not in self._origins or self._waiting.full():
            return
        token, told = found
        if self._may_be_told(token.site, token.row.name):
            misdirected = Misdirected(self._site, request_id, endpoint[:200], told)
            self._waiting.put_nowait((token.kind, token.site, misdirected))

    def _may_be_told(self, site: str, name: bytes) -> bool:
        now = self._now()
        if now < self._rests_until.get(site, 0) or now < self._last.get(name, -_APART_S) + _APART_S:
            return False
        if len(self._last) >= _MOST_REMEMBERED:
            self._last.clear()
        self._last[name] = now
        return True

    async def run(self, keep: Keep) -> None:
        """Tell, one after the other, until cancelled; `keep` is handed what was answered."""
        while True:
            await self.tell_next(keep)

    async def tell_next(self, keep: Keep) -> None:
        """Tell what waits longest. A site that can't be reached is left in peace for a while."""
        kind, site, misdirected = await self._waiting.get()
        if self._now() < self._rests_until.get(site, 0):
            return
        try:
            async with asyncio.timeout(_WITHIN_S):
                answer = await self.post(self._origins[site] + PATH, msgspec.json.encode(misdirected))
            whose = msgspec.json.decode(answer, type=Whose)
        except (OSError, TimeoutError, *_NOT_TOLD) as problem:
            self._rests_until[site] = self._now() + _RESTS_S
            log.warning("site_not_told", site=site, problem=type(problem).__name__)
            return
        if whose.client_id is not None:
            await keep(Told(misdirected, kind, site, whose.client_id))

    def _now(self) -> float:
        return self._clock.monotonic_ns() / 1e9


_NOT_TOLD = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    msgspec.DecodeError,
    msgspec.ValidationError,
)


async def _post(url: str, body: bytes) -> bytes:
    """To an address that the operator configured, so it is not looked at any closer; redirects are not followed."""
    async with httpcore.AsyncConnectionPool(max_connections=1) as pool:
        answer = await pool.request("POST", url, headers={"content-type": "application/json"}, content=body)
        return answer.content
