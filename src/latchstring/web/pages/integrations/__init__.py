"""Integrations: the tiles, the pages of one tile, and what its uninstallation leaves."""

from latchstring.web.pages.integrations.tile import TileConfiguration, TileOverview
from latchstring.web.pages.integrations.tiles import Integrations
from latchstring.web.pages.integrations.uninstalled import TileUninstallation, UninstallReceipt

INTEGRATION_PAGES = (Integrations, TileOverview, TileConfiguration, TileUninstallation, UninstallReceipt)
