"""The form of a client: from what is typed to fields, and back with what is wrong and what looks wrong."""

from collections.abc import Iterable, Mapping

from latchstring.accounts.refused import Refused
from latchstring.apps.checks import MOST_REDIRECT_URIS
from latchstring.apps.hints import hints_for
from latchstring.apps.model import ClientFields
from latchstring.contract.model import Contract
from latchstring.protocol.parameters import Parameters
from latchstring.web.developer.reasons import by_field
from latchstring.web.names import caution_about
from latchstring.web.pages.developer.clients import ClientForm, UriRow
from latchstring.web.translations import Text

#: More rows than this a form does not show.
_MOST_ROWS = MOST_REDIRECT_URIS + 5


def typed_fields(form: Parameters, scopes: tuple[str, ...]) -> ClientFields:
    """The fields as they were typed; rows that were left empty are no addresses."""
    rows = [(form.get(f"redirect_uri.{place}") or "").strip() for place in range(1, _MOST_ROWS + 1)]
    return ClientFields(
        form.get("name") or "",
        form.get("description") or "",
        tuple(uri for uri in rows if uri),
        (form.get("onboarding_url") or "").strip(),
        scopes,
    )


def typed_scopes(form: Parameters, contract: Contract) -> tuple[str, ...]:
    """The scopes that are ticked; a name that the contract does not have can't be."""
    return tuple(name for name in contract.scopes if form.get(f"scope.{name}"))


def client_form(fields: ClientFields, refusals: Iterable[Refused] = (), *, rows: int = 1) -> ClientForm:
    """What the form shows: `rows` empty rows after the addresses."""
    problems = by_field(list(refusals))
    uris, hints = fields.redirect_uris, hints_for(fields.redirect_uris)
    shown = [
        UriRow(value=uri, problem=problems.get(f"redirect_uris/{place}"), hint=hints[place])
        for place, uri in enumerate(uris)
    ]
    empty = [UriRow()] * (rows if shown else max(rows, 1))
    return ClientForm(
        name=fields.name,
        description=fields.description,
        uris=tuple([*shown, *empty][:_MOST_ROWS]),
        onboarding_url=fields.onboarding_url,
        caution=caution_about(fields.name),
        problems=_of_fields(problems),
    )


def _of_fields(problems: Mapping[str, Text]) -> Mapping[str, Text]:
    return {
        field: text for field, text in problems.items() if not field.startswith(("redirect_uris/", "scopes/"))
    }
