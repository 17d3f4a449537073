"""The demo from beginning to end: start, seed, walk, stay up, stop."""

import asyncio
import os
import select
import shutil
import sys
from pathlib import Path

from latchstring.demo.processes import Processes
from latchstring.demo.screen import Screen
from latchstring.demo.seed import Seeded, manifest_of, seed
from latchstring.demo.stage import CannotStart, Stage
from latchstring.demo.walk import Walk
from latchstring.kit.clock import Clock
from latchstring.settings import PREFIX
from latchstring.storage import embedded
from latchstring.wiring import assemble, dsn_of, prepare


def show(stage: Stage, application: Path, clock: Clock, *, once: bool, fresh: bool) -> bool:
    """Run the demo; whether every step of the walk held. Comes back when interrupted, or after the walk.

    Raises:
        CannotStart: a port is taken, or a process does not come up.
    """
    screen = Screen(clock)
    stage.check_ports()
    if fresh:
        with screen.working("Forgetting the last demo"):
            _forget(stage.folder)
    stage.folder.mkdir(parents=True, exist_ok=True)
    with screen.working("PostgreSQL, with its schema up to date"):
        dsn = asyncio.run(_prepared(stage))
    with Processes(stage.folder) as processes:
        with screen.working("Organizations, people, monitors and the partner's app"):
            seeded = asyncio.run(_seeded(stage, dsn, application))
        with screen.working("The platform and the partner's application"):
            _start(processes, stage, seeded, dsn, application)
        held = _walk(stage, seeded, screen, clock)
        if held and not once:
            screen.where_to_go(stage)
            _stay(processes)
    return held


async def _prepared(stage: Stage) -> str:
    settings = stage.settings()
    dsn = await dsn_of(settings)
    await prepare(settings, dsn)
    return dsn


async def _seeded(stage: Stage, dsn: str, application: Path) -> Seeded:
    platform = await assemble(stage.settings(), dsn)
    try:
        return await seed(platform, stage, manifest_of(application, stage.partner_origin))
    finally:
        await platform.close()


def _start(processes: Processes, stage: Stage, seeded: Seeded, dsn: str, application: Path) -> None:
    environment = {**stage.environment(), PREFIX + "DATABASE_URL": dsn}
    platform = processes.start("platform", ["-m", "latchstring", "serve"], environment)
    partner = {
        "NOTIFIER_CLIENT_ID": seeded.remembered.client_id,
        "NOTIFIER_CLIENT_SECRET": seeded.remembered.client_secret,
        "NOTIFIER_SITES": f"{stage.domain}={stage.origin}",
        "NOTIFIER_PORT": str(stage.partner_port),
        "NOTIFIER_DATA": str(stage.folder / "notifier.sqlite"),
    }
    notifier = processes.start("notifier", [str(application / "app.py")], partner)
    processes.wait_for(platform, f"{stage.origin}/readyz")
    processes.wait_for(notifier, stage.partner_origin)


def _walk(stage: Stage, seeded: Seeded, screen: Screen, clock: Clock) -> bool:
    screen.title("An integration is let in, works, and is shut out")
    walk, since = Walk(stage, seeded), clock.monotonic_ns()
    try:
        steps = walk.steps()
        for number, step in enumerate(steps, 1):
            if not screen.step(number, step.title, step.proves, step.do):
                return False
    finally:
        walk.close()
    screen.verdict(len(steps), since)
    return True


def _stay(processes: Processes) -> None:
    """Stay until interrupted, until a process ends by itself, or until nobody reads what we print any more."""
    while (ended := processes.over()) is None:
        if _nobody_reads(500):
            return
    raise CannotStart(f"the {ended.name} has ended; see {ended.log}")


def _nobody_reads(wait_ms: int) -> bool:
    """Whether the other end of our output is closed; a terminal that closes sends a signal instead."""
    poll = select.poll()
    if not sys.stdout.isatty():
        poll.register(sys.stdout.fileno(), 0)
    return bool(poll.poll(wait_ms))


def _forget(folder: Path) -> None:
    """Remove what the last demo kept, and stop its database if it was left running."""
    if _is_alive(folder / "postgres" / "postmaster.pid"):
        embedded.start_embedded(folder / "postgres").cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _is_alive(file: Path) -> bool:
    try:
        os.kill(int(file.read_text().split("\n", 1)[0]), 0)
    except (OSError, ValueError):
        return False
    return True
