"""Pages of the Developer Platform as typed values."""

from __future__ import annotations

from typing import Final

from latchstring.web.pages.developer.head import NotSandbox
from latchstring.web.pages.page import Page

DEVELOPER_PAGES: Final[tuple[type[Page], ...]] = (NotSandbox,)
