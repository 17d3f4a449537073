"""What a well-behaved integration does in each rehearsed failure, and whether this one did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from latchstring.apps.rehearsal_judgement import Outcome
from latchstring.protocol.rehearsal import Kind
from latchstring.web.translations import Text

TITLES: Final[Mapping[Kind, Text]] = {
    "expired": Text("Access token expired"),
    "revoked": Text("Authorization revoked"),
    "secret": Text("Client secret regenerated"),
    "wrong_site": Text("Wrong site"),
    "rate_limit": Text("Too many requests (429)"),
    "failing": Text("API failing (503)"),
    "slow": Text("Slow answers"),
}

PLAYED: Final[Mapping[Kind, Text]] = {
    "expired": Text(
        "Every access token issued before now is refused with 401, until your integration refreshes it."
    ),
    "revoked": Text(
        "Calls are refused with 401 and refreshes with invalid_grant, as after an uninstall. What was authorized is"
        " back when the rehearsal ends; a new authorization works at once."
    ),
    "secret": Text("The token endpoint answers invalid_client (401), as after Regenerate secret."),
    "wrong_site": Text("Every call is refused with 401, as if the access token were from another site."),
    "rate_limit": Text(
        "For 30 seconds of every minute calls are refused with 429 and a Retry-After header; then they work."
    ),
    "failing": Text("For 45 seconds of every minute calls are answered with 503; then they work."),
    "slow": Text("Every call is answered rightly, after 2 to 5 seconds."),
}

#: By failure and expectation.
EXPECTED: Final[Mapping[str, Text]] = {
    "expired.met": Text("It called with the expired token and was refused."),
    "expired.one_refresh": Text("It refreshed exactly once, not once for each call that was waiting."),
    "expired.called_again": Text("It repeated the call with the new token."),
    "expired.stops": Text("It did not repeat the refused call over and over (at most 5 times a minute)."),
    "revoked.met": Text("It called and was refused."),
    "revoked.at_most_one_refresh": Text("It tried to refresh once at most."),
    "revoked.stops": Text("It stopped then: at most 5 refused requests a minute."),
    "revoked.asks_again": Text("It asked the person to authorize again."),
    "secret.met": Text("It used the token endpoint and was refused."),
    "secret.stops": Text("It stopped and told its operator: at most 5 refused requests a minute."),
    "wrong_site.met": Text("It called and was refused."),
    "wrong_site.at_most_one_refresh": Text("It tried to refresh once at most: a new token would not help."),
    "wrong_site.stops": Text("It stopped then: at most 5 refused calls a minute."),
    "rate_limit.met": Text("It called and was told to wait."),
    "rate_limit.waited": Text("It made no call before Retry-After was over."),
    "rate_limit.resumed": Text("It went on afterwards."),
    "failing.met": Text("It called and was answered with 503."),
    "failing.paced": Text("It tried again at most 10 times a minute."),
    "failing.backs_off": Text("Its pauses grew from attempt to attempt."),
    "failing.resumed": Text("It went on once the API was back."),
    "slow.met": Text("It called and waited for the answer."),
    "slow.no_stampede": Text(
        "It did not ask the same again while the answer was on its way (at most 3 at once)."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectationLine:
    """What is expected; `met` is None while nothing decides it."""

    text: Text
    met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether an integration behaved well. `goes_on`: the rehearsal is not over, so this may still change."""

    outcome: Outcome
    lines: tuple[ExpectationLine, ...]
    goes_on: bool = False


def sample_verdict(outcome: Outcome = "badly") -> Verdict:
    """A verdict for samples."""
    return Verdict(
        outcome=outcome,
        lines=(
            ExpectationLine(text=EXPECTED["expired.met"], met=True),
            ExpectationLine(
                text=EXPECTED["expired.one_refresh"], met=None if outcome == "open" else outcome == "well"
            ),
            ExpectationLine(text=EXPECTED["expired.called_again"], met=None),
        ),
    )
