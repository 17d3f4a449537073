"""Keeps the catalogs whole: brings them to the texts of the code and reports what is missing in any."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from latchstring.web.translations import LOCALES, Locale, read_catalog

PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[sd]|%(?![%(])")
HEADER: Final = """# Texts of the pages. Collected by scripts/translations update; write what is empty.
msgid ""
msgstr ""
"Language: {locale}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
USAGE: Final = "usage: upkeep update TEMPLATE | check TEMPLATE\n"


def read_template(path: Path) -> Catalog:
    """The messages that extraction found."""
    with path.open("rb") as file:
        return read_po(file)


def problems(template: Catalog) -> list[str]:
    """What is wrong with the catalogs, one line for each fault; empty when every language is complete."""
    return [fault for locale in LOCALES for fault in _faults(locale, read_catalog(locale), template)]


def update(template: Catalog) -> None:
    """Brings every catalog to the texts of the template; English fills itself, others wait for a person."""
    for locale in LOCALES:
        catalog = read_catalog(locale)
        catalog.update(deepcopy(template), no_fuzzy_matching=True)  # babel keeps the template's own messages
        catalog.obsolete.clear()
        if locale == "en":
            _fill_english(catalog)
        _write(locale, catalog)


def main(arguments: list[str]) -> int:
    """The command line behind `scripts/translations`."""
    match arguments:
        case ["update", template]:
            update(read_template(Path(template)))
            for locale in LOCALES:
                sys.stdout.write(_count(locale))
        case ["check", template]:
            faults = problems(read_template(Path(template)))
            sys.stderr.write("".join(f"{fault}\n" for fault in faults))
            return 1 if faults else 0
        case _:
            sys.stderr.write(USAGE)
            return 64
    return 0


def _faults(locale: Locale, catalog: Catalog, template: Catalog) -> Iterator[str]:
    known = {_key(message): message for message in _messages(catalog)}
    wanted = {_key(message) for message in _messages(template)}
    for key in sorted(wanted - known.keys()):
        yield f"{locale}: missing: {key!r}"
    for key in sorted(known.keys() - wanted):
        yield f"{locale}: no longer used: {key!r}"
    for key in sorted(wanted & known.keys()):
        fault = _fault(known[key])
        if fault:
            yield f"{locale}: {fault}: {key!r}"


def _fault(message: Message) -> str | None:
    texts = _translations(message)
    if message.fuzzy:
        return "not sure (fuzzy)"
    if not all(texts):
        return "not translated"
    ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    allowed = [_placeholders(text) for text in ids]
    if any(_placeholders(text) not in allowed for text in texts):
        return "has other placeholders"
    return None


def _fill_english(catalog: Catalog) -> None:
    for message in _messages(catalog):
        message.string = message.id if isinstance(message.id, str) else tuple(message.id)


def _write(locale: Locale, catalog: Catalog) -> None:
    with (Path(__file__).parent / f"{locale}.po").open("wb") as file:
        file.write(HEADER.format(locale=locale, plurals=catalog.plural_forms).encode())
        write_po(file, catalog, width=0, omit_header=True, sort_output=True)


def _count(locale: Locale) -> str:
    messages = list(_messages(read_catalog(locale)))
    empty = sum(1 for message in messages if not all(_translations(message)))
    return f"{locale}: {len(messages)} texts, {empty} to translate\n"


def _messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _translations(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def _placeholders(text: str) -> Counter[str]:
    return Counter(match.group(0) for match in PLACEHOLDER.finditer(text))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
