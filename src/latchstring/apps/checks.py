"""What an app and a client may say of themselves, whoever writes: page, API, manifest or command."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial

from latchstring.accounts.refused import Refused
from latchstring.accounts.texts import checked_name, checked_text
from latchstring.apps.model import AppFields, ClientFields
from latchstring.contract.model import Contract
from latchstring.protocol.redirect_uri import LONGEST, problem_with, problem_with_onboarding_url

MOST_REDIRECT_URIS = 20


def checked_app(fields: AppFields) -> AppFields:
    """An app's fields, trimmed.

    Raises:
        Refused: one can't be so; it is named.
    """
    return AppFields(
        checked_name(fields.name),
        checked_text(fields.description, field="description"),
        checked_text(fields.category, field="category", limit=100, lines=False),
        checked_text(fields.author, field="author", limit=200, lines=False),
        checked_text(fields.support, field="support", limit=LONGEST, lines=False),
        _checked_homepage(fields.homepage),
    )


def problems_with_app(fields: AppFields) -> list[Refused]:
    """Everything that is wrong with an app's fields, for a form that tells it all at once."""
    ways = [replace(AppFields("-"), **{name: value}) for name, value in asdict(fields).items()]
    return [problem for way in ways if (problem := _refusal(partial(checked_app, way)))]


def problems_with_client(fields: ClientFields, contract: Contract, approved: frozenset[str]) -> list[Refused]:
    """Everything that is wrong with a client's fields; of several redirect URIs each that is."""
    uris = fields.redirect_uris
    checks: list[Callable[[], object]] = [
        partial(checked_name, fields.name),
        partial(checked_text, fields.description, field="description"),
        partial(_checked_onboarding_url, fields.onboarding_url),
        partial(_checked_scopes, fields.scopes, contract, approved),
        partial(_checked_number, uris),
        *(partial(_checked_redirect_uri, uris, place) for place in range(len(uris))),
    ]
    return [problem for check in checks if (problem := _refusal(check))]


def checked_client(fields: ClientFields, contract: Contract, approved: frozenset[str]) -> ClientFields:
    """A test client's fields, trimmed; `approved` are the private scopes that its partner may request.

    Raises:
        Refused: one can't be so; it is named.
    """
    return ClientFields(
        checked_name(fields.name),
        checked_text(fields.description, field="description"),
        _checked_redirect_uris(fields.redirect_uris),
        _checked_onboarding_url(fields.onboarding_url),
        _checked_scopes(fields.scopes, contract, approved),
    )


def _checked_redirect_uris(uris: Sequence[str]) -> tuple[str, ...]:
    _checked_number(uris)
    for place in range(len(uris)):
        _checked_redirect_uri(uris, place)
    return tuple(uris)


def _checked_number(uris: Sequence[str]) -> None:
    if len(uris) > MOST_REDIRECT_URIS:
        raise Refused(f"can be at most {MOST_REDIRECT_URIS}", field="redirect_uris")


def _checked_redirect_uri(uris: Sequence[str], place: int) -> None:
    if problem := problem_with(uris[place], test_client=True):
        raise Refused(problem, field=f"redirect_uris/{place}")
    if uris[place] in uris[:place]:
        raise Refused("is there twice", field=f"redirect_uris/{place}")


def _checked_onboarding_url(url: str) -> str:
    if url and (problem := problem_with_onboarding_url(url, test_client=True)):
        raise Refused(problem, field="onboarding_url")
    return url


def _checked_scopes(names: Sequence[str], contract: Contract, approved: frozenset[str]) -> tuple[str, ...]:
    for place, name in enumerate(names):
        scope = contract.scopes.get(name)
        if scope is None:
            raise Refused(f"there is no scope {name[:100]!r}", field=f"scopes/{place}")
        if scope.private and name not in approved:
            raise Refused("is private and not approved for this partner", field=f"scopes/{place}")
    return tuple(name for name in contract.scopes if name in set(names))


def _refusal(check: Callable[[], object]) -> Refused | None:
    try:
        check()
    except Refused as refused:
        return refused
    return None


def _checked_homepage(url: str) -> str:
    url = checked_text(url, field="homepage", limit=LONGEST, lines=False)
    if url and problem_with(url.partition("#")[0], test_client=False):
        raise Refused("must be an address such as https://example.com", field="homepage")
    return url
