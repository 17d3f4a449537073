"""The rows of apps and their clients."""

from latchstring.web.developer import apps, basics, client, clients
from latchstring.web.routing import Route

ROUTES: tuple[Route, ...] = (*apps.ROUTES, *basics.ROUTES, *clients.ROUTES, *client.ROUTES)
