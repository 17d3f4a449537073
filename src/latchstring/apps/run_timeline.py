"""A recorded run as a line of expected steps: each done, failed or not seen yet, in pure functions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from latchstring.apps.recorder import CALLED
from latchstring.apps.run_store import Step
from latchstring.audit.refusals import Refused
from latchstring.contract.model import Contract

State = Literal["done", "failed", "waiting"]
#: The steps that every flow has, in the order in which they come.
FLOW = ("opened", "authorize", "consent", "decision", "redirected", "exchanged")
#: What follows the calls.
AFTER = ("refreshed", "revoked")
KEY_SCOPE = "api_keys_write"
_REHEARSED = "rehearsed_"


@dataclass(frozen=True, slots=True)
class Moment:
    """One expected step. `scope` is set for a call; `refused` is the failure, or None; `failures` counts those that
    came before a success."""

    step: str
    state: State
    scope: str = ""
    at: datetime | None = None
    noted: Mapping[str, str] = field(default_factory=dict)
    refused: Refused | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True)
class _Event:
    at: datetime
    noted: Mapping[str, str]
    refused: Refused | None = None


def timeline(
    contract: Contract, scopes: Sequence[str], steps: Sequence[Step], refusals: Sequence[Refused]
) -> list[Moment]:
    """The expected steps of a client with these scopes, as far as they were seen. What was seen last counts."""
    events: dict[str, list[_Event]] = {}
    for step in steps:
        for name in _names(step, contract):
            events.setdefault(name, []).append(_Event(step.at, step.noted))
    exchanged_at = min((step.at for step in steps if step.step == "exchanged"), default=None)
    for refused in refusals:
        if (at := _step_of(refused, exchanged_at, scopes, contract)) is not None:
            events.setdefault(at, []).append(_Event(refused.at, refused.noted, refused))
    return [_moment(name, events.get(name, ())) for name in expected(scopes)]


def expected(scopes: Sequence[str]) -> Iterator[str]:
    """The names of the steps; a call of a scope is `call:` and the scope."""
    yield from FLOW
    if KEY_SCOPE in scopes:
        yield "key_created"
    yield from (f"call:{scope}" for scope in scopes if scope != KEY_SCOPE)
    yield from AFTER


def _names(step: Step, contract: Contract) -> list[str]:
    if step.step in ("allowed", "denied"):
        return ["decision"]
    if step.step != CALLED:
        return [step.step]
    operation = contract.operations.get(step.noted.get("operation", ""))
    scopes = frozenset[str]().union(*operation.any_of) if operation else ()
    return [f"call:{scope}" for scope in scopes]


def _step_of(
    refused: Refused, exchanged_at: datetime | None, scopes: Sequence[str], contract: Contract
) -> str | None:
    """At which step a refusal belongs; None for what is no failure of the flow."""
    if refused.cause.startswith(_REHEARSED) or refused.cause == "access_denied":
        return None
    match refused.endpoint.rpartition("/oauth2/v1/")[2]:
        case "authorize":
            return "authorize"
        case "token" if refused.cause.startswith("refresh_"):
            return "refreshed"
        case "token":
            is_later = exchanged_at is not None and refused.at > exchanged_at
            own = refused.cause.startswith(("code_", "verifier_"))
            return "refreshed" if is_later and not own else "exchanged"
        case "revoke":
            return "revoked"
        case "introspect":
            return None
    if refused.cause == "api_key_exists":
        return "key_created"
    operation = contract.operations.get(refused.noted.get("operation", ""))
    needed = frozenset[str]().union(*operation.any_of) if operation else frozenset[str]()
    if needed == {KEY_SCOPE}:
        return "key_created"
    called = [scope for scope in scopes if scope in needed] or [
        scope for scope in scopes if scope != KEY_SCOPE
    ]
    return f"call:{called[0]}" if called else None


def _moment(name: str, events: Sequence[_Event]) -> Moment:
    step, _, scope = name.partition(":")
    if not events:
        return Moment(step, "waiting", scope)
    ordered = sorted(events, key=lambda event: event.at)
    last, failures = ordered[-1], sum(1 for event in ordered if event.refused)
    if last.refused is not None:
        return Moment(step, "failed", scope, last.at, last.noted, last.refused, failures - 1)
    first = next(event for event in ordered if event.refused is None and event.at >= _settled(ordered))
    return Moment(step, "done", scope, first.at, first.noted, None, failures)


def _settled(ordered: Sequence[_Event]) -> datetime:
    """After its last failure, a step is told by its first success."""
    return max((event.at for event in ordered if event.refused), default=ordered[0].at)
