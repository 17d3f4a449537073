"""Every refusal has an explanation, in both languages."""

import re

import pytest

from latchstring.audit.explanations import EXPLANATIONS, explain
from latchstring.protocol.faults import all_causes

HANGUL = re.compile("[가-힣]")


@pytest.mark.row("B1", "B12")
def test_every_cause_is_explained_and_nothing_else_is() -> None:
    """A new cause can't be added without its words."""
    assert set(EXPLANATIONS) == set(all_causes())


@pytest.mark.parametrize("cause", sorted(all_causes()))
def test_an_explanation_says_why_and_what_to_do_in_both_languages(cause: str) -> None:
    """Two whole sentences in English, and two in Korean in the polite formal style."""
    english, korean = explain(cause, "en"), explain(cause, "ko")
    for text in (english.why, english.remedy):
        assert text.endswith(".") and not HANGUL.search(text)
    for text in (korean.why, korean.remedy):
        assert HANGUL.search(text)
        assert re.search(r"(니다|시오)\.$", text), text


def test_a_cause_of_an_older_version_still_has_words() -> None:
    """What was written before an upgrade can be read after it."""
    assert explain("no_longer_there", "ko").remedy.endswith("시오.")
