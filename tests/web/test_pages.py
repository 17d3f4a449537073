"""Every page with every sample in every language: well formed, inert, and within the content policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from markupsafe import escape
from tests.web.sample_chrome import chrome_for, is_hostile

from latchstring.web import formats
from latchstring.web.pages import ALL_PAGES, Consent, ErrorPage, OAuthApps, Page, SignIn, Unavailable
from latchstring.web.pages.sample_values import CHROME, NOW
from latchstring.web.rendering import Renderer, choose_locale, shared_renderer
from latchstring.web.static import static_files, static_url
from latchstring.web.translations import LOCALES, Locale, Text

VOID = {"meta", "link", "input", "br", "hr", "img"}
DRAWN = {"path", "circle", "rect", "polyline"}
PAGES = [(f"{kind.__name__}-{sample.name}", sample.page) for kind in ALL_PAGES for sample in kind.samples()]
SAMPLES = [pytest.param(page, locale, id=f"{name}-{locale}") for name, page in PAGES for locale in LOCALES]
HOSTILE = [
    pytest.param(page, locale, id=f"{name}-{locale}")
    for name, page in PAGES
    for locale in LOCALES
    if is_hostile(page)
]


@dataclass
class Element:
    """A start tag, and the tags it stands in."""

    tag: str
    attributes: dict[str, str]
    inside: tuple[Element, ...]


@dataclass
class Document(HTMLParser):
    """The elements of a page in order; reading fails on a tag that is not closed in order."""

    html: str
    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute twice in {tag}"
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self.open))
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in DRAWN

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """The elements of a name that have these attributes."""
        wanted = attributes.items()
        return [e for e in self.elements if e.tag == tag and wanted <= e.attributes.items()]


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    """The renderer of the product."""
    return shared_renderer()


@pytest.mark.row("B12")
@pytest.mark.parametrize(("page", "locale"), SAMPLES)
def test_a_page_is_well_formed_and_obeys_the_content_policy(
    page: Page, locale: Locale, renderer: Renderer
) -> None:
    """One h1, unique IDs, labels bound, every POST with its token, nothing inline, only our own files."""
    document = Document(renderer.render(page, locale=locale, chrome=chrome_for(page)))
    assert document.all("html")[0].attributes["lang"] == locale
    assert len(document.all("h1")) == 1
    assert len(document.all("main")) == 1
    _ids_are_sound(document)
    _forms_are_sound(document)
    _nothing_inline(document)


@pytest.mark.row("B050", "B052", "B053")
@pytest.mark.parametrize(("page", "locale"), HOSTILE)
def test_a_strangers_text_is_inert(page: Page, locale: Locale, renderer: Renderer) -> None:
    """Mark-up and template code in names are shown as they were written, without the marks that reorder text."""
    html = renderer.render(page, locale=locale, chrome=chrome_for(page))
    assert "<script>" not in html
    assert "<img" not in html
    document = Document(html)
    assert "\u202e" not in document.text
    assert "49" not in document.text
    assert not any("\u202e" in value for value in _told(document))
    assert "{{7*7}}" in html


def test_every_page_has_its_place() -> None:
    """Every page type is in the list that tests go through, and its samples have distinct names."""
    known = {(page_type.__module__, page_type.__name__) for page_type in ALL_PAGES}
    assert known == {(page_type.__module__, page_type.__name__) for page_type in Page.__subclasses__()}
    for page_type in ALL_PAGES:
        names = [sample.name for sample in page_type.samples()]
        assert len(set(names)) == len(names) > 0


@pytest.mark.row("A001", "S4")
@pytest.mark.parametrize("locale", LOCALES)
def test_consent_names_who_asks_and_for_what(locale: Locale, renderer: Renderer) -> None:
    """App, partner, organization, user, every scope's sentence, and where the reader will be sent."""
    page = _consent("typical")
    text = Document(renderer.render(page, locale=locale, chrome=CHROME)).text
    sentences = [scope.sentence for group in page.groups for scope in group.scopes]
    for part in (
        page.app_name,
        page.partner,
        page.organization,
        page.person.email,
        page.redirect_host,
        *sentences,
    ):
        assert part in text


def test_allow_and_deny_are_two_buttons_of_one_form(renderer: Renderer) -> None:
    """Both decisions post the same hidden fields to the same path."""
    page = _consent("typical")
    document = Document(renderer.render(page, locale="en", chrome=CHROME))
    deny, allow = document.all("button", name="decision")
    assert (deny.attributes["value"], allow.attributes["value"]) == ("deny", "allow")
    form = _form(allow)
    assert form is _form(deny)
    assert form.attributes["action"] == page.action
    assert _hidden(document, form) == dict(page.hidden)


@pytest.mark.row("A048", "S35")
def test_consent_refused_offers_no_allow(renderer: Renderer) -> None:
    """Who lacks permissions that the flow needs sees which, who could grant them, and no Allow."""
    page = _consent("refused")
    document = Document(renderer.render(page, locale="en", chrome=CHROME))
    assert [button.attributes["value"] for button in document.all("button", name="decision")] == ["deny"]
    assert "Monitors Write" in document.text
    assert "Dana Alvarez" in document.text


@pytest.mark.row("B4")
def test_a_revision_shows_what_is_new_and_folds_the_rest(renderer: Renderer) -> None:
    """What was granted before stands in a closed details element."""
    page = _consent("revision")
    document = Document(renderer.render(page, locale="en", chrome=CHROME))
    scopes = {e.attributes["data-scope"]: e for e in document.elements if "data-scope" in e.attributes}
    assert not any(around.tag == "details" for around in scopes["dashboards_read"].inside)
    folded = [around for around in scopes["monitors_read"].inside if around.tag == "details"]
    assert folded
    assert "open" not in folded[0].attributes


@pytest.mark.row("A005", "A007")
def test_the_error_page_has_the_exact_text_and_no_way_out(renderer: Renderer) -> None:
    """The protocol's text is there to copy, with the request ID; no link leaves the site."""
    for sample in ErrorPage.samples():
        assert isinstance(sample.page, ErrorPage)
        html = renderer.render(sample.page, locale="en", chrome=chrome_for(sample.page))
        assert escape(formats.plain(sample.page.protocol_text or "")) in html
        assert CHROME.request_id in html
        assert all(link.attributes["href"].startswith(("/", "#")) for link in Document(html).all("a"))


def test_without_a_token_no_form_is_offered(renderer: Renderer) -> None:
    """When the database is away, a page still renders, and has nothing to post."""
    html = renderer.render(Unavailable(), locale="ko", chrome=replace(CHROME, csrf=""))
    assert Document(html).all("form") == []


def test_times_are_relative_with_the_exact_time_beside() -> None:
    """The distance in words; the exact time on hover and for machines."""
    told = formats.ago("ko", "방금 전", NOW - timedelta(days=2, hours=3, microseconds=7), NOW)
    assert 'datetime="2026-02-28T06:29:59+00:00"' in told
    assert "2일 전</time>" in told
    assert formats.ago("en", "just now", NOW + timedelta(seconds=3), NOW).endswith(">just now</time>")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("On-call Notifier", "ON"),
        ("acme", "A"),
        ("당직 알리미", "당"),
        ("<script>", "S"),
        ("\u202e", "·"),
        ("", "·"),
    ],
)
def test_marks_show_initials(written: str, expected: str) -> None:
    """The first letters of two words, one Hangul syllable, or a dot."""
    assert formats.initials(written) == expected


@pytest.mark.parametrize(
    ("cookie", "header", "expected"),
    [
        (None, None, "en"),
        ("ko", "en", "ko"),
        ("xx", "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        (None, "en;q=0.2, ko;q=0.9", "ko"),
        (None, "fr, de;q=0.5", "en"),
        (None, "ko;q=0, en", "en"),
        (None, ";;;,q=,ko;q=abc,*;q=-1,\x00", "en"),
        (None, "ko;q=nan", "en"),
        (None, "ko," * 10_000, "ko"),
    ],
)
def test_the_language_is_picked_or_negotiated(cookie: str | None, header: str | None, expected: str) -> None:
    """The reader's choice first, then the browser's, then English; nonsense is ignored."""
    assert choose_locale(cookie, header) == expected


def test_words_of_handlers_are_translated(renderer: Renderer) -> None:
    """A sentence that Python code chose comes out in the reader's language, plain."""
    words = Text("Use at least %(count)s characters.", {"count": "12"})
    assert renderer.say(words, locale="en") == "Use at least 12 characters."
    assert renderer.say(words, locale="ko") == "12자 이상 입력하십시오."


def test_static_files_carry_their_hash(renderer: Renderer) -> None:
    """Every file has a URL of its own content, and pages name those URLs."""
    urls = {file.url for file in static_files()}
    assert len(urls) == len(static_files()) >= 4
    html = renderer.render(SignIn(next="/"), locale="en", chrome=CHROME)
    assert static_url("latchstring.css") in html
    with pytest.raises(KeyError):
        static_url("nothing.css")


def test_a_long_list_of_apps_has_one_question_for_each(renderer: Renderer) -> None:
    """Each row's link leads to the page that asks, and opens the dialog that asks the same."""
    many = next(sample.page for sample in OAuthApps.samples() if sample.name == "many")
    document = Document(renderer.render(many, locale="en", chrome=CHROME))
    links = [link for link in document.all("a") if "data-opens" in link.attributes]
    dialogs = {dialog.attributes["id"]: dialog for dialog in document.all("dialog")}
    assert len(links) == len(dialogs) == 12
    for link in links:
        form = next(f for f in document.all("form") if dialogs[link.attributes["data-opens"]] in f.inside)
        assert form.attributes["action"] == link.attributes["href"]


def _told(document: Document) -> Iterator[str]:
    """Attributes that are read out or shown; what a form gives back keeps every character."""
    for element in document.elements:
        yield from (
            value for name, value in element.attributes.items() if name not in {"value", "name", "href"}
        )


def _consent(name: str) -> Consent:
    page = next(sample.page for sample in Consent.samples() if sample.name == name)
    assert isinstance(page, Consent)
    return page


def _form(element: Element) -> Element:
    return next(around for around in reversed(element.inside) if around.tag == "form")


def _hidden(document: Document, form: Element) -> dict[str, str]:
    fields = (e.attributes for e in document.all("input", type="hidden") if form in e.inside)
    return {attributes["name"]: attributes["value"] for attributes in fields}


def _ids_are_sound(document: Document) -> None:
    ids = [e.attributes["id"] for e in document.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for reference in _references(document):
        assert reference in ids, reference


def _references(document: Document) -> Iterator[str]:
    for element in document.elements:
        for name in ("for", "aria-labelledby", "aria-describedby", "data-opens"):
            yield from element.attributes.get(name, "").split()


def _forms_are_sound(document: Document) -> None:
    for form in document.all("form"):
        assert not any(around.tag == "form" for around in form.inside)
        if form.attributes.get("method") == "post":
            assert _hidden(document, form)["csrf"] == CHROME.csrf
            assert form.attributes["action"].startswith(("/", "#"))


def _is_a_partners_link(element: Any) -> bool:
    """What a partner wrote may lead away, and says that we don't vouch for it."""
    around = [one for one in element.inside if "partner-text" in one.attributes.get("class", "")]
    return bool(around) and element.attributes.get("rel") == "noopener nofollow"


def _is_the_picker(element: Any) -> bool:
    """The host's own site-neutral address is another origin than each site's."""
    return element.tag == "a" and element.attributes.get("href", "").startswith("https://app.example.com/")


def _nothing_inline(document: Document) -> None:
    ours: set[Any] = {file.url for file in static_files()}
    for element in document.elements:
        assert "style" not in element.attributes
        assert element.tag not in {"style", "iframe", "object", "embed", "base"}
        assert element.tag != "img" or (element.attributes["src"] or "").startswith("/")
        assert not any(name.startswith("on") for name in element.attributes)
        may_lead_away = _is_a_partners_link(element) or _is_the_picker(element)
        outside = ("javascript:", "data:", "//", *(() if may_lead_away else ("http",)))
        assert not element.attributes.get("href", "").lower().startswith(outside)
        if element.tag in {"script", "link"}:
            assert element.attributes.get("src", element.attributes.get("href")) in ours
