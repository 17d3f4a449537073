"""The rows of apps and their clients."""

from latchstring.web.developer import apps, basics, client, clients, publishing_steps, sites, webhooks
from latchstring.web.routing import Route

ROUTES: tuple[Route, ...] = (
    *apps.ROUTES,
    *basics.ROUTES,
    *clients.ROUTES,
    *client.ROUTES,
    *webhooks.ROUTES,
    *publishing_steps.ROUTES,
    *sites.ROUTES,
)
