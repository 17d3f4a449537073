"""Pages to HTML: one Jinja environment per language, every template compiled when the renderer is built."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from latchstring.web import formats
from latchstring.web.pages.page import Chrome, Page
from latchstring.web.pages.paths import PATHS, Paths
from latchstring.web.static import static_url
from latchstring.web.translations import LOCALES, Locale, Text, Words, choose_locale, load_translations

__all__ = ["Renderer", "choose_locale"]

TEMPLATES: Final = Path(__file__).parent / "templates"


class Renderer:
    """Renders pages. Build it once for each process; it is read-only afterwards."""

    def __init__(self, *, brand: str = "Latchstring", paths: Paths = PATHS) -> None:
        """`brand` is the name that the host's customers know the site by."""
        compiled = _CompiledOnce()
        self._says = {locale: Speech(locale) for locale in LOCALES}
        self._environments = {
            locale: _environment(locale, self._says[locale], compiled, brand, paths) for locale in LOCALES
        }

    def render(self, page: Page, *, locale: Locale, chrome: Chrome) -> str:
        """The whole HTML document of a page, in a language."""
        template = self._environments[locale].get_template(page.template)
        return template.render(page=page, chrome=chrome)

    def say(self, words: Words, *, locale: Locale) -> str:
        """A sentence in a language, as plain text."""
        return self._says[locale].plain(words)


class Speech:
    """The gettext functions of one language. Texts of the catalogs are ours and trusted; their variables are escaped."""

    def __init__(self, locale: Locale) -> None:
        self._translations = load_translations(locale)
        self._fixed: dict[str, Markup] = {}

    def gettext(self, message: str, /, **variables: object) -> Markup:
        """A translated message. Without variables it is kept, since most texts of a page never change."""
        if variables:
            return self._template(message) % variables
        kept = self._fixed.get(message)
        if kept is None:
            kept = self._fixed[message] = self._template(message) % {}
        return kept

    def ngettext(self, one: str, many: str, count: int, /, **variables: object) -> Markup:
        """A translated message in the form that a count asks for; `%(num)s` is the count."""
        variables.setdefault("num", count)
        return Markup(self._translations.ungettext(one, many, count)) % variables  # noqa: S704

    def say(self, words: Words) -> Markup:
        """A `Text` translated, its variables as names; plain words as they are."""
        if isinstance(words, str):
            return formats.name(words)
        return self._template(words.message) % {
            key: formats.name(value) for key, value in words.variables.items()
        }

    def plain(self, words: Words) -> str:
        """The same without mark-up, for titles and attributes."""
        if isinstance(words, Text):
            words = self._translations.ugettext(words.message) % words.variables
        return formats.plain(words)

    def _template(self, message: str) -> Markup:
        return Markup(self._translations.ugettext(message))  # noqa: S704


class _CompiledOnce(BytecodeCache):
    """Compiled templates in memory, so that the second language does not compile them again."""

    def __init__(self) -> None:
        self._code: dict[str, object] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get(bucket.key)  # type: ignore[assignment]

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.code


def _environment(
    locale: Locale, speech: Speech, compiled: BytecodeCache, brand: str, paths: Paths
) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=compiled,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.filters.update(
        name=formats.name,
        strong=formats.strong,
        plain=formats.plain,
        initials=formats.initials,
        hue=formats.hue,
    )
    environment.globals.update(_speech(speech))
    environment.globals.update(formats.by_locale(locale))
    environment.globals.update(
        locale=locale, brand=brand, paths=paths, icon=_icons(), static_url=static_url, plot=formats.plot
    )
    for name in environment.list_templates(extensions=["html"]):
        environment.get_template(name)
    return environment


def _speech(speech: Speech) -> Mapping[str, object]:
    return {
        "_": speech.gettext,
        "gettext": speech.gettext,
        "ngettext": speech.ngettext,
        "say": speech.say,
        "say_plain": speech.plain,
    }


def _icons() -> Mapping[str, Markup]:
    """The drawings of `templates/icons`, by name, ready to stand inside a page."""
    return {
        path.stem: Markup(path.read_text("utf-8").strip())  # noqa: S704
        for path in (TEMPLATES / "icons").glob("*.svg")
    }
