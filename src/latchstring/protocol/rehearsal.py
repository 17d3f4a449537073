"""Failures played on purpose to a test client in its own sandbox: which, when, and what they do at each door.

Everything follows from the clock, so that every process plays the same without asking another one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from latchstring.protocol import faults
from latchstring.protocol.faults import Cause, Refusal

Kind = Literal["expired", "revoked", "secret", "wrong_site", "rate_limit", "failing", "slow"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: Where a failure can meet a request: its access token is judged, the call that it allows goes on, the client is
#: authenticated, a refresh token is judged.
Door = Literal["token", "call", "client", "refresh"]
#: No rehearsal lasts longer.
LONGEST = timedelta(minutes=15)
#: Refusing by rate, and failing, go on for so many seconds of every minute; then comes a time to recover in.
REFUSING_S: dict[Kind, int] = {"rate_limit": 30, "failing": 45}
_PERIOD_S = 60
_SLOW_MS, _SLOWER_MS = 2_000, 3_000


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One failure, played from `since` until `until`."""

    kind: Kind
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """That a test client is watched in its own sandbox: its steps are recorded, or a failure is played to it."""

    recording_until: datetime | None
    rehearsal: Rehearsal | None

    def rehearses(self, now: datetime) -> bool:
        """Whether a failure is played now."""
        return self.rehearsal is not None and self.rehearsal.since <= now < self.rehearsal.until

    def records(self, now: datetime) -> bool:
        """Whether steps are written down now."""
        return self.rehearses(now) or (self.recording_until is not None and now < self.recording_until)


@dataclass(frozen=True, slots=True)
class Delay:
    """An answer that is right, but late."""

    seconds: float


Interference = Refusal | Delay


def watch_of(
    recording_until: datetime | None, kind: str | None, since: datetime | None, until: datetime | None
) -> Watch | None:
    """What a client's row says, or None when it is not watched."""
    played = Rehearsal(kind, since, until) if kind in KINDS and since and until else None
    return Watch(recording_until, played) if recording_until or played else None


def rehearse(
    watch: Watch | None,
    door: Door,
    now: datetime,
    *,
    issued: datetime | None = None,
    authorized: datetime | None = None,
) -> Interference | None:
    """What the rehearsal does to a request at a door; None when nothing is played there now.

    `issued`: the access token; `authorized`: the authorization. One that is younger than the rehearsal is what
    came of reacting to it: a token after an expiry, an authorization after a revocation. It works.
    """
    if watch is None or watch.rehearsal is None or not watch.rehearses(now):
        return None
    played = watch.rehearsal
    born = {"expired": issued, "revoked": authorized}.get(played.kind)
    if born is not None and born >= played.since.replace(microsecond=0):
        return None
    play = _PLAYS.get((played.kind, door))
    return play(played, now) if play else None


def _by_rate(played: Rehearsal, now: datetime) -> Interference | None:
    left = _refusing_for(played, now)
    return Refusal(faults.REHEARSED_RATE_LIMIT, {"retry_after_s": str(left)}) if left else None


def _failing(played: Rehearsal, now: datetime) -> Interference | None:
    return Refusal(faults.REHEARSED_FAILURE) if _refusing_for(played, now) else None


def _slow(played: Rehearsal, now: datetime) -> Interference | None:
    return Delay((_SLOW_MS + now.microsecond // 1000 * 37 % (_SLOWER_MS + 1)) / 1000)


def _refusing_for(played: Rehearsal, now: datetime) -> int:
    """The whole seconds until the next time to recover; 0 in such a time."""
    passed = int((now - played.since).total_seconds()) % _PERIOD_S
    return max(0, REFUSING_S[played.kind] - passed)


def _refusing(cause: Cause) -> Callable[[Rehearsal, datetime], Interference | None]:
    return lambda played, now: Refusal(cause)


_PLAYS: Mapping[tuple[Kind, Door], Callable[[Rehearsal, datetime], Interference | None]] = {
    ("expired", "token"): _refusing(faults.REHEARSED_EXPIRY),
    ("revoked", "token"): _refusing(faults.REHEARSED_REVOCATION),
    ("revoked", "refresh"): _refusing(faults.REHEARSED_REFRESH_REVOKED),
    ("secret", "client"): _refusing(faults.REHEARSED_SECRET),
    ("wrong_site", "token"): _refusing(faults.REHEARSED_WRONG_SITE),
    ("rate_limit", "call"): _by_rate,
    ("failing", "call"): _failing,
    ("slow", "call"): _slow,
}
