"""Reading the documentation as its readers get it: anchors, links and examples of a page's HTML."""

import html
import re

ANCHOR = re.compile(r'<h[23] id="([^"]+)"')
HREF = re.compile(r'<a [^>]*?href="([^"]+)"')
_EXAMPLE = re.compile(
    r'<span class="unseen">([^<]*):</span>\s*<pre[^>]*><code[^>]*>(.*?)</code></pre>', re.DOTALL
)
_TAG = re.compile(r"<[^>]+>")


def article_of(page: str) -> str:
    """The text of a page, without what stands around it."""
    return page.partition('<article class="text">')[2].partition("</article>")[0]


def examples_of(page: str) -> list[tuple[str, str]]:
    """The code of a page as copied: (what it is, code)."""
    return [(label, html.unescape(_TAG.sub("", code)) + "\n") for label, code in _EXAMPLE.findall(page)]


def example_of(page: str, language: str) -> str:
    """The longest example in a language."""
    return max((code for label, code in examples_of(page) if label == language), key=len)
