"""The scope picker: the contract's scopes in the order of a search, and what the partner may request."""

from collections.abc import Callable, Iterable, Mapping

from latchstring.apps.partner_request import PartnerRequest
from latchstring.contract.model import Contract, Scope
from latchstring.web.pages.developer.picker import Approval, Picker, PickerRow
from latchstring.web.scopes import scope_groups
from latchstring.web.translations import Words

_SENDS = "api_keys_write"


def picker(
    contract: Contract,
    locale: str,
    *,
    requested: Iterable[str],
    approved: frozenset[str],
    asked: Mapping[str, PartnerRequest],
    search: str = "",
    problem: Words | None = None,
) -> Picker:
    """All scopes by area; with a search what it finds, best first, then, hidden, the rest."""
    ticked = frozenset(requested)
    found = contract.search_scopes(search, locale)
    if not search:
        found = sorted(found, key=_by_area(contract))
    names = {scope.name for scope in found}
    rest = [scope for scope in contract.scopes.values() if scope.name not in names]
    return Picker(
        rows=tuple(
            _row(contract, scope, locale, ticked, names, _approval(scope, approved, asked), asked)
            for scope in [*found, *rest]
        ),
        summary=scope_groups(contract, contract.scopes, locale, frozenset()),
        search=search,
        problem=problem,
        sends_data=bool(search and found and found[0].name == _SENDS and search.strip() != _SENDS),
        requested=ticked,
    )


def _by_area(contract: Contract) -> Callable[[Scope], int]:
    places = {area: place for place, area in enumerate(contract.areas)}
    return lambda scope: places[scope.area]


def _row(
    contract: Contract,
    scope: Scope,
    locale: str,
    ticked: frozenset[str],
    found: set[str],
    approval: Approval | None,
    asked: Mapping[str, PartnerRequest],
) -> PickerRow:
    operations = contract.operations_unlocked_by(scope.name)
    answered = asked.get(scope.name)
    return PickerRow(
        name=scope.name,
        title=scope.title[locale],
        sentence=scope.consent[locale],
        area=contract.areas[scope.area].title[locale],
        access=scope.access,
        risk=scope.risk,
        requested=scope.name in ticked,
        found=scope.name in found,
        operations=tuple((one.method, one.path, one.summary) for one in operations),
        approval=approval,
        answer=answered.answer if answered else None,
    )


def _approval(scope: Scope, approved: frozenset[str], asked: Mapping[str, PartnerRequest]) -> Approval | None:
    if not scope.private:
        return None
    if scope.name in approved:
        return "granted"
    match asked.get(scope.name):
        case PartnerRequest(state="open"):
            return "open"
        case PartnerRequest(state="declined"):
            return "declined"
        case _:
            return "needed"
