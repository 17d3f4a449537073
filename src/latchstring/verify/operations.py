"""Which operation of the host's API shows that a scope works, without doing harm."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PARAMETER = re.compile(r"\{[^{}]*\}")
#: Nothing has this id: what is asked of it is let in, and finds nothing.
_NOTHING = "999999999"
_ASKING = ("/search", "/validate", "/can_delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """A method and path, and the alternatives of scopes one of which a token must carry. `api_key`: takes a key."""

    method: str
    path: str
    any_of: tuple[frozenset[str], ...]
    api_key: bool

    @property
    def target(self) -> str:
        """The path with ids of nothing."""
        return _PARAMETER.sub(_NOTHING, self.path)

    def takes(self, scopes: frozenset[str]) -> bool:
        """Whether a token with these scopes may call it."""
        return any(alternative <= scopes for alternative in self.any_of)


def _harm(operation: Operation) -> int:
    """The less, the better: lists, then single things, questions that are posted, changes of nothing, creation."""
    names_something = "{" in operation.path
    if operation.method == "GET":
        return int(names_something)
    if operation.path.endswith(_ASKING):
        return 2
    return 3 if names_something else 4


def showing(scope: str, requested: frozenset[str], offered: tuple[Operation, ...]) -> Iterator[Operation]:
    """Operations that name the scope in an alternative which is held whole, the most harmless first."""

    def names_it(one: Operation) -> bool:
        return any(scope in alternative <= requested for alternative in one.any_of)

    chosen = [one for one in offered if names_it(one) and not one.api_key]
    yield from sorted(chosen, key=lambda one: (_harm(one), len(one.any_of), len(one.path)))


def beyond(requested: frozenset[str], offered: tuple[Operation, ...]) -> Operation | None:
    """A harmless operation that these scopes do not suffice for."""
    reading = [one for one in offered if one.any_of and not one.api_key and _harm(one) == 0]
    return next((one for one in reading if not one.takes(requested)), None)


def find(method: str, path: str, offered: tuple[Operation, ...]) -> Operation | None:
    """The operation of this method and path."""
    return next((one for one in offered if (one.method, one.path) == (method, path)), None)
