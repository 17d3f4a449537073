"""A refused request explained with what only the doors know: the contract's operations, and the documentation."""

from dataclasses import replace

from latchstring.audit.explained import Explained, explained
from latchstring.audit.refusals import Refused
from latchstring.contract.model import Contract
from latchstring.contract.nearest import nearest_operation
from latchstring.web.documentation.remedies import remedy_path
from latchstring.web.translations import Locale


def explanation_of(refused: Refused, contract: Contract, locale: Locale) -> Explained:
    """The whole explanation, its fix taken from the contract where that knows one."""
    told = explained(refused, locale)
    return replace(told, fix=_call(refused, contract)) if refused.cause in _CALLS else told


def documentation_of(refused: Refused) -> str:
    """The path of the documentation's section about the cause."""
    return remedy_path(refused.cause)


_CALLS = {"operation_unknown", "method_not_offered"}


def _call(refused: Refused, contract: Contract) -> str | None:
    """The method and path that were most likely meant."""
    method, _, path = refused.endpoint.partition(" ")
    if refused.cause == "method_not_offered":
        methods = refused.noted.get("expected", "").split()
        return f"{methods[0]} {path}" if methods else None
    nearest = nearest_operation(contract, method, path)
    return f"{nearest.method} {nearest.path}" if nearest is not None else None
