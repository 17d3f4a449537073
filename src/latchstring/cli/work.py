"""`latchstring worker`: what runs beside the servers."""

import asyncio
import signal

from latchstring.logs import configure_logging
from latchstring.settings import Settings
from latchstring.storage.awaiting import wait_for
from latchstring.wiring import dsn_of, open_platform
from latchstring.working import work as until_stopped


def work(settings: Settings) -> None:
    """Work until told to stop."""
    configure_logging(settings.log_level, settings.log_format)
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    await wait_for(await dsn_of(settings), settings.database_wait_s)
    async with open_platform(settings) as platform:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        await until_stopped(platform, stop)
