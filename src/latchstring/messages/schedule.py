"""When a message that could not be delivered is tried again, and when an endpoint is left alone for a while."""

from datetime import datetime, timedelta
from typing import Final

from latchstring.kit.entropy import Entropy

#: After the first try, the second and so on; the pauses that Standard Webhooks recommends.
_PAUSES: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
)
#: How often a message is tried at most.
TRIES: Final = len(_PAUSES) + 1
#: For how long a worker has a message to itself; a try takes a fraction of it.
CLAIM: Final = timedelta(seconds=60)
#: What still waits after this, for an endpoint that is paused or a letter that nobody takes, has failed.
GIVE_UP_AFTER: Final = timedelta(days=5)
#: Failures in a row after which an endpoint is paused.
FAILURES_TO_PAUSE: Final = 10
_FIRST_PROBE: Final = timedelta(minutes=5)
_LAST_PROBE: Final = timedelta(hours=6)
_JITTER: Final = 0.2


def next_try(entropy: Entropy, now: datetime, tries_left: int) -> datetime | None:
    """When to try again, or None when that was the last try."""
    if tries_left <= 0:
        return None
    return now + _jittered(entropy, _PAUSES[max(0, len(_PAUSES) - tries_left)])


def next_probe(entropy: Entropy, now: datetime, probes: int) -> datetime:
    """When a paused endpoint is tried again, after so many tries since it was paused."""
    return now + _jittered(entropy, min(_FIRST_PROBE * 2 ** min(probes, 10), _LAST_PROBE))


def _jittered(entropy: Entropy, pause: timedelta) -> timedelta:
    """A little more or less, so that what failed together does not come back together."""
    return pause * (1 + _JITTER * (entropy.bytes(1)[0] / 127.5 - 1))
