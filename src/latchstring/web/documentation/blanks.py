"""The blanks in the documentation: `{{client_id}}` and the like, filled in for whoever reads.

While a page is compiled a blank is a word between two private-use characters, which no highlighter, parser or
sanitiser takes apart. What is filled in is escaped, and can't end a string of the examples.
"""

import re
from collections.abc import Mapping
from typing import Final

from markupsafe import Markup, escape

BLANKS: Final = (
    "client_id",
    "redirect_uri",
    "onboarding_url",
    "scopes",
    "first_call",
    "api_origin",
    "app_origin",
    "domain",
)
_OPEN, _CLOSE = "\ue000", "\ue001"
#: Stands in links for the query that keeps the reader's app from page to page.
QUERY: Final = f"{_OPEN}query{_CLOSE}"
_WRITTEN: Final = re.compile(r"\{\{([a-z_]+)\}\}")
_MARKED: Final = re.compile(f"{_OPEN}([a-z_]+){_CLOSE}")
_ENDS_STRINGS: Final = re.compile(r"""['"\\`\x00-\x1f]""")


def with_marks(source: str) -> str:
    """Markdown whose blanks are marked. KeyError names a blank that does not exist."""

    def mark(found: re.Match[str]) -> str:
        if found[1] not in BLANKS:
            raise KeyError(found[1])
        return f"{_OPEN}{found[1]}{_CLOSE}"

    return _WRITTEN.sub(mark, source)


def filled(html: Markup, values: Mapping[str, str]) -> Markup:
    """HTML with its blanks filled in."""
    if _OPEN not in html:
        return html
    return Markup(_MARKED.sub(lambda found: str(escape(values[found[1]])), html))  # noqa: S704


def fits_in_code(value: str) -> bool:
    """Whether a value can stand between quotes in every language of the examples."""
    return _ENDS_STRINGS.search(value) is None
