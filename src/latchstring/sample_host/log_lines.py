"""Logs as they are sent (one object, an array, or lines of text), and what is kept of them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from msgspec import Meta

from latchstring.sample_host.answers import Refused, invalid
from latchstring.sample_host.bodies import refuse_deeper_than
from latchstring.sample_host.tags import split_tags
from latchstring.sample_host.times import milliseconds

#: Logs of one payload, and bytes of one log; more are refused with 413.
MOST_LOGS = 1_000
LONGEST_LOG = 1_000_000
_MOST_ATTRIBUTES = 256
_DEEPEST = 20
_LONGEST_NAME = 255
#: A log says itself when it happened, unless that is further from now than this.
_FARTHEST_PAST_MS = 18 * 3_600_000
_FARTHEST_FUTURE_MS = 2 * 3_600_000

LogItem = dict[str, Any]
LogPayload = Annotated[list[LogItem], Meta(max_length=MOST_LOGS)] | LogItem

_TIME_NAMES = ("timestamp", "@timestamp", "date")
_SYSLOG = ("emerg", "alert", "critical", "error", "warn", "notice", "info", "debug")
_STATUSES = {
    "f": "emerg",
    "em": "emerg",
    "a": "alert",
    "c": "critical",
    "e": "error",
    "w": "warn",
    "n": "notice",
    "i": "info",
    "d": "debug",
    "t": "debug",
    "v": "debug",
    "o": "ok",
    "s": "ok",
}


@dataclass(frozen=True, slots=True)
class LogLine:
    """A log as it is kept; `at_ms` in milliseconds since 1970."""

    at_ms: int
    host: str
    service: str
    source: str
    status: str
    message: str
    tags: tuple[str, ...]
    attributes: Mapping[str, Any]


def lines_of_items(payload: list[LogItem] | LogItem, query: Mapping[str, str], now_ms: int) -> list[LogLine]:
    """The logs of a JSON payload; the query string gives what a log does not say itself."""
    items = payload if isinstance(payload, list) else [payload]
    return [_line(item, query, now_ms) for item in items]


def lines_of_text(text: str, query: Mapping[str, str], now_ms: int) -> list[LogLine]:
    """A log for each line of text that isn't blank."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) > MOST_LOGS:
        raise Refused(413, f"At most {MOST_LOGS} logs are accepted in one payload")
    return [_line({"message": line.rstrip("\r")}, query, now_ms) for line in lines]


def _line(item: LogItem, query: Mapping[str, str], now_ms: int) -> LogLine:
    taken: LogItem = dict(item)
    message = taken.pop("message", "")
    if not isinstance(message, str):
        taken["message"], message = message, ""
    if len(message) > LONGEST_LOG:
        raise Refused(413, f"A log has at most {LONGEST_LOG} characters")
    host = _name(taken, "hostname", query) or _name(taken, "host", query)
    return LogLine(
        _at(taken, now_ms),
        host,
        _name(taken, "service", query),
        _name(taken, "ddsource", query),
        _status(taken),
        message,
        _tags(taken, query),
        _attributes(taken),
    )


def _name(item: LogItem, name: str, query: Mapping[str, str]) -> str:
    value = item.pop(name, None)
    if value is None:
        value = query.get(name, "")
    if not isinstance(value, str):
        raise invalid(f"Invalid value for '{name}': Expected `str`")
    if len(value) > _LONGEST_NAME:
        raise invalid(f"Invalid value for '{name}': at most {_LONGEST_NAME} characters")
    return value


def _tags(item: LogItem, query: Mapping[str, str]) -> tuple[str, ...]:
    value = item.pop("ddtags", None)
    if isinstance(value, list) and all(isinstance(tag, str) for tag in value):
        value = ",".join(value)
    if value is not None and not isinstance(value, str):
        raise invalid("Invalid value for 'ddtags': Expected `str`")
    text = ",".join(part for part in (value, query.get("ddtags")) if part)
    if text.count(",") > 1_000:
        raise invalid("Invalid value for 'ddtags': at most 1000 tags")
    return split_tags(text) if text else ()


def _status(item: LogItem) -> str:
    """The severity in the documented words; `status`, `level` or `severity` says it."""
    value = item.pop("status", None)
    if value is None:
        value = item.get("level", item.get("severity"))
    if isinstance(value, int) and not isinstance(value, bool):
        return _SYSLOG[value] if 0 <= value < len(_SYSLOG) else "info"
    if not isinstance(value, str):
        return "info"
    word = value.lower()
    return _STATUSES.get(word[:2]) or _STATUSES.get(word[:1]) or "info"


def _at(item: LogItem, now_ms: int) -> int:
    for name in _TIME_NAMES:
        at = _moment(item.get(name))
        if at is not None:
            item.pop(name)
            return at if now_ms - _FARTHEST_PAST_MS <= at <= now_ms + _FARTHEST_FUTURE_MS else now_ms
    return now_ms


def _moment(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 10**11 <= value < 10**14 else value * 1000 if 10**8 <= value < 10**11 else None
    if not isinstance(value, str) or not 10 <= len(value) <= 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return milliseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def _attributes(item: LogItem) -> LogItem:
    if len(item) > _MOST_ATTRIBUTES:
        raise invalid(f"A log has at most {_MOST_ATTRIBUTES} attributes")
    if item:
        refuse_deeper_than(_DEEPEST, item)
    return item
