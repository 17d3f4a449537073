"""What of a manifest this site can do, asked of `checks.py` one item at a time: the rest is told by its place."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from msgspec import UNSET

from latchstring.accounts.refused import Refused
from latchstring.apps import checks
from latchstring.apps.manifest import AppPart, ClientPart
from latchstring.apps.model import AppFields, ClientFields
from latchstring.contract.model import Contract

Value = str | tuple[str, ...]
#: Why something can't be; of what is invalid, the reason says why.
Cause = Literal["unknown_scope", "private_scope", "invalid", "same_name", "published", "too_many_clients"]
_LONGEST_SHOWN = 300
_Check = Callable[[str, Value], Value]


@dataclass(frozen=True, slots=True)
class Problem:
    """An item of the file that this site can't do, where it stands, and why."""

    place: str
    value: str
    cause: Cause
    reason: str


def problem(place: str, value: str, cause: Cause, reason: str) -> Problem:
    """A problem with as much of the value as fits on a page."""
    return Problem(place, value[:_LONGEST_SHOWN], cause, reason)


@dataclass(frozen=True, slots=True)
class Sieve:
    """The rules of one site for one partner; `problems` grows with what does not pass."""

    contract: Contract
    approved: frozenset[str]
    problems: list[Problem] = field(default_factory=list)

    def app(self, part: AppPart, place: str) -> dict[str, Value]:
        """The app's fields that the file gives, as they are stored; without its app_uuid."""
        return self._fields(part, place, _app_value)

    def client(self, part: ClientPart, place: str) -> dict[str, Value]:
        """A client's fields that the file gives, as they are stored."""
        wanted = self._fields(part, place, self._client_value)
        if isinstance(uris := wanted.get("redirect_uris"), tuple):
            wanted["redirect_uris"] = self._not_too_many(uris, f"{place}/redirect_uris")
        if "scopes" in wanted:
            wanted["scopes"] = self._client_value("scopes", wanted["scopes"])
        return wanted

    def _fields(self, part: AppPart | ClientPart, place: str, check: _Check) -> dict[str, Value]:
        wanted: dict[str, Value] = {}
        for name in part.__struct_fields__:
            said = getattr(part, name)
            if isinstance(said, tuple):
                items = [(f"{place}/{name}/{number}", one) for number, one in enumerate(said)]
                wanted[name] = tuple(dict.fromkeys(self._passing(name, items, check, listed=True)))
            elif said is not UNSET and name != "app_uuid":
                wanted.update((name, one) for one in self._passing(name, [(f"{place}/{name}", said)], check))
        return wanted

    def _passing(
        self, name: str, items: Iterable[tuple[str, str]], check: _Check, *, listed: bool = False
    ) -> Iterable[str]:
        """The items that pass, each as it is stored."""
        for place, value in items:
            try:
                kept = check(name, (value,) if listed else value)
            except Refused as refused:
                self.problems.append(problem(place, value, self._cause(name, value), refused.reason))
            else:
                yield kept if isinstance(kept, str) else kept[0]

    def _client_value(self, name: str, value: Value) -> Value:
        fields = checks.checked_client(_client_with(name, value), self.contract, self.approved)
        checked: Value = getattr(fields, name)
        return checked

    def _cause(self, name: str, value: str) -> Cause:
        if name != "scopes":
            return "invalid"
        return "private_scope" if value in self.contract.scopes else "unknown_scope"

    def _not_too_many(self, uris: tuple[str, ...], place: str) -> tuple[str, ...]:
        most = checks.MOST_REDIRECT_URIS
        self.problems.extend(problem(place, uri, "invalid", f"can be at most {most}") for uri in uris[most:])
        return uris[:most]


def _app_value(name: str, value: Value) -> Value:
    given = {"name": "-", name: value}
    checked: Value = getattr(checks.checked_app(AppFields(**given)), name)  # type: ignore[arg-type]
    return checked


def _client_with(name: str, value: Value) -> ClientFields:
    return ClientFields(**{"name": "-", name: value})  # type: ignore[arg-type]
