"""Reading the scopes of a contract: their areas, what people read about them, and what is missing."""

from typing import TypeVar

from latchstring.contract.document import Document, Node
from latchstring.contract.model import LANGUAGES, Access, Area, Risk, Scope

T = TypeVar("T")

AREAS = "x-latchstring-areas"
SCOPES = "x-latchstring-scopes"

_ACCESS: dict[str, Access] = {"read": "read", "write": "write"}
_RISK: dict[str, Risk] = {"low": "low", "medium": "medium", "high": "high"}
_PRIVATE = {"public": False, "private": True}
_FIELDS = ("area", "access", "risk", "visibility", "title", "consent", "tasks")


def read_areas(document: Document, node: Node | None) -> dict[str, Area]:
    """Read the headings under which scopes are grouped, in the file's order."""
    entries = document.mapping(node, AREAS)
    return {
        name: Area(name, _texts(document, at, f"the title of area {name!r}")) for name, at in entries.items()
    }


def read_scopes(document: Document, node: Node | None, areas: dict[str, Area]) -> dict[str, Scope]:
    """Read what people read about each scope, in the file's order."""
    entries = document.mapping(node, SCOPES)
    return {name: _scope(document, name, at, areas) for name, at in entries.items()}


def _scope(document: Document, name: str, node: Node, areas: dict[str, Area]) -> Scope:
    entry = document.mapping(node, f"scope {name!r}")
    keys = document.keys(node)
    for key in entry.keys() - set(_FIELDS):
        document.fault(
            keys.get(key, node), f"scope {name!r}: unknown key {key!r}; known: {', '.join(_FIELDS)}"
        )
    for key in _FIELDS:
        if entry and key not in entry:
            document.fault(node, f"scope {name!r} has no {key!r}: add it")
    return Scope(
        name=name,
        area=_one_of(
            document, entry.get("area"), f"the area of scope {name!r}", {area: area for area in areas}, ""
        ),
        access=_one_of(document, entry.get("access"), f"the access of scope {name!r}", _ACCESS, "write"),
        risk=_one_of(document, entry.get("risk"), f"the risk of scope {name!r}", _RISK, "high"),
        private=_one_of(
            document, entry.get("visibility"), f"the visibility of scope {name!r}", _PRIVATE, True
        ),
        title=_texts(document, entry.get("title"), f"the title of scope {name!r}"),
        consent=_texts(document, entry.get("consent"), f"the consent text of scope {name!r}"),
        tasks=_tasks(document, entry.get("tasks"), f"the tasks of scope {name!r}"),
    )


def _one_of(document: Document, node: Node | None, what: str, known: dict[str, T], otherwise: T) -> T:
    written = document.text(node, what)
    if node is not None and written and written not in known:
        document.fault(node, f"{what} is {written!r}: write one of {', '.join(known)}")
    return known.get(written, otherwise)


def _texts(document: Document, node: Node | None, what: str) -> dict[str, str]:
    """Read a text in every language; both a missing and an unknown language are faults."""
    entry = document.mapping(node, what)
    _check_languages(document, node, set(entry), what)
    return {language: document.text(at, f"{what} in {language!r}") for language, at in entry.items()}


def _tasks(document: Document, node: Node | None, what: str) -> dict[str, tuple[str, ...]]:
    entry = document.mapping(node, what)
    _check_languages(document, node, set(entry), what)
    found: dict[str, tuple[str, ...]] = {}
    for language, at in entry.items():
        items = document.sequence(at, f"{what} in {language!r}")
        found[language] = tuple(document.text(item, f"a task in {what}") for item in items)
    return found


def _check_languages(document: Document, node: Node | None, written: set[str], what: str) -> None:
    if node is None:
        return
    for language in LANGUAGES:
        if language not in written:
            document.fault(node, f"{what} is not written in {language!r}: add a line {language}: …")
    for language in sorted(written - set(LANGUAGES)):
        document.fault(node, f"{what}: unknown language {language!r}; known: {', '.join(LANGUAGES)}")
