"""Consent receipts as pages show them: scopes by their titles, operations by their summaries."""

from latchstring.contract.model import Contract
from latchstring.integrations.calls import Usage
from latchstring.web.pages.usage import UsageLine
from latchstring.web.translations import Words

_MOST_OPERATIONS = 8


def usage_line(contract: Contract, usage: Usage, locale: str, title: Words = "") -> UsageLine:
    """One line; `title` for calls that are not of a scope."""
    scope = contract.scopes.get(usage.scope) if usage.scope else None
    operations = [
        (contract.operations[name].summary if name in contract.operations else name, calls)
        for name, calls in usage.operations[:_MOST_OPERATIONS]
    ]
    return UsageLine(
        name=usage.scope,
        title=scope.title[locale] if scope else usage.scope or title,
        calls=usage.calls,
        last_at=usage.last_at,
        days=usage.days,
        operations=tuple(operations),
    )
