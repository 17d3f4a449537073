"""What an app can start from: a template gives the first client of the app a fitting set of scopes."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

from latchstring.contract.model import Contract

TemplateName = Literal["blank", "notifier", "forwarder"]

#: Template to the scopes it starts with; those that the host's contract does not have are left out.
TEMPLATES: Final[Mapping[TemplateName, tuple[str, ...]]] = {
    "blank": (),
    "notifier": ("monitors_read", "events_read", "incident_read"),
    "forwarder": ("api_keys_write",),
}
TEMPLATE_NAMES: Final[tuple[TemplateName, ...]] = get_args(TemplateName)


def template_scopes(template: str, contract: Contract) -> tuple[str, ...]:
    """The scopes that a template stands for at this host, private ones among them."""
    named = next((scopes for name, scopes in TEMPLATES.items() if name == template), ())
    return tuple(scope for scope in named if scope in contract.scopes)


def starting_scopes(template: str, contract: Contract, approved: frozenset[str]) -> tuple[str, ...]:
    """Those of them that the partner may request now; `approved` are its private scopes."""
    return tuple(
        name
        for name in template_scopes(template, contract)
        if not contract.scopes[name].private or name in approved
    )
