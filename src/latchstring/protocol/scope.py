"""Scope strings (RFC 6749 section 3.3)."""

import re

_NAMES = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+(?: +[\x21\x23-\x5b\x5d-\x7e]+)*")
_LONGEST = 8_000


def read_scope(text: str) -> tuple[str, ...] | None:
    """The names in a scope string, each once, in their order; None when it is not a scope string."""
    text = text.strip(" ")
    if len(text) > _LONGEST or _NAMES.fullmatch(text) is None:
        return None
    return tuple(dict.fromkeys(text.split()))


def write_scope(names: tuple[str, ...]) -> str:
    """The scope string of some names."""
    return " ".join(names)
