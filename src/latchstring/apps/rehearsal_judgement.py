"""Whether an integration behaved well while a failure was played to it: pure functions over what was seen.

Each failure has a few expectations. One is met, broken, or not decided yet; what must not happen counts as met from
the moment in which it could have happened.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from latchstring.apps.recorder import CALLED
from latchstring.apps.run_store import Step
from latchstring.audit.refusals import Refused
from latchstring.protocol.rehearsal import REFUSING_S, Kind

Outcome = Literal["well", "badly", "open"]
#: What was on its way already when an answer came, in seconds.
GRACE_S = 2.0
#: More attempts than this in one minute hammer.
MOST_A_MINUTE = {"failing": 10, "expired": 5, "revoked": 5, "secret": 5, "wrong_site": 5}
MOST_AT_ONCE = 3
_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Seen:
    """Something the client did. `wait_s`: for how long it was asked to wait; `took_s`: how long the answer took."""

    at: datetime
    what: Literal["call", "refresh", "client", "authorize"]
    passed: bool
    cause: str = ""
    wait_s: int = 0
    took_s: float = 0.0
    operation: str = ""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a well-behaved integration does; `met` is None while nothing decides it."""

    name: str
    met: bool | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """All expectations of a failure, and what they come to."""

    outcome: Outcome
    expectations: tuple[Expectation, ...]


def seen_in(steps: Sequence[Step], refusals: Sequence[Refused]) -> list[Seen]:
    """What the judgement looks at, in order of time. What merely names the client is not held against it."""
    found = [seen for step in steps if (seen := _of_step(step)) is not None]
    found += [_of_refusal(refused) for refused in refusals if refused.proven]
    return sorted(found, key=lambda seen: seen.at)


def judge(kind: Kind, seen: Sequence[Seen]) -> Judgement:
    """Whether what was seen is what a well-behaved integration does."""
    met = tuple(Expectation(name, rule(seen)) for name, rule in RULES[kind].items())
    if any(expectation.met is False for expectation in met):
        return Judgement("badly", met)
    return Judgement("well" if all(expectation.met for expectation in met) else "open", met)


def _of_step(step: Step) -> Seen | None:
    match step.step:
        case "refreshed":
            return Seen(step.at, "refresh", True)
        case "authorize":
            return Seen(step.at, "authorize", True)
        case name if name == CALLED:
            took_s = int(step.noted.get("took_ms", "0")) / 1000
            return Seen(step.at, "call", True, took_s=took_s, operation=step.noted.get("operation", ""))
    return None


def _of_refusal(refused: Refused) -> Seen:
    what: Literal["call", "refresh", "client", "authorize"] = "call"
    if "/oauth2/v1/" in refused.endpoint:
        what = "authorize" if refused.endpoint.endswith("/authorize") else "client"
        if refused.cause.startswith(("refresh_", "rehearsed_refresh")):
            what = "refresh"
    wait_s = refused.noted.get("retry_after_s", "0")
    operation = refused.noted.get("operation", "")
    return Seen(refused.at, what, False, refused.cause, int(wait_s), operation=operation)


Rule = Callable[[Sequence[Seen]], bool | None]


def _met_it(cause: str) -> Rule:
    def rule(seen: Sequence[Seen]) -> bool | None:
        return True if _hits(seen, cause) else None

    return rule


def _one_refresh(seen: Sequence[Seen]) -> bool | None:
    """Exactly one refresh answers an expired token."""
    count = sum(1 for one in _after(seen, "rehearsed_expiry") if one.what == "refresh")
    return None if count == 0 else count == 1


def _called_again(seen: Sequence[Seen]) -> bool | None:
    """After the refresh the call comes again, with the new token."""
    refreshed = [one.at for one in _after(seen, "rehearsed_expiry") if one.what == "refresh" and one.passed]
    if not refreshed:
        return None
    later = [one for one in seen if one.what == "call" and one.at >= refreshed[0]]
    too_late = refreshed[0] + timedelta(seconds=GRACE_S)
    if any(one.cause == "rehearsed_expiry" and one.at > too_late for one in later):
        return False
    return True if any(one.passed for one in later) else None


def _at_most_one_refresh(cause: str) -> Rule:
    def rule(seen: Sequence[Seen]) -> bool | None:
        hits = _hits(seen, cause)
        return sum(1 for one in _after(seen, cause) if one.what == "refresh") <= 1 if hits else None

    return rule


def _stops(*causes: str, kind: Kind) -> Rule:
    """What can't succeed is not repeated over and over."""

    def rule(seen: Sequence[Seen]) -> bool | None:
        times = [one.at for cause in causes for one in _hits(seen, cause)]
        return most_in_a_minute(times) <= MOST_A_MINUTE[kind] if times else None

    return rule


def _asks_again(seen: Sequence[Seen]) -> bool | None:
    """The person is asked to authorize again."""
    return True if any(one.what == "authorize" for one in _after(seen, "rehearsed_revocation")) else None


def _waited(seen: Sequence[Seen]) -> bool | None:
    """No call while Retry-After lasts, but for what was on its way."""
    hits = _hits(seen, "rehearsed_rate_limit")
    calls = [one.at for one in seen if one.what == "call"]
    for hit in hits:
        begins, ends = hit.at + timedelta(seconds=GRACE_S), hit.at + timedelta(seconds=hit.wait_s)
        if any(begins < at < ends for at in calls):
            return False
    return True if hits else None


def _resumed(cause: str) -> Rule:
    """Once it is over, the work goes on."""

    def rule(seen: Sequence[Seen]) -> bool | None:
        return True if any(one.what == "call" and one.passed for one in _after(seen, cause)) else None

    return rule


def _backs_off(seen: Sequence[Seen]) -> bool | None:
    """The pauses between attempts grow, or are long from the beginning."""
    hits = [one.at for one in _hits(seen, "rehearsed_failure")]
    bout = [at for at in hits if (at - hits[0]).total_seconds() < REFUSING_S["failing"]]
    pauses = [(later - at).total_seconds() for at, later in pairwise(bout) if later > at]
    if len(pauses) < 2:
        return _resumed("rehearsed_failure")(seen)
    return max(pauses) >= 1.5 * pauses[0] or min(pauses) >= _MINUTE_S / 6


def _no_stampede(seen: Sequence[Seen]) -> bool | None:
    """While an answer is on its way, the same is not asked again and again."""
    slow = [one for one in seen if one.what == "call" and one.passed and one.took_s >= 1]
    if not slow:
        return None
    by_operation: dict[str, list[Seen]] = {}
    for one in slow:
        by_operation.setdefault(one.operation, []).append(one)
    return max(_at_once(calls) for calls in by_operation.values()) <= MOST_AT_ONCE


def _slow_seen(seen: Sequence[Seen]) -> bool | None:
    return True if any(one.what == "call" and one.took_s >= 1 for one in seen) else None


def most_in_a_minute(times: Sequence[datetime]) -> int:
    """The largest number of these times within any minute."""
    ordered = sorted(at.timestamp() for at in times)
    return max(
        (bisect_right(ordered, at + _MINUTE_S - 0.001) - place for place, at in enumerate(ordered)), default=0
    )


def _at_once(calls: Sequence[Seen]) -> int:
    spans = [(one.at, one.at + timedelta(seconds=one.took_s)) for one in calls]
    return max(sum(1 for begins, ends in spans if begins <= at < ends) for at, _ in spans)


def _hits(seen: Sequence[Seen], cause: str) -> list[Seen]:
    return [one for one in seen if one.cause == cause]


def _after(seen: Sequence[Seen], cause: str) -> list[Seen]:
    hits = _hits(seen, cause)
    return [one for one in seen if hits and one.at >= hits[0].at]


#: What is expected in each rehearsal, by name, in the order in which it is told.
RULES: Mapping[Kind, Mapping[str, Rule]] = {
    "expired": {
        "met": _met_it("rehearsed_expiry"),
        "one_refresh": _one_refresh,
        "called_again": _called_again,
        "stops": _stops("rehearsed_expiry", kind="expired"),
    },
    "revoked": {
        "met": _met_it("rehearsed_revocation"),
        "at_most_one_refresh": _at_most_one_refresh("rehearsed_revocation"),
        "stops": _stops("rehearsed_revocation", "rehearsed_refresh_revoked", kind="revoked"),
        "asks_again": _asks_again,
    },
    "secret": {
        "met": _met_it("rehearsed_secret"),
        "stops": _stops("rehearsed_secret", kind="secret"),
    },
    "wrong_site": {
        "met": _met_it("rehearsed_wrong_site"),
        "at_most_one_refresh": _at_most_one_refresh("rehearsed_wrong_site"),
        "stops": _stops("rehearsed_wrong_site", kind="wrong_site"),
    },
    "rate_limit": {
        "met": _met_it("rehearsed_rate_limit"),
        "waited": _waited,
        "resumed": _resumed("rehearsed_rate_limit"),
    },
    "failing": {
        "met": _met_it("rehearsed_failure"),
        "paced": _stops("rehearsed_failure", kind="failing"),
        "backs_off": _backs_off,
        "resumed": _resumed("rehearsed_failure"),
    },
    "slow": {"met": _slow_seen, "no_stampede": _no_stampede},
}
