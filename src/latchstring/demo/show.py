"""The demo from beginning to end: start, seed, walk, stay up, stop."""

import asyncio
import os
import select
import shutil
import sys
from collections.abc import Mapping
from itertools import count
from pathlib import Path

from latchstring.demo.processes import Processes
from latchstring.demo.screen import Screen
from latchstring.demo.seed import Elsewhere, Seeded, manifest_of, seed, seed_eu
from latchstring.demo.sites import at_site, prepared
from latchstring.demo.stage import CannotStart, Stage
from latchstring.demo.walk import Chapter, Walk
from latchstring.demo.walk_published import WalkPublished
from latchstring.demo.walk_sites import WalkSites
from latchstring.kit.clock import Clock
from latchstring.settings import PREFIX
from latchstring.storage import embedded


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
        dsns = asyncio.run(prepared(stage))
    with Processes(stage.folder) as processes:
        with screen.working("Organizations, people, monitors and the partner's app"):
            seeded, elsewhere = asyncio.run(_seeded(stage, dsns, application))
        with screen.working("Two sites, the site-neutral address, and the partner's application"):
            _start(processes, stage, seeded, dsns, application)
        held = _walk(stage, seeded, elsewhere, screen, clock)
        if held and not once:
            screen.where_to_go(stage)
            _stay(processes)
    return held


async def _seeded(stage: Stage, dsns: Mapping[str, str], application: Path) -> tuple[Seeded, Elsewhere]:
    manifest = manifest_of(application, stage.partner_origin)
    async with at_site(stage, dsns, "us1") as platform:
        seeded = await seed(platform, stage, manifest, application / "integration")
    async with at_site(stage, dsns, "eu1") as platform:
        return seeded, await seed_eu(platform, stage, seeded)


def _start(
    processes: Processes, stage: Stage, seeded: Seeded, dsns: Mapping[str, str], application: Path
) -> None:
    serve = ["-m", "latchstring", "serve"]
    started = [
        (
            processes.start(f"site-{key}", serve, {**stage.environment(key), PREFIX + "DATABASE_URL": dsn}),
            origin,
        )
        for (key, dsn), origin in zip(dsns.items(), (stage.origin, stage.eu_origin), strict=True)
    ]
    for key, dsn in dsns.items():
        work = ["-m", "latchstring", "worker"]
        processes.start(f"worker-{key}", work, {**stage.environment(key), PREFIX + "DATABASE_URL": dsn})
    neutral = processes.start("neutral", [*serve, "--neutral"], stage.neutral_environment())
    partner = {
        "NOTIFIER_CLIENT_ID": seeded.remembered.client_id,
        "NOTIFIER_CLIENT_SECRET": seeded.remembered.client_secret,
        "NOTIFIER_SITES": f"{stage.domain}={stage.origin} {stage.eu_domain}={stage.eu_origin}",
        "NOTIFIER_NEUTRAL": stage.neutral_origin,
        "NOTIFIER_PORT": str(stage.partner_port),
        "NOTIFIER_DATA": str(stage.folder / "notifier.sqlite"),
    }
    notifier = processes.start("notifier", [str(application / "app.py")], partner)
    for platform, origin in started:
        processes.wait_for(platform, f"{origin}/readyz")
    processes.wait_for(neutral, f"{stage.neutral_origin}/healthz")
    processes.wait_for(notifier, stage.partner_origin)


def _walk(stage: Stage, seeded: Seeded, elsewhere: Elsewhere, screen: Screen, clock: Clock) -> bool:
    """Every chapter, one after the other; its steps are numbered through."""
    since, numbers = clock.monotonic_ns(), count(1)
    chapters: tuple[tuple[str, Chapter], ...] = (
        ("An integration is let in, works, and is shut out", Walk(stage, seeded)),
        ("Published, installed, watched, revised, uninstalled", WalkPublished(stage, seeded)),
        ("The same integration in another region", WalkSites(stage, seeded, elsewhere)),
    )
    for title, chapter in chapters:
        screen.title(title)
        try:
            for step in chapter.steps():
                if not screen.step(next(numbers), step.title, step.proves, step.do):
                    return False
        finally:
            chapter.close()
    screen.verdict(next(numbers) - 1, since)
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
