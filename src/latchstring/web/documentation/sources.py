"""Which pages there are, in the order of reading, and their Markdown in each language.

A wheel carries the texts in this package; in a checkout they are read from `docs/partners`.
"""

from pathlib import Path
from typing import Final

from latchstring.web.translations import Locale

PAGE_NAMES: Final = (
    "quick-start",
    "endpoints",
    "scopes",
    "testing",
    "webhooks",
    "publishing",
    "security",
    "troubleshooting",
)
_PACKAGED = Path(__file__).parent / "partners"
_CHECKOUT = Path(__file__).parents[4] / "docs" / "partners"


def read_source(name: str, locale: Locale) -> str:
    """The Markdown of a page in a language. OSError when the installation is incomplete."""
    folder = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
    return (folder / locale / f"{name}.md").read_text("utf-8")
