"""The texts of the pages, by language: catalogs are read from the .po files beside this one at start-up.
`Text` is a sentence that Python code chooses and a page translates when it is rendered."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from babel.core import negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

Locale: TypeAlias = Literal["en", "ko"]
LOCALES: Final[tuple[Locale, ...]] = get_args(Locale)
DEFAULT_LOCALE: Final[Locale] = "en"
LONGEST_ACCEPT_LANGUAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Text:
    """An English sentence with `%(name)s` placeholders; the page that shows it translates it."""

    message: str
    variables: Mapping[str, str] = field(default_factory=dict)


Words: TypeAlias = Text | str
"""A sentence to translate, or one that is already in the reader's language."""


def read_catalog(locale: Locale) -> Catalog:
    """The catalog of a language as it is written in its .po file."""
    with (Path(__file__).parent / f"{locale}.po").open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def load_translations(locale: Locale) -> Translations:
    """The gettext translations of a language, compiled in memory from its .po file."""
    compiled = io.BytesIO()
    write_mo(compiled, read_catalog(locale))
    compiled.seek(0)
    return Translations(compiled)


def choose_locale(cookie: str | None, accept_language: str | None) -> Locale:
    """The language to answer in: the one the reader picked, else what the browser prefers, else English."""
    picked = _known(cookie)
    if picked is not None:
        return picked
    wanted = _accepted((accept_language or "")[:LONGEST_ACCEPT_LANGUAGE])
    return _known(negotiate_locale(wanted, LOCALES, sep="-")) or DEFAULT_LOCALE


def _known(name: str | None) -> Locale | None:
    return next((locale for locale in LOCALES if locale == name), None)


def _accepted(header: str) -> list[str]:
    """Tags of an Accept-Language header, best first (RFC 9110, 12.5.4); what cannot be read is left out."""
    weighted: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, parameter = part.partition(";")
        weight = _weight(parameter)
        if tag.strip() and weight > 0:
            weighted.append((weight, tag.strip()))
    return [tag for _, tag in sorted(weighted, key=lambda pair: -pair[0])]


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        weight = float(value) if name.strip().lower() == "q" else 0.0
    except ValueError:
        return 0.0
    return weight if 0.0 < weight <= 1.0 else 0.0
