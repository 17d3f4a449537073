"""The scopes of the contract as the documentation lists them."""

from latchstring.contract.model import Contract, Operation, Scope
from latchstring.web.pages.documentation import ScopeArea, ScopeEntry, Unlocked
from latchstring.web.translations import Locale


def scope_areas(contract: Contract, locale: Locale) -> tuple[ScopeArea, ...]:
    """Every scope with what it unlocks, by area, in the contract's order."""
    by_area: dict[str, list[ScopeEntry]] = {}
    for scope in contract.scopes.values():
        by_area.setdefault(scope.area, []).append(_entry(contract, scope, locale))
    return tuple(
        ScopeArea(f"area-{area.name}", area.title[locale], tuple(by_area[area.name]))
        for area in contract.areas.values()
        if area.name in by_area
    )


def operations_for_any_token(contract: Contract) -> tuple[Unlocked, ...]:
    """What every access token may call."""
    return tuple(Unlocked(op.method, op.path, op.summary, ()) for op in contract.operations_for_any_token)


def _entry(contract: Contract, scope: Scope, locale: Locale) -> ScopeEntry:
    unlocked = contract.operations_unlocked_by(scope.name)
    return ScopeEntry(
        name=scope.name,
        title=scope.title[locale],
        sentence=scope.consent[locale],
        access=scope.access,
        risk=scope.risk,
        private=scope.private,
        operations=tuple(_unlocked(operation, scope.name) for operation in unlocked),
    )


def _unlocked(operation: Operation, scope: str) -> Unlocked:
    """The operation, with what its smallest alternative that has the scope needs beside it."""
    alternative = min((held for held in operation.any_of if scope in held), key=len)
    return Unlocked(operation.method, operation.path, operation.summary, tuple(sorted(alternative - {scope})))
