"""Pages to HTML: one Jinja environment per language, every template compiled when the renderer is built."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from latchstring.messages.mail import Mail
from latchstring.web import formats
from latchstring.web.category_words import category_words
from latchstring.web.folding import FoldingEnvironment
from latchstring.web.letters import Letter
from latchstring.web.pages.page import Chrome, Page
from latchstring.web.pages.paths import PATHS, Paths
from latchstring.web.static import static_url
from latchstring.web.translations import LOCALES, Locale, Text, Words, choose_locale, load_translations

__all__ = ["Renderer", "choose_locale", "shared_renderer"]

TEMPLATES: Final = Path(__file__).parent / "templates"


class Renderer:
    """Renders pages. Build it once for each process; it is read-only afterwards."""

    def __init__(self, *, brand: str = "Latchstring", paths: Paths = PATHS, ahead: bool = True) -> None:
        """`brand` is the name that the host's customers know the site by. `ahead`: every template is compiled now."""
        self._says = {locale: Speech(locale) for locale in LOCALES}
        self._environments = {
            locale: _environment(locale, self._says[locale], brand, paths) for locale in LOCALES
        }
        if ahead:
            for environment in self._environments.values():
                for name in environment.list_templates(extensions=["html"]):
                    environment.get_template(name)

    def render(self, page: Page, *, locale: Locale, chrome: Chrome) -> str:
        """The whole HTML document of a page, in a language."""
        template = self._environments[locale].get_template(page.template)
        return template.render(page=page, chrome=chrome)

    def mail(self, letter: Letter, locale: str | None, origin: str) -> Mail:
        """A letter in its reader's language: as text, and as HTML that says the same."""
        language = choose_locale(locale, None)
        subject = self.say(letter.subject, locale=language)
        template = self._environments[language].get_template("letter.html")
        html = template.render(letter=letter, origin=origin, subject=subject)
        return Mail(subject, self._text(letter, language, origin), html)

    def _text(self, letter: Letter, locale: Locale, origin: str) -> str:
        says = self._says[locale].plain
        facts = "\n".join(f"{says(label)}: {says(value)}" for label, value in letter.facts)
        link = f"{says(letter.link[0])}: {origin}{letter.link[1]}" if letter.link else ""
        parts = [*map(says, letter.sentences), facts, link, f"-- \n{says(letter.because)}"]
        return "\n\n".join(part for part in parts if part) + "\n"

    def say(self, words: Words, *, locale: Locale) -> str:
        """A sentence in a language, as plain text."""
        return self._says[locale].plain(words)


@cache
def shared_renderer() -> Renderer:
    """The renderer of all platforms of this process: to compile the templates takes a second."""
    return Renderer()


class Speech:
    """The gettext functions of one language. Texts of the catalogs are trusted, variables are escaped."""

    def __init__(self, locale: Locale) -> None:
        self._translations = load_translations(locale)
        self._found: dict[str, str] = {}

    def gettext(self, message: str, /, **variables: object) -> Markup:
        """A translated message, with its variables put in."""
        return Markup(self._find(message) % {key: escape(value) for key, value in variables.items()})  # noqa: S704

    def ngettext(self, one: str, many: str, count: int, /, **variables: object) -> Markup:
        """A translated message in the form that a count asks for; `%(num)s` is the count."""
        variables.setdefault("num", count)
        return Markup(self._translations.ungettext(one, many, count)) % variables  # noqa: S704

    def say(self, words: Words) -> Markup:
        """A `Text` translated, its variables as names; plain words as they are."""
        if isinstance(words, str):
            return formats.name(words)
        return self.gettext(
            words.message, **{key: formats.name(value) for key, value in words.variables.items()}
        )

    def plain(self, words: Words) -> str:
        """The same without mark-up, for titles and attributes."""
        return formats.plain(
            self._find(words.message) % words.variables if isinstance(words, Text) else words
        )

    def _find(self, message: str) -> str:
        found = self._found.get(message)
        if found is None:
            found = self._found[message] = self._translations.ugettext(message)
        return found


def _environment(locale: Locale, speech: Speech, brand: str, paths: Paths) -> Environment:
    environment = FoldingEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        cache_size=-1,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        name=formats.name,
        strong=formats.strong,
        plain=formats.plain,
        lines=formats.lines,
        initials=formats.initials,
        hue=formats.hue,
    )
    environment.fold(
        values={"locale": locale, "brand": brand, "paths": paths, "icon": _icons()},
        calls={"_": speech.gettext, "static_url": static_url},
    )
    environment.globals.update(
        ngettext=speech.ngettext, say=speech.say, say_plain=speech.plain, plot=formats.plot
    )
    environment.globals.update(say_category=lambda name: speech.say(category_words(name)))
    environment.globals.update(formats.by_locale(locale, speech.plain(Text("just now"))))
    return environment


def _icons() -> Mapping[str, Markup]:
    """The drawings of `templates/icons`, by name, ready to stand inside a page."""
    return {
        path.stem: Markup(path.read_text("utf-8").strip())  # noqa: S704
        for path in (TEMPLATES / "icons").glob("*.svg")
    }
