"""The ASGI application of a platform: its routes, the host behind the guard, and the pages."""

from latchstring.access.guard import Application
from latchstring.sample_host import SampleHost
from latchstring.web.api.routes import ROUTES as API_ROUTES
from latchstring.web.door import Door
from latchstring.web.platform import Platform
from latchstring.web.platform_api import WithPlatformOperations
from latchstring.web.rendering import shared_renderer
from latchstring.web.routes import PLATFORM_ROUTES


def application(platform: Platform, host: Application | None = None) -> Door:
    """The application. `host` is the API behind the enforcement; without one, the sample host."""
    behind = host or SampleHost(
        platform.database,
        platform.clock,
        platform.entropy,
        intake_limit=platform.settings.intake_limit_kb * 1024,
    )
    routes = (*PLATFORM_ROUTES, *API_ROUTES)
    return Door(platform, routes, WithPlatformOperations(platform, behind), shared_renderer())
