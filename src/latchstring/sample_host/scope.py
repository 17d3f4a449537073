"""The scope of a metric query: which sets of tags it takes. Pure."""

import re
from collections.abc import Set
from dataclasses import dataclass

from latchstring.sample_host.tags import tag_as_kept

_DEEPEST = 20
_MOST_WORDS = 500
_WORD = re.compile(r"\s*(?:([(),!])|([^\s(),!]+))")


class ScopeInvalid(Exception):
    """The text is not a scope; says why."""


@dataclass(frozen=True, slots=True)
class Everything:
    """`*`"""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tag, maybe with `*` for any characters."""

    tag: str


@dataclass(frozen=True, slots=True)
class Not:
    """What the part does not take."""

    part: "Scope"


@dataclass(frozen=True, slots=True)
class AllOf:
    """What every part takes."""

    parts: "tuple[Scope, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What some part takes."""

    parts: "tuple[Scope, ...]"


Scope = Everything | Tagged | Not | AllOf | AnyOf


def takes(scope: Scope, tags: Set[str]) -> bool:
    """Whether a series with `tags` is in scope."""
    match scope:
        case Everything():
            return True
        case Tagged(tag):
            return tag in tags if "*" not in tag else any(_like(tag, other) for other in tags)
        case Not(part):
            return not takes(part, tags)
        case AllOf(parts):
            return all(takes(part, tags) for part in parts)
        case AnyOf(parts):
            return any(takes(part, tags) for part in parts)


def _like(pattern: str, tag: str) -> bool:
    """Whether `tag` is the pattern with `*` for any characters; linear, unlike a regular expression."""
    first, *others = pattern.split("*")
    if not tag.startswith(first):
        return False
    last = others.pop()
    position = len(first)
    for part in others:
        if (found := tag.find(part, position)) < 0:
            return False
        position = found + len(part)
    return len(tag) - len(last) >= position and tag.endswith(last)


def parse_scope(text: str) -> Scope:
    """The scope written as `text`.

    Raises:
        ScopeInvalid: it is not one.
    """
    reader = _Reader(text)
    scope = reader.either(0)
    if reader.next is not None:
        raise ScopeInvalid(f"unexpected '{reader.next}' in the scope")
    return scope


class _Reader:
    """Recursive descent over the words: either := both (OR both)*, both := one ((, | AND) one)*."""

    def __init__(self, text: str) -> None:
        self._words = [found[1] or found[2] for found in _WORD.finditer(text)]
        if len(self._words) > _MOST_WORDS:
            raise ScopeInvalid("the scope is too long")
        self._position = 0

    @property
    def next(self) -> str | None:
        """The word that is read next, or None at the end."""
        return self._words[self._position] if self._position < len(self._words) else None

    def either(self, depth: int) -> Scope:
        """Parts of which some must hold."""
        if depth > _DEEPEST:
            raise ScopeInvalid("the scope is nested too deeply")
        parts = [self._both(depth)]
        while self._took("OR"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _both(self, depth: int) -> Scope:
        parts = [self._one(depth)]
        while self._took(",") or self._took("AND"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _one(self, depth: int) -> Scope:
        if self._took("!") or self._took("NOT"):
            if depth > _DEEPEST:
                raise ScopeInvalid("the scope is nested too deeply")
            return Not(self._one(depth + 1))
        if self._took("("):
            scope = self.either(depth + 1)
            self._must(")")
            return scope
        return self._tag()

    def _tag(self) -> Scope:
        word = self.next
        if word is None or word in "(),!" or word.upper() in ("AND", "OR", "IN"):
            raise ScopeInvalid("expected a tag in the scope")
        self._position += 1
        if word == "*":
            return Everything()
        if self._took("IN"):
            return self._listed(word, negated=False)
        if self._took("NOT"):
            self._must("IN")
            return self._listed(word, negated=True)
        return Tagged(_kept(word))

    def _listed(self, key: str, *, negated: bool) -> Scope:
        self._must("(")
        values: list[Scope] = []
        while True:
            if (word := self.next) is None or word in "(),!":
                raise ScopeInvalid(f"expected a value of '{key}' in the scope")
            self._position += 1
            values.append(Tagged(_kept(f"{key}:{word}")))
            if not self._took(","):
                break
        self._must(")")
        scope = AnyOf(tuple(values))
        return Not(scope) if negated else scope

    def _took(self, word: str) -> bool:
        if (found := self.next) is not None and found.upper() == word:
            self._position += 1
            return True
        return False

    def _must(self, word: str) -> None:
        if not self._took(word):
            raise ScopeInvalid(f"expected '{word}' in the scope")


def _kept(tag: str) -> str:
    return "*".join(tag_as_kept(part) for part in tag.split("*"))
