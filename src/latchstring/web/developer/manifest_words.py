"""Plans and refusals of manifests in the reader's words."""

import re
from collections.abc import Iterator

from latchstring.accounts.refused import Refused
from latchstring.apps.plan import Change, Plan, Step
from latchstring.apps.wanted import Cause, Problem
from latchstring.web.developer.reasons import told
from latchstring.web.pages.developer.manifests import DiffLine, FieldDiff, ProblemView, StepView
from latchstring.web.translations import Text

_FIELDS = {
    "name": Text("Name"),
    "app_uuid": Text("app_uuid"),
    "description": Text("Description"),
    "category": Text("Category"),
    "author": Text("Author"),
    "support": Text("Support address"),
    "homepage": Text("Homepage"),
    "redirect_uris": Text("Redirect URIs"),
    "onboarding_url": Text("Onboarding URL"),
    "scopes": Text("Scopes"),
}
_CAUSES: dict[Cause, Text] = {
    "unknown_scope": Text("This site has no scope of this name."),
    "private_scope": Text(
        "This scope is private, and the host has not approved it for you. Request approval on the client’s page."
    ),
    "same_name": Text("Another client of the file has this name."),
    "published": Text("A published client changes only through review."),
}
_UNREADABLE = {
    "is no JSON in UTF-8, or has a member twice": Text(
        "This is no JSON in UTF-8, or one of its members is there twice."
    ),
    "is no manifest: it has no manifest_version, and its members are no roles such as integration": Text(
        "This is no manifest: it has no manifest_version, and its members are no roles such as integration."
    ),
    "names neither an app nor a client": Text("It names neither an app nor a client."),
    "a manifest never carries a secret": Text("A manifest never carries a secret. Take it out of the file."),
    "apps are built in a sandbox organization": Text("Apps are built in a sandbox organization."),
}
_OF_THE_FORMAT = re.compile(r"(Expected|Object|Invalid) .*")


def unreadable(refused: Refused) -> Text:
    """Why a file is no manifest."""
    if (known := _UNREADABLE.get(refused.reason)) is not None:
        return known
    if _OF_THE_FORMAT.fullmatch(refused.reason):
        return Text("It does not fit the format: %(reason)s", {"reason": refused.reason})
    return told(refused)


def steps_of(plan: Plan) -> Iterator[StepView]:
    """The steps of a plan, the app's first."""
    if plan.app is not None:
        yield _step(plan.app, of_app=True)
    yield from (_step(step, of_app=False) for step in plan.clients)


def problem_of(problem: Problem) -> ProblemView:
    """What can't be, and why."""
    words = _CAUSES.get(problem.cause) or told(Refused(problem.reason))
    return ProblemView(place=problem.place, value=problem.value, words=words)


def _step(step: Step, *, of_app: bool) -> StepView:
    fields = tuple(
        FieldDiff(label=_FIELDS.get(change.field, change.field), lines=tuple(_lines(change)))
        for change in step.changes
    )
    return StepView(of_app=of_app, kind=step.kind, name=step.name, fields=fields)


def _lines(change: Change) -> Iterator[DiffLine]:
    """What goes, then what stays and comes."""
    before, after = _items(change.before), _items(change.after)
    yield from (DiffLine(text=one, kind="removed") for one in before if one not in after)
    yield from (DiffLine(text=one, kind="same" if one in before else "added") for one in after)


def _items(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    return value or ()
