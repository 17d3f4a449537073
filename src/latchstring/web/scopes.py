"""Scopes as people read them: titles, sentences, grouped by area."""

from collections.abc import Iterable

from latchstring.contract.model import Contract
from latchstring.web.pages.scopes import ScopeGroup, ScopeLine


def scope_line(contract: Contract, name: str, locale: str, held: frozenset[str]) -> ScopeLine:
    """One scope in a language; a scope that the contract no longer has shows by its name."""
    scope = contract.scopes.get(name)
    if scope is None:
        return ScopeLine(name=name, title=name, sentence="", held=False)
    return ScopeLine(
        name=name,
        title=scope.title[locale],
        sentence=scope.consent[locale],
        access=scope.access,
        risk=scope.risk,
        held=name in held,
    )


def scope_groups(
    contract: Contract, names: Iterable[str], locale: str, held: frozenset[str]
) -> tuple[ScopeGroup, ...]:
    """Scopes by area, areas in the contract's order."""
    by_area: dict[str, list[ScopeLine]] = {}
    for name in names:
        scope = contract.scopes.get(name)
        area = contract.areas[scope.area].title[locale] if scope else name
        by_area.setdefault(area, []).append(scope_line(contract, name, locale, held))
    return tuple(ScopeGroup(area, tuple(lines)) for area, lines in by_area.items())
