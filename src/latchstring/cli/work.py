"""`latchstring worker`: what runs beside the servers."""

import asyncio
import signal
from contextlib import suppress

from latchstring.housekeeping import run
from latchstring.integrations import reconcile
from latchstring.logs import configure_logging
from latchstring.settings import Settings
from latchstring.wiring import open_platform


def work(settings: Settings) -> None:
    """Work until told to stop."""
    configure_logging(settings.log_level, settings.log_format)
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    async with open_platform(settings) as platform:
        house = run(platform.database, platform.clock, settings.refusals_days, settings.refusals_per_client)
        task = asyncio.gather(house, reconcile.run(platform.database, platform.clock))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        with suppress(asyncio.CancelledError):
            await task
