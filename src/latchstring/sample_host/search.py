"""The search syntax of logs, events and monitors: `service:web -status:ok @code:>=500 "timed out" d*`. Pure.

Terms next to each other must all hold; OR, NOT (or -), parentheses, quotes and `*` do what people expect.
"""

import re
from dataclasses import dataclass

_DEEPEST = 20
_MOST_TERMS = 200
LONGEST = 4_000
_WORD = re.compile(r'\s*(?:([()])|(-(?=\S))|((?:"(?:[^"\\]|\\.)*"|\\.|[^\s()"\\])+)|(.))', re.DOTALL)
_FIELD = re.compile(r"(@?[A-Za-z_][\w./@-]{0,199}):(?!//)", re.ASCII)
_COMPARED = re.compile(r"(>=|<=|>|<)(-?[0-9]{1,15}(?:\.[0-9]{1,15})?)")


class SearchInvalid(Exception):
    """The text is not a search; says why."""


@dataclass(frozen=True, slots=True)
class Anything:
    """`*`, or no search at all."""


@dataclass(frozen=True, slots=True)
class Words:
    """Text to be found; `parts` are what `*` stands between."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A field that equals a pattern; `parts` are what `*` stands between."""

    name: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A field that compares with a number: operator one of >, >=, <, <=."""

    name: str
    operator: str
    number: float


@dataclass(frozen=True, slots=True)
class Not:
    """What the part does not find."""

    part: "Search"


@dataclass(frozen=True, slots=True)
class AllOf:
    """What every part finds."""

    parts: "tuple[Search, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What some part finds."""

    parts: "tuple[Search, ...]"


Search = Anything | Words | Field | Compared | Not | AllOf | AnyOf


def parse_search(text: str) -> Search:
    """The search written as `text`; blank finds everything.

    Raises:
        SearchInvalid: it is not one.
    """
    if len(text) > LONGEST:
        raise SearchInvalid(f"a search has at most {LONGEST} characters")
    reader = _Reader(text)
    if reader.next is None:
        return Anything()
    search = reader.either(0)
    if reader.next is not None:
        raise SearchInvalid(f"unexpected '{reader.next}'")
    return search


class _Reader:
    """Recursive descent over the words: either := both (OR both)*, both := one (AND? one)*."""

    def __init__(self, text: str) -> None:
        self._words = _words(text)
        self._position = 0

    @property
    def next(self) -> str | None:
        """The word that is read next, or None at the end."""
        return self._words[self._position] if self._position < len(self._words) else None

    def either(self, depth: int) -> Search:
        """Parts of which some must hold."""
        if depth > _DEEPEST:
            raise SearchInvalid("nested too deeply")
        parts = [self._both(depth)]
        while self._took("OR"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _both(self, depth: int) -> Search:
        parts = [self._one(depth)]
        while self._took("AND") or self.next not in (None, ")", "OR"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _one(self, depth: int) -> Search:
        if self._took("-") or self._took("NOT"):
            if depth > _DEEPEST:
                raise SearchInvalid("nested too deeply")
            return Not(self._one(depth + 1))
        if self._took("("):
            search = self.either(depth + 1)
            if not self._took(")"):
                raise SearchInvalid("a parenthesis is not closed")
            return search
        word = self.next
        if word in (None, ")", "OR", "AND"):
            raise SearchInvalid("a term is missing" if word is None else f"a term is missing before '{word}'")
        self._position += 1
        return self._term(str(word), depth)

    def _term(self, word: str, depth: int) -> Search:
        field = _FIELD.match(word)
        if field is None:
            return Anything() if word == "*" else Words(_parts(word))
        value = word[field.end() :]
        if value == "" and self.next == "(":
            self._position += 1
            return self._listed(field[1], depth + 1)
        if compared := _COMPARED.fullmatch(value):
            return Compared(field[1], compared[1], float(compared[2]))
        return Field(field[1], _parts(value))

    def _listed(self, name: str, depth: int) -> Search:
        """`field:(a OR b)`: the terms inside are values of the field."""
        search = self.either(depth)
        if not self._took(")"):
            raise SearchInvalid("a parenthesis is not closed")
        return _of_field(name, search)

    def _took(self, word: str) -> bool:
        if self.next == word:
            self._position += 1
            return True
        return False


def _of_field(name: str, search: Search) -> Search:
    match search:
        case Words(parts):
            return Field(name, parts)
        case Not(part):
            return Not(_of_field(name, part))
        case AllOf(parts):
            return AllOf(tuple(_of_field(name, part) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_of_field(name, part) for part in parts))
        case Anything():
            return Field(name, ("", ""))
        case _:
            raise SearchInvalid(f"a value of '{name}' can't have a field of its own")


def _words(text: str) -> list[str]:
    words: list[str] = []
    for found in _WORD.finditer(text):
        if found[4] is not None and not found[4].isspace():
            raise SearchInvalid(
                "a quotation mark is not closed" if found[4] == '"' else "it ends in a backslash"
            )
        if word := found[1] or found[2] or found[3]:
            words.append(word)
    if len(words) > _MOST_TERMS:
        raise SearchInvalid(f"a search has at most {_MOST_TERMS} terms")
    return words


def _parts(word: str) -> tuple[str, ...]:
    """The literal text between the `*` of a word; quotes and backslashes make `*` literal."""
    parts, quoted, index = [""], False, 0
    while index < len(word):
        character = word[index]
        if character == "\\" and index + 1 < len(word):
            index += 1
            parts[-1] += word[index]
        elif character == '"':
            quoted = not quoted
        elif character == "*" and not quoted:
            parts.append("")
        else:
            parts[-1] += character
        index += 1
    return tuple(parts)
