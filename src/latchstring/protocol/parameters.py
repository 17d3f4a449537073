"""Request parameters: from a query, a form or a JSON object to names and values.

Empty means omitted, unknown ones are ignored, and a repeated one is refused by whoever asks for it (RFC 6749
section 3.1). Whatever can't be text that a database stores (NUL, lone surrogates, broken UTF-8) is malformed.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

import msgspec

_MOST_FIELDS = 100


@dataclass(frozen=True, slots=True)
class Malformed:
    """Not parameters at all; `reason` says why."""

    reason: str


class Parameters(msgspec.Struct, frozen=True):
    """Parameters by name; of a repeated one the first value, and its name in `repeated`."""

    values: Mapping[str, str]
    repeated: frozenset[str] = frozenset()

    def get(self, name: str) -> str | None:
        """The value of `name`; None when it is missing or empty."""
        return self.values.get(name) or None

    def first_repeated(self, names: Iterable[str]) -> str | None:
        """The first of `names` that was sent more than once."""
        return next((name for name in names if name in self.repeated), None) if self.repeated else None


def read_form(body: bytes, *, most: int = _MOST_FIELDS) -> Parameters | Malformed:
    """Parameters, `most` at most, of a query string or of an `application/x-www-form-urlencoded` body."""
    if not body:
        return Parameters({})
    try:
        text = body.decode("ascii")
        if text.count("&") >= most:
            return Malformed(f"more than {most} fields")
        return _collect([_pair(field) for field in text.split("&") if field], "\x00" in text or "%" in text)
    except UnicodeDecodeError:
        return Malformed("not percent-encoded UTF-8")


def read_json(body: bytes) -> Parameters | Malformed:
    """Parameters of a JSON object with strings as values; the same meaning as the form."""
    try:
        content = json.loads(body.decode("utf-8"), object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        return Malformed("not JSON in UTF-8")
    if not isinstance(content, tuple):
        return Malformed("not a JSON object")
    if len(content) > _MOST_FIELDS:
        return Malformed(f"more than {_MOST_FIELDS} fields")
    pairs = [(name, value) for name, value in content if value is not None]
    if any(not isinstance(value, str) for _, value in pairs):
        return Malformed("a value is not a string")
    return _collect(pairs, True)


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return _decoded(name), _decoded(value)


def _decoded(text: str) -> str:
    """Most of what is sent needs no decoding, and looking is quicker."""
    return unquote_plus(text, errors="strict") if "%" in text or "+" in text else text


def _collect(pairs: list[tuple[str, str]], doubtful: bool) -> Parameters | Malformed:
    """`doubtful`: not known yet to be text."""
    if doubtful and not all(is_text(name) and is_text(value) for name, value in pairs):
        return Malformed("a character that is not text")
    values = dict(reversed(pairs))
    if len(values) == len(pairs):
        return Parameters(values)
    times = Counter(name for name, _ in pairs)
    return Parameters(values, frozenset(name for name in times if times[name] > 1))


def is_text(value: str) -> bool:
    """Whether a string can be stored and sent: no NUL, no lone surrogate."""
    if "\x00" in value:
        return False
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)
