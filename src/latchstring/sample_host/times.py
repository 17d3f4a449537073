"""Instants as searches write them: `now-15m`, ISO 8601, or milliseconds since 1970. Pure."""

import re
from datetime import UTC, datetime, timedelta

from latchstring.sample_host.answers import invalid

# Floats would lose a millisecond now and then.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_RELATIVE = re.compile(r"now(?:\s*([-+])\s*([0-9]{1,9})\s*(ms|s|m|h|d|w|mo|y))?")
_MILLISECONDS = {
    "ms": 1,
    "s": 1_000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 604_800_000,
    "mo": 2_592_000_000,
    "y": 31_536_000_000,
}
#: The year 2100, in milliseconds.
LATEST_MS = 4_102_444_800_000


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return (moment - _EPOCH) // _MILLISECOND


def moment_of(at_ms: int) -> datetime:
    """The moment, in UTC, of milliseconds since 1970."""
    return _EPOCH + at_ms * _MILLISECOND


def wire_time(at_ms: int) -> str:
    """ISO 8601 with milliseconds, in UTC."""
    return moment_of(at_ms).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at_ms % 1000:03d}Z"


def instant(name: str, text: str, now: datetime) -> int:
    """The instant written as `text`, in milliseconds since 1970; refuses with the parameter's name."""
    text = text.strip()
    if found := _RELATIVE.fullmatch(text):
        distance = int(found[2]) * _MILLISECONDS[found[3]] if found[1] else 0
        value = milliseconds(now) + (-distance if found[1] == "-" else distance)
        return min(max(value, 0), LATEST_MS)
    value = int(text) if text.isascii() and text.isdigit() and len(text) <= 13 else _iso(name, text)
    if not 0 <= value <= LATEST_MS:
        raise invalid(f"Parameter '{name}' must lie between 1970 and 2100")
    return value


def _iso(name: str, text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
        return milliseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise invalid(
            f"Parameter '{name}' must be a time such as now-15m, 2024-01-02T03:04:05Z, or milliseconds"
        ) from None
