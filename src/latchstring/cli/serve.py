"""`latchstring serve` and `latchstring migrate`."""

import asyncio
import gc
import os
import signal
import socket
import tempfile
import time
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import structlog
from granian.constants import Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import MPServer
from prometheus_client import values

from latchstring.kit.entropy import SystemEntropy
from latchstring.logs import configure_logging
from latchstring.serving import serves
from latchstring.settings import PREFIX, Settings, SettingsInvalid, load_settings
from latchstring.storage.awaiting import wait_for
from latchstring.storage.backfills import Progress, backfill
from latchstring.web import stopping
from latchstring.web.rendering import shared_renderer
from latchstring.wiring import SCHEMA_FOLDERS, dsn_of, keys_of, prepare

_WORKER = "latchstring.serving:worker"
_COMES_UP_WITHIN_S = 60
_BETWEEN_READY_AND_LISTENING_S = 0.3
log = structlog.get_logger("latchstring")
_NEUTRAL = "latchstring.serving:neutral"


def migrate(progress: Progress | None) -> tuple[list[str], list[str]]:
    """Bring the database up to date; the names of the migrations that were applied, and of the backfills that were
    finished. Without `progress` backfills are left for later."""
    settings = load_settings(os.environ)

    async def work() -> tuple[list[str], list[str]]:
        dsn = await dsn_of(settings)
        applied = await prepare(settings, dsn)
        return applied, [] if progress is None else await backfill(dsn, SCHEMA_FOLDERS, progress)

    return asyncio.run(work())


def serve(settings: Settings) -> None:
    """Migrate, then serve with as many workers as the settings say, until told to stop."""
    configure_logging(settings.log_level, settings.log_format)
    _refuse_taken_port(settings)
    keys_of(settings, SystemEntropy())
    dsn = asyncio.run(_prepared(settings))
    os.environ[PREFIX + "DATABASE_URL"] = dsn
    run(settings, _WORKER)


def serve_neutral(settings: Settings) -> None:
    """Serve the site-neutral address until told to stop."""
    if not settings.sites:
        raise SettingsInvalid("sites: there is no list of sites to choose from")
    if settings.neutral_origin is None:
        raise SettingsInvalid("neutral_origin: say where the site-neutral address is")
    configure_logging(settings.log_level, settings.log_format)
    _refuse_taken_port(settings)
    run(settings, _NEUTRAL)


def run(settings: Settings, target: str) -> None:
    """Serve what `target` makes (`module:factory`), with our server's options, until told to stop."""
    with tempfile.TemporaryDirectory(prefix="latchstring-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]  # chosen when it was imported
        _preload(target)
        _server(settings, target).serve()


def _preload(target: str) -> None:
    """What all workers have in common is made before they are forked: one that replaces another is there at once,
    however busy the machine is, and they share its memory."""
    import_module(target.partition(":")[0])
    shared_renderer()
    gc.collect()
    gc.freeze()


def _refuse_taken_port(settings: Settings) -> None:
    """Workers share the port, so the kernel would let a second server in and give it half of the requests."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with closing(socket.socket(family)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as problem:
            raise SettingsInvalid(
                f"can't listen on {settings.host}:{settings.port}: {problem.strerror}"
            ) from None


async def _prepared(settings: Settings) -> str:
    dsn = await dsn_of(settings, watch=True)
    await wait_for(dsn, settings.database_wait_s)
    await prepare(settings, dsn)
    return dsn


class _Server(MPServer):
    """Workers that are killed (by an operator, or for want of memory) are replaced, however often. Only those
    that fail by themselves as soon as they are started end the server. On SIGHUP each worker is replaced by one that
    has read settings and keys anew, and stops only once that one serves."""

    def _respawn_workers(self, workers: list[int], *how: Any, **else_: Any) -> None:
        for index in workers:
            worker: Any = self.wrks[index]
            if worker.is_alive():
                self._succeed(index, *how)
            else:
                killed = worker.inner.exitcode == -signal.SIGKILL
                super()._respawn_workers([index], *how, **else_)
                if killed:
                    self.respawned_wrks.pop(index, None)

    def _succeed(self, index: int, spawn_target: Any, target_loader: Any) -> None:
        """Put a new worker in a live one's place; one that does not come up leaves it where it is."""
        fresh: Any = self._spawn_worker(idx=index, target=spawn_target, callback_loader=target_loader)
        fresh.interrupt_by_parent = True
        fresh.start()
        if not _comes_up(fresh.inner):
            log.error("reload_failed", worker=index + 1)
            fresh.kill()
            return
        fresh.interrupt_by_parent = False
        old: Any = self.wrks[index]
        self.wrks[index] = fresh
        old.terminate()
        old.join(self.workers_kill_timeout)
        if old.is_alive():
            old.kill()

    def shutdown(self, exit_code: int = 0) -> None:
        """What is under way is finished, but nobody waits for those who only listen."""
        stopping.ask()
        super().shutdown(exit_code)  # type: ignore[no-untyped-call]


def _comes_up(process: Any) -> bool:
    """Wait until a worker serves; whether it does, and has not ended instead."""
    ends = time.monotonic() + _COMES_UP_WITHIN_S
    while process.is_alive() and time.monotonic() < ends:
        if serves(process.pid):
            time.sleep(_BETWEEN_READY_AND_LISTENING_S)
            return True
        time.sleep(0.05)
    return False


def _server(settings: Settings, target: str) -> MPServer:
    """Workers end within 20 seconds: what is under way is finished, nothing new is taken."""
    return _Server(
        target,
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        loop=Loops.auto,
        websockets=False,
        backlog=2048,
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=20,
        working_dir=Path.cwd(),
    )
