"""Partners' Markdown on our pages: set with our own headings, without pictures, and inert."""

from functools import cache, lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_TAGS = {
    *(
        "p",
        "br",
        "hr",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "em",
        "strong",
        "del",
        "code",
        "pre",
        "blockquote",
        "a",
    ),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
#: More than this nobody reads on a tile's page.
_LONGEST = 60_000


@lru_cache(maxsize=256)
def partner_text(markdown: str) -> Markup | None:
    """The text as mark-up, or None when there is none. HTML in it is sanitized, whatever it is."""
    if not markdown.strip():
        return None
    tokens = _parser().parse(markdown[:_LONGEST])
    for token in tokens:
        _below_our_own(token)
    html = _parser().renderer.render(tokens, _parser().options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_whole_address,
        url_schemes=_SCHEMES,
        link_rel="noopener nofollow",
    )
    return Markup(clean)  # noqa: S704


def _whole_address(tag: str, attribute: str, value: str) -> str | None:
    """Links name their scheme: what is relative would lead somewhere on this site, or into any host."""
    if attribute != "href" or value.partition(":")[0].lower() in _SCHEMES:
        return value
    return None


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def _below_our_own(token: Token) -> None:
    """The page has its title and the section its own; theirs begin below."""
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(int(token.tag[1:]) + 2, 6)}"
