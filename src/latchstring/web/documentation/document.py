"""From Markdown to a document: a title, a lead, and blocks that the page's template sets.

Headings of the second and third level carry their anchor as `## Title {#anchor}`, the same in every language.
HTML in the Markdown is text, and what comes out is sanitised all the same. A link to another page is written
`scopes.md#anchor`, so that it works in the repository too. Bold names of buttons and tabs are written in
English and come out as the pages name them. `{{name}}` stays open until somebody reads.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from typing import Final, Literal

import nh3
from babel.support import Translations
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from latchstring.web.documentation.blanks import QUERY, with_marks
from latchstring.web.documentation.highlight import highlighted
from latchstring.web.documentation.sources import PAGE_NAMES, read_source
from latchstring.web.pages.documentation import LANGUAGES, Block, Code, CodeChoice, Heading, Prose
from latchstring.web.translations import Locale, load_translations

_ANCHOR: Final = re.compile(r"\s*\{#([a-z0-9_-]+)\}\s*$")
_PAGE_LINK: Final = re.compile(r"([a-z-]+)\.md(#[a-z0-9_-]+)?")
_TAGS: Final = {"p", "ul", "ol", "li", "em", "strong", "code", "a", "blockquote", "hr", "br", "span"}
_TABLE_TAGS: Final = {"div", "table", "thead", "tbody", "tr", "th", "td"}
_ATTRIBUTES: Final = {
    "a": {"href"},
    "ol": {"start"},
    "div": {"class"},
    "table": {"role"},
    "thead": {"role"},
    "tbody": {"role"},
    "tr": {"role"},
    "th": {"role", "scope"},
    "td": {"role", "data-label"},
}
_ROLES: Final = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}


class DocumentInvalid(Exception):
    """A page is not written as this module needs it; says where."""


@dataclass(frozen=True, slots=True)
class Document:
    """A page in a language. `title` is plain; blanks are still open in the rest."""

    title: str
    lead: Markup
    blocks: tuple[Block, ...]


@cache
def document(name: str, locale: Locale) -> Document:
    """A page in a language, read once."""
    return compile_document(read_source(name, locale), _texts(locale).ugettext)


@cache
def _texts(locale: Locale) -> Translations:
    return load_translations(locale)


def compile_document(source: str, label: Callable[[str], str] = str) -> Document:
    """The document of some Markdown. `label` gives a bold name of a button or tab as the pages show it.

    Raises:
        DocumentInvalid: no title or no lead at its beginning, or a heading without an anchor.
    """
    parts = list(_parts(_parser().parse(with_marks(source))))
    if [part[0].type for part in parts[:2]] != ["heading_open", "paragraph_open"] or parts[0][0].tag != "h1":
        raise DocumentInvalid("a page begins with its title and a paragraph that says what it is for")
    title, lead = (part[1].content for part in parts[:2])
    blocks = tuple(_gathered(_block(_labelled(part, label)) for part in parts[2:]))
    return Document(title, _inline(lead), blocks)


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "xhtmlOut": False}).enable("table")


def _parts(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens of each element of the top level."""
    part: list[Token] = []
    for token in tokens:
        part.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield part
            part = []


def _labelled(part: list[Token], label: Callable[[str], str]) -> list[Token]:
    """The tokens with the names of buttons and tabs (`**Save**`, `**General → Publishing**`) in the language."""
    children = [child for token in part for child in token.children or ()]
    for mark, text in pairwise(children):
        if mark.type == "strong_open" and text.type == "text":
            plus = "+" if text.content.startswith("+") else ""
            names = text.content.removeprefix("+").split(" → ")
            text.content = plus + " → ".join(label(name) for name in names)
    return part


def _block(part: list[Token]) -> Block:
    first = part[0]
    if first.type == "fence":
        language = first.info.strip() or "text"
        return Code(language, Markup(_clean(highlighted(first.content.rstrip("\n"), language), code=True)))  # noqa: S704
    if first.type == "heading_open":
        return _heading(first.tag, part[1].content)
    return Prose(Markup(_clean(_rendered(part))))  # noqa: S704


def _heading(tag: str, text: str) -> Heading:
    found = _ANCHOR.search(text)
    level: dict[str, Literal[2, 3]] = {"h2": 2, "h3": 3}
    if found is None or tag not in level:
        raise DocumentInvalid(f"heading {text!r}: write it as ## or ###, with its anchor as {{#anchor}}")
    return Heading(level[tag], found[1], _inline(text[: found.start()]))


def _gathered(blocks: Iterable[Block]) -> Iterator[Block]:
    """Prose that follows prose is one block, and examples in several languages are one choice."""
    for kind, run in groupby(blocks, key=type):
        if kind is Prose:
            yield Prose(Markup("\n").join(block.html for block in run if isinstance(block, Prose)))
        elif kind is Code:
            yield from _choices(block for block in run if isinstance(block, Code))
        else:
            yield from run


def _choices(codes: Iterable[Code]) -> Iterator[Block]:
    """Examples that follow each other are the same in several languages, until a language comes again."""
    open_: list[Code] = []
    for code in codes:
        if open_ and (code.language not in LANGUAGES or code.language in {other.language for other in open_}):
            yield _one_or_more(open_)
            open_ = []
        if code.language in LANGUAGES:
            open_.append(code)
        else:
            yield code
    if open_:
        yield _one_or_more(open_)


def _one_or_more(choices: list[Code]) -> Block:
    return choices[0] if len(choices) == 1 else CodeChoice(tuple(choices))


def _inline(text: str) -> Markup:
    """A title or lead; links are not for these, because the front page makes them links themselves."""
    return Markup(_clean(_parser().renderInline(text)))  # noqa: S704


def _rendered(part: list[Token]) -> str:
    columns: list[str] = []
    place = 0
    for position, token in enumerate(part):
        if role := _ROLES.get(token.tag):
            token.attrSet("role", role)
        if token.type == "th_open":
            token.attrs = {"role": "columnheader", "scope": "col"}
            columns.append(part[position + 1].content)
        elif token.type == "tr_open":
            place = 0
        elif token.type == "td_open":
            token.attrs = {"role": "cell", "data-label": columns[place]}
            place += 1
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", _target(str(child.attrs["href"])))
    html: str = _parser().renderer.render(part, _parser().options, {})
    return f'<div class="table-frame">{html}</div>' if part[0].type == "table_open" else html


def _target(href: str) -> str:
    """Where a link leads inside the product."""
    found = _PAGE_LINK.fullmatch(href)
    if found is None:
        return href
    if found[1] not in PAGE_NAMES:
        raise DocumentInvalid(f"link to {href}: there is no such page")
    return f"/docs/{found[1]}{QUERY}{found[2] or ''}"


def _clean(html: str, *, code: bool = False) -> str:
    """Only what our own Markdown can ask for. Defence in depth: the parser lets no HTML through."""
    tags = {"span"} if code else _TAGS | _TABLE_TAGS
    attributes = {"span": {"class"}} if code else _ATTRIBUTES
    return nh3.clean(html, tags=tags, attributes=attributes, url_schemes={"https"}, link_rel=None)
