"""The texts of the pages are complete in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from latchstring.web.translations import LOCALES, read_catalog
from latchstring.web.translations.upkeep import problems

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def template() -> Catalog:
    """Every text that the templates and the Python code beside them show."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    catalog = Catalog()
    found = extract_from_dir(
        str(ROOT / "src/latchstring/web"),
        [(pattern.removeprefix("src/latchstring/web/"), method) for pattern, method in methods],
        {pattern.removeprefix("src/latchstring/web/"): option for pattern, option in options.items()},
        keywords={**DEFAULT_KEYWORDS, "Text": None},
    )
    for _file, line, message, comments, context in found:
        catalog.add(message, None, [("", line)], auto_comments=comments, context=context)
    return catalog


@pytest.mark.row("B12")
def test_every_text_is_there_in_every_language(template: Catalog) -> None:
    """Nothing missing, outdated, unsure or empty; the same placeholders. Mend with scripts/translations."""
    assert len(template) > 150
    assert problems(template) == []


def test_a_gap_is_found(template: Catalog) -> None:
    """A text that no catalog has is reported for each language."""
    before = len(problems(template))
    template.add("A text that nobody has translated")
    try:
        assert len(problems(template)) == before + len(LOCALES)
    finally:
        template.delete("A text that nobody has translated")


def test_korean_is_written_in_korean() -> None:
    """Every Korean text has Hangul, and sentences end in the formal style."""
    for message in read_catalog("ko"):
        if not message.id or re.fullmatch("[a-z]+_[a-z_]+", str(message.id)):
            continue  # names of fields are the same in every language
        texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
        for text in texts:
            assert re.search("[가-힣]", text), text
            assert not re.search(r"(해요|세요|어요|아요|이다|한다)\.", text), text
