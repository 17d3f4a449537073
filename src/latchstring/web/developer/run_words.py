"""Recorded runs in words: titles and hints of steps, what was received, and verdicts of rehearsals."""

from collections.abc import Mapping
from typing import Final

from latchstring.apps.rehearsal_judgement import judge, seen_in
from latchstring.apps.run_store import Run
from latchstring.apps.run_timeline import Moment, timeline
from latchstring.apps.runs import Happened
from latchstring.contract.model import Contract
from latchstring.protocol.rehearsal import KINDS, Kind
from latchstring.web.explaining import explanation_of
from latchstring.web.pages.developer.difference import shown
from latchstring.web.pages.developer.runs import Fact, Failure, StepLine
from latchstring.web.pages.developer.verdict import EXPECTED, TITLES, ExpectationLine, Verdict
from latchstring.web.pages.paths import explanation_path
from latchstring.web.translations import Locale, Text, Words

_TITLES: Final[Mapping[str, tuple[Text, Text]]] = {
    "opened": (Text("Onboarding opened"), Text("Press Test Authorization.")),
    "authorize": (
        Text("Authorization request arrived"),
        Text("Your onboarding page sends the browser to the authorize endpoint, with PKCE and state."),
    ),
    "consent": (Text("Consent shown"), Text("It is shown once the request is right.")),
    "decision": (Text("Allowed or denied"), Text("You decide on the consent page.")),
    "redirected": (Text("Redirected with the code"), Text("The browser goes back to your redirect URI.")),
    "exchanged": (
        Text("Code exchanged for tokens"),
        Text("Your server posts the code and the code verifier to the token endpoint."),
    ),
    "key_created": (
        Text("API key created"),
        Text("Your server posts to /api/v2/api_keys/marketplace with the access token."),
    ),
    "refreshed": (
        Text("Tokens refreshed"),
        Text("Let your integration refresh once; no need to wait an hour."),
    ),
    "revoked": (Text("Token revoked"), Text("Disconnect in your integration: it revokes its refresh token.")),
}
_LABELS: Final[Mapping[str, Text]] = {
    "target": Text("onboarding URL"),
    "redirect_uri": Text("redirect URI"),
    "code_challenge_method": Text("PKCE method"),
    "state_length": Text("characters of state"),
    "scope": Text("scopes"),
    "sent_as": Text("content type"),
    "authenticated_by": Text("client authentication"),
    "user_agent": Text("user agent"),
    "operation": Text("operation"),
    "received": Text("token"),
    "last4": Text("key ends in"),
}


def step_lines(
    happened: Happened, scopes: list[str], contract: Contract, locale: Locale, app_id: object
) -> tuple[StepLine, ...]:
    """The expected steps of a run, in words."""
    moments = timeline(contract, scopes, happened.steps, happened.refusals)
    return tuple(_line(moment, contract, locale, app_id) for moment in moments)


def verdict_of(happened: Happened, *, goes_on: bool) -> Verdict | None:
    """How a rehearsal went; None for other runs."""
    kind = _kind(happened.run.subject)
    if kind is None:
        return None
    judged = judge(kind, seen_in(happened.steps, happened.refusals))
    lines = tuple(
        ExpectationLine(text=EXPECTED[f"{kind}.{one.name}"], met=one.met) for one in judged.expectations
    )
    return Verdict(outcome=judged.outcome, lines=lines, goes_on=goes_on)


def subject_of(run: Run) -> Words:
    """What a rehearsal plays, in words; nothing for other runs."""
    kind = _kind(run.subject)
    return TITLES[kind] if kind else ""


def _kind(subject: str) -> Kind | None:
    return next((kind for kind in KINDS if kind == subject), None)


def _line(moment: Moment, contract: Contract, locale: Locale, app_id: object) -> StepLine:
    title, hint = _title(moment, contract, locale)
    return StepLine(
        key=f"{moment.step}-{moment.scope}",
        title=title,
        state=moment.state,
        hint=hint,
        at=moment.at,
        facts=tuple(_facts(moment)),
        failure=_failure(moment, contract, locale, app_id),
        failures=moment.failures,
    )


def _title(moment: Moment, contract: Contract, locale: Locale) -> tuple[Words, Words]:
    if moment.step != "call":
        return _TITLES[moment.step]
    scope = contract.scopes.get(moment.scope)
    name = scope.title[locale] if scope else moment.scope
    unlocked = contract.operations_unlocked_by(moment.scope)
    example = f"{unlocked[0].method} {unlocked[0].path}" if unlocked else moment.scope
    return (
        Text("First call: %(scope)s", {"scope": name}),
        Text("Call an operation of this scope, such as %(operation)s.", {"operation": example}),
    )


def _facts(moment: Moment) -> list[Fact]:
    if moment.refused is not None:
        return []
    return [
        Fact(label=label, value=moment.noted[name] or "—", wrong=moment.noted[name] in ("", "0"))
        for name, label in _LABELS.items()
        if name in moment.noted and (moment.noted[name] or name in ("code_challenge_method", "user_agent"))
    ]


def _failure(moment: Moment, contract: Contract, locale: Locale, app_id: object) -> Failure | None:
    refused = moment.refused
    if refused is None:
        return None
    told = explanation_of(refused, contract, locale)
    return Failure(
        why=told.why,
        remedy=told.remedy,
        url=explanation_path(app_id, refused.request_id),
        request_id=refused.request_id,
        against=shown(told.against),
        fix=told.fix,
    )
