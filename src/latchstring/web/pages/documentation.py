"""The documentation for partners: its front page, and one page of it, made of headings, prose, code and scopes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from markupsafe import Markup

from latchstring.contract.model import Access, Risk
from latchstring.web.pages import sample_values as a
from latchstring.web.pages.page import Page, Sample

LANGUAGES: dict[str, str] = {"python": "Python", "javascript": "JavaScript", "sh": "curl"}
"""The languages that an example is offered in, by the name that marks them in the text."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the second or third level; `anchor` is the same in every language."""

    level: Literal[2, 3]
    anchor: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs, lists and tables."""

    html: Markup


@dataclass(frozen=True, slots=True)
class Code:
    """Something to copy. `language`: one of `LANGUAGES`, or what else it is (`http`, `json`, `text`)."""

    language: str
    html: Markup


@dataclass(frozen=True, slots=True)
class CodeChoice:
    """The same in several languages, of which the reader opens one."""

    choices: tuple[Code, ...]


Block: TypeAlias = Heading | Prose | Code | CodeChoice


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An operation that a scope unlocks; `beside`: the scopes that it needs as well."""

    method: str
    path: str
    summary: str
    beside: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeEntry:
    """All that a partner wants to know of a scope, in the reader's language."""

    name: str
    title: str
    sentence: str
    access: Access
    risk: Risk
    private: bool
    operations: tuple[Unlocked, ...]


@dataclass(frozen=True, slots=True)
class ScopeArea:
    """The scopes of one area of the host's API."""

    anchor: str
    title: str
    scopes: tuple[ScopeEntry, ...]


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page of the documentation, as others point to it."""

    name: str
    title: str
    lead: Markup
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Documentation(Page):
    """One page. `app`: the reader's own app, whose IDs stand in the examples."""

    template: ClassVar[str] = "documentation.html"
    name: str
    pages: tuple[PageLink, ...]
    blocks: tuple[Block, ...]
    areas: tuple[ScopeArea, ...] = ()
    any_token: tuple[Unlocked, ...] = ()
    app: str | None = None

    @property
    def current(self) -> PageLink:
        """This page among the others."""
        return self.pages[self._place]

    @property
    def before(self) -> PageLink | None:
        """The page that one reads before this one."""
        return self.pages[self._place - 1] if self._place else None

    @property
    def after(self) -> PageLink | None:
        """The page that one reads after this one."""
        return self.pages[self._place + 1] if self._place + 1 < len(self.pages) else None

    @property
    def contents(self) -> tuple[tuple[str, Markup | str], ...]:
        """Anchor and text of every section."""
        sections = [(b.anchor, b.html) for b in self.blocks if isinstance(b, Heading) and b.level == 2]
        return (*sections, *((area.anchor, area.title) for area in self.areas))

    @property
    def _place(self) -> int:
        return next(place for place, page in enumerate(self.pages) if page.name == self.name)

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """A page with every kind of block, generic and for an app with an awkward name; the scopes."""
        yield Sample("blocks", cls(name="endpoints", pages=_PAGES, blocks=_BLOCKS))
        yield Sample("own_app", cls(name="quick-start", pages=_PAGES, blocks=_BLOCKS, app=a.HOSTILE))
        listing = cls(name="scopes", pages=_PAGES, blocks=_BLOCKS[:2], areas=_AREAS, any_token=_OPERATIONS)
        yield Sample("scopes", listing)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentationIndex(Page):
    """The front page: what there is to read, in the order in which one needs it."""

    template: ClassVar[str] = "documentation_index.html"
    pages: tuple[PageLink, ...]
    app: str | None = None

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """With and without an own app."""
        yield Sample("generic", cls(pages=_PAGES))
        yield Sample("own_app", cls(pages=_PAGES, app=a.HOSTILE))


_PAGES = tuple(
    PageLink(name, title, Markup("What is it <em>for</em>?"), f"/docs/{name}?client={a.sample_id(1)}")
    for name, title in (("quick-start", "Quick start"), ("endpoints", "Endpoints"), ("scopes", "Scopes"))
)
_CODE = Markup('<span class="k">import</span> json\nprint("') + a.UNBROKEN + Markup('")')
_BLOCKS: tuple[Block, ...] = (
    Heading(2, "first", Markup("A heading with <code>code</code>")),
    Prose(Markup("<p>A paragraph with a <a href='#second'>link</a>.</p><ul><li>One</li><li>Two</li></ul>")),
    CodeChoice(tuple(Code(language, _CODE) for language in LANGUAGES)),
    Heading(3, "second", Markup("A smaller heading")),
    Code("text", Markup("invalid_request - Mismatching redirect URI")),
)
_OPERATIONS = (
    Unlocked("GET", "/api/v1/monitor/{monitor_id}", "Get a monitor", ()),
    Unlocked("DELETE", f"/api/v1/{a.UNBROKEN}", a.LONG, ("user_access_read", "teams_read")),
)
_AREAS = (
    ScopeArea("area-monitors", "Monitors", (
        ScopeEntry(name="monitors_read", title="Read monitors", sentence="See your monitors", access="read",
                   risk="low", private=False, operations=_OPERATIONS),
        ScopeEntry(name="api_keys_write", title="Create API keys", sentence=a.LONG, access="write",
                   risk="high", private=True, operations=()),
    )),
)  # fmt: skip
