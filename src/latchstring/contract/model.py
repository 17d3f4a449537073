"""What a contract says: scopes with their texts, operations with what they need, and how that is judged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from latchstring.contract.matcher import Located, PathMatcher
from latchstring.contract.search import ScopeIndex

LANGUAGES = ("en", "ko")
"""The languages in which every text of a contract must be written."""

Access = Literal["read", "write"]
Risk = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Satisfied:
    """The scopes suffice for the operation."""


@dataclass(frozen=True, slots=True)
class Lacks:
    """No alternative is held whole. `alternative` lacks the fewest scopes; `missing` are those.

    Both are empty when no scope would help, because the operation takes an API key and no access token.
    """

    alternative: frozenset[str]
    missing: frozenset[str]


Judgement = Satisfied | Lacks

_SATISFIED = Satisfied()
_NO_SCOPE_HELPS = Lacks(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Area:
    """A heading under which scopes are grouped on pages; `title` by language."""

    name: str
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Scope:
    """A scope and what people read of it, by language. `private`: only approved partners may request it."""

    name: str
    area: str
    access: Access
    risk: Risk
    private: bool
    title: Mapping[str, str]
    consent: Mapping[str, str]
    tasks: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Operation:
    """A method and path of the host's API and what it needs.

    `any_of`: alternatives, one of which an access token must carry whole; an empty alternative is any valid
    token, and no alternative at all means that no token is accepted. `api_key`: an API key is accepted.
    """

    id: str
    method: str
    path: str
    group: str
    summary: str
    any_of: tuple[frozenset[str], ...]
    api_key: bool

    def judge(self, scopes: frozenset[str]) -> Judgement:
        """Say whether an access token with `scopes` may call this operation; if not, what comes closest."""
        for alternative in self.any_of:
            if alternative <= scopes:
                return _SATISFIED
        if not self.any_of:
            return _NO_SCOPE_HELPS
        closest = min(self.any_of, key=lambda alternative: len(alternative - scopes))
        return Lacks(closest, closest - scopes)


@dataclass(frozen=True)
class Contract:
    """One version of the host's description. `version`: SHA-256 of the file, hex. Mappings keep its order."""

    version: str
    title: str
    areas: Mapping[str, Area]
    scopes: Mapping[str, Scope]
    operations: Mapping[str, Operation]
    _matcher: PathMatcher[Operation] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compile the matcher, so that the first call is as quick as the others."""
        compiled = PathMatcher((op.method, op.path, op) for op in self.operations.values())
        object.__setattr__(self, "_matcher", compiled)

    def match(self, method: str, path: str) -> "Match | None":
        """Find the operation of a method (upper case) and a raw path (as sent: percent-encoded, no query).

        None when the path is not declared (`methods_of` is empty then) or not with this method.
        """
        return self._matcher.match(method, path)

    def methods_of(self, path: str) -> frozenset[str]:
        """List the methods of a raw path, for 405 and its Allow header; empty when it is not declared."""
        return self._matcher.methods_of(path)

    def operations_unlocked_by(self, scope: str) -> tuple[Operation, ...]:
        """List the operations that name the scope in one of their alternatives, alone or beside others."""
        return self._unlocked.get(scope, ())

    @cached_property
    def scope_names(self) -> frozenset[str]:
        """The names of all scopes."""
        return frozenset(self.scopes)

    @cached_property
    def private_scopes(self) -> frozenset[str]:
        """The names of the scopes that a partner has only once they were approved for it."""
        return frozenset(name for name, scope in self.scopes.items() if scope.private)

    @cached_property
    def operations_for_any_token(self) -> tuple[Operation, ...]:
        """The operations that any valid access token may call, whatever its scopes."""
        return tuple(op for op in self.operations.values() if frozenset() in op.any_of)

    def search_scopes(self, text: str, locale: str) -> list[Scope]:
        """Find scopes by name, title, consent text, task or operation, best first; all when `text` is blank.

        Asking for a way to send data answers with the scope that creates API keys, through its tasks.
        """
        return [self.scopes[name] for name in self._index.search(text, locale)]

    @cached_property
    def _unlocked(self) -> Mapping[str, tuple[Operation, ...]]:
        found: dict[str, list[Operation]] = {}
        for operation in self.operations.values():
            for scope in sorted(frozenset[str]().union(*operation.any_of)):
                found.setdefault(scope, []).append(operation)
        return MappingProxyType({scope: tuple(operations) for scope, operations in found.items()})

    @cached_property
    def _index(self) -> ScopeIndex:
        return ScopeIndex((scope.name, self._searchable(scope)) for scope in self.scopes.values())

    def _searchable(self, scope: Scope) -> Iterator[tuple[str | None, str, str]]:
        """Yield (language or None for every one, kind, text) of all that a search for the scope may hit."""
        yield None, "name", scope.name
        for language in scope.title:
            yield language, "title", scope.title[language]
            yield language, "consent", scope.consent[language]
            yield from ((language, "task", task) for task in scope.tasks.get(language, ()))
        for operation in self.operations_unlocked_by(scope.name):
            yield None, "operation", operation.summary
            yield None, "operation", operation.id


Match = Located[Operation]
"""An operation (`operation`) and the decoded values of its path's parameters (`parameters`)."""
