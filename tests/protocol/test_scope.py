"""Scope strings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchstring.protocol.scope import read_scope, write_scope

CHARACTERS = [chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"\\']
NAMES = st.lists(st.text(CHARACTERS, min_size=1, max_size=20), min_size=1, max_size=20, unique=True)


@given(NAMES)
def test_what_is_written_is_read_again(names: list[str]) -> None:
    """Every name of the RFC's form survives, in its order."""
    assert read_scope(write_scope(tuple(names))) == tuple(names)


@given(NAMES)
def test_a_repeated_name_counts_once(names: list[str]) -> None:
    """Asking twice is asking once."""
    assert read_scope(" ".join([*names, *reversed(names)])) == tuple(names)


def test_several_spaces_are_one() -> None:
    """Clients join lists with more blanks than they should."""
    assert read_scope("  a   b ") == ("a", "b")


@pytest.mark.parametrize(
    "text", ["", "   ", 'a"b', "a\\b", "a\tb", "a\nb", "a\x00", "é", "a,\x7f", "x" * 8_001]
)
def test_what_is_no_scope_string_is_refused(text: str) -> None:
    """Tabs, quotes, backslashes, letters beyond ASCII, nothing at all, or far too much."""
    assert read_scope(text) is None


@given(st.text(max_size=300))
def test_any_text_can_be_asked_for(text: str) -> None:
    """Whatever a stranger sends is a scope string or it is not."""
    names = read_scope(text)
    assert names is None or all(names)
