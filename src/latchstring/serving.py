"""One worker process: settings from the environment, a platform, its ASGI application."""

import os

from latchstring.access.guard import Application, Receive, Scope, Send
from latchstring.logs import configure_logging
from latchstring.settings import load_settings
from latchstring.web.application import application
from latchstring.wiring import assemble, dsn_of


class Worker:
    """Assembles the platform when the server starts it, then hands it every request."""

    def __init__(self) -> None:
        self._application: Application | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one scope."""
        if self._application is None:
            settings = load_settings(os.environ)
            configure_logging(settings.log_level, settings.log_format)
            self._application = application(await assemble(settings, await dsn_of(settings)))
        await self._application(scope, receive, send)


def worker() -> Worker:
    """What the server loads in each of its processes."""
    return Worker()
