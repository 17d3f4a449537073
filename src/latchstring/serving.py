"""One worker process: settings from the environment, a platform, its ASGI application."""

import asyncio
import gc
import os
import signal
from collections.abc import Awaitable
from pathlib import Path

import structlog

from latchstring.access.guard import Application, Receive, Scope, Send
from latchstring.kit.clock import SystemClock
from latchstring.kit.entropy import SystemEntropy
from latchstring.logs import configure_logging
from latchstring.settings import Settings, load_settings
from latchstring.sites.configured import sites_of
from latchstring.storage.database import UNAVAILABLE
from latchstring.web.application import application
from latchstring.web.door import Door
from latchstring.web.neutral import Neutral
from latchstring.wiring import assemble, dsn_of

log = structlog.get_logger("latchstring")
_LOOKS_EVERY_S = 1.0
_NOT_YET = b'{"errors":["temporarily_unavailable"]}'


class Worker:
    """Assembles the platform when the server starts it, then hands it every request. `host` is the API behind
    the enforcement; without one, the sample host."""

    def __init__(self, host: Application | None = None) -> None:
        self._host = host
        self._door: Door | None = None
        self._parent = os.getppid()

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one scope. Until the database has answered once, that is 503."""
        if scope["type"] == "lifespan":
            return self._live(receive, send)
        return _unavailable(send) if self._door is None else self._door(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """The process's life (ASGI lifespan)."""
        await receive()
        settings = load_settings(os.environ)
        configure_logging(settings.log_level, settings.log_format)
        opened = asyncio.Event()
        tasks = [
            asyncio.create_task(self._open(settings, opened)),
            asyncio.create_task(self._mind_the_parent()),
        ]
        await asyncio.wait(
            [tasks[0], asyncio.create_task(opened.wait())], return_when=asyncio.FIRST_COMPLETED
        )
        if tasks[0].done() and tasks[0].exception() is not None:
            log.error("start_failed", exc_info=tasks[0].exception())
            await send({"type": "lifespan.startup.failed"})
            return
        await send({"type": "lifespan.startup.complete"})
        _say_that_it_serves()
        await receive()
        for task in tasks:
            task.cancel()
        if self._door is not None:
            await self._door.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _open(self, settings: Settings, tried: asyncio.Event) -> None:
        """Assemble the platform; while there is no database, try again and again."""
        while self._door is None:
            try:
                platform = await assemble(settings, await dsn_of(settings))
                self._door = application(platform, self._host)
                self._door.open()
                _settle_memory()
            except UNAVAILABLE as problem:
                log.warning("unavailable", problem=type(problem).__name__)
                tried.set()
                await asyncio.sleep(_LOOKS_EVERY_S)

    async def _mind_the_parent(self) -> None:
        """A worker whose parent was killed stops by itself: it would keep the port, and nobody could stop it."""
        while os.getppid() == self._parent:  # noqa: ASYNC110 - nobody tells a child that its parent is gone
            await asyncio.sleep(_LOOKS_EVERY_S)
        log.warning("parent_gone")
        os.kill(os.getpid(), signal.SIGTERM)


def _mark_of(pid: int) -> Path | None:
    """The file by which a worker says that it serves; in the folder that its server made for what all workers count."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    return Path(folder) / f"serves-{pid}" if folder else None


def serves(pid: int) -> bool:
    """Whether the worker of this process id has said that it serves."""
    mark = _mark_of(pid)
    return mark is not None and mark.exists()


def _say_that_it_serves() -> None:
    if (mark := _mark_of(os.getpid())) is not None:
        mark.touch()


def _settle_memory() -> None:
    """What was made at the start stays: the collector need not look at it again and again, and what requests
    leave behind are hardly ever cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


async def _unavailable(send: Send) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"retry-after", b"5"),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": _NOT_YET})


def neutral() -> Neutral:
    """What the server loads in each process of the site-neutral address."""
    settings = load_settings(os.environ, neutral=True)
    configure_logging(settings.log_level, settings.log_format)
    assert settings.neutral_origin is not None
    return Neutral(sites_of(settings), settings.neutral_origin, SystemClock(), SystemEntropy())


def worker() -> Worker:
    """What the server loads in each of its processes."""
    return Worker()
