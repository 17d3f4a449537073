"""The chrome that a page's samples are shown in."""

from __future__ import annotations

from dataclasses import replace

from latchstring.web.pages import Chrome, ErrorPage, Page, SignedOut, SignIn, Unavailable
from latchstring.web.pages.sample_values import CHROME, HOSTILE, STRANGER


def chrome_for(page: Page) -> Chrome:
    """Nobody is signed in on some pages; an awkward organization on those whose samples are awkward."""
    if isinstance(page, Unavailable):
        return replace(STRANGER, csrf="")
    if isinstance(page, SignIn | SignedOut | ErrorPage):
        return STRANGER
    return replace(CHROME, organization=HOSTILE) if is_hostile(page) else CHROME


def is_hostile(page: Page) -> bool:
    """Whether the page shows the hostile text of the samples."""
    return "{{7*7}}" in repr(page)
