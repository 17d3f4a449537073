"""How values look on a page: names of strangers made inert, marks, times and numbers by language."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial
from typing import Final

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from latchstring.web.translations import Locale

HUES: Final = 8
# Control characters, and the invisible ones that reorder or hide text (Unicode TR 36): no name needs them.
_INVISIBLE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb]"
    "|[\ud800-\udfff]|[\U000e0000-\U000e007f]"
)
_NOT_WORD: Final = re.compile(r"[\W_]+")


def plain(text: object) -> str:
    """Somebody's text without control characters and invisible direction marks."""
    written = str(text)
    return written if written.isascii() and written.isprintable() else _INVISIBLE.sub("", written)


def lines(text: object) -> str:
    """The same, and its lines stay."""
    return "\n".join(plain(line) for line in str(text).splitlines())


def name(text: object) -> Markup:
    """Somebody's text, escaped and isolated from the text around it. Our mark-up stays as it is."""
    return text if isinstance(text, Markup) else Markup(f"<bdi>{escape(plain(text))}</bdi>")  # noqa: S704


def strong(text: object) -> Markup:
    """A name that stands out in its sentence."""
    return Markup(f"<b>{name(text)}</b>")  # noqa: S704


def initials(text: str) -> str:
    """What stands for a name on its mark: letters of its first two words, or its first Hangul syllable."""
    words = [word for part in plain(text).split() if (word := _NOT_WORD.sub("", part))]
    if not words:
        return "·"
    if ord(words[0][0]) >= 0x1100:
        return words[0][0]
    return "".join(word[0] for word in words[:2]).upper()


def hue(text: str) -> int:
    """Which of the colours a name's mark has: always the same one for the same name."""
    return zlib.crc32(text.encode("utf-8", "replace")) % HUES


def plot(values: Sequence[float], width: int, height: int) -> str:
    """The points of a sparkline, left to right, for an SVG polyline."""
    top = max(values, default=0) or 1
    step = width / max(len(values) - 1, 1)
    return " ".join(
        f"{index * step:.1f},{height - value / top * height:.1f}" for index, value in enumerate(values)
    )


def by_locale(locale: Locale, just_now: str) -> Mapping[str, Callable[..., str]]:
    """The functions of the templates that write times and numbers in a language."""
    return {
        "ago": partial(ago, locale, just_now),
        "day": partial(day, locale),
        "duration": partial(duration, locale),
        "number": partial(number, locale),
    }


def ago(locale: Locale, just_now: str, when: datetime, now: datetime) -> Markup:
    """A time as distance from now (`just_now` within a minute), the exact one in `datetime` and on hover."""
    seconds = int((when - now).total_seconds())
    return _time(locale, when, _distance(locale, _rounded(seconds)) if abs(seconds) >= 60 else just_now)


def day(locale: Locale, when: datetime) -> Markup:
    """A date, the exact time in `datetime` and on hover."""
    return _time(locale, when, _date(locale, when.astimezone(UTC).date()))


def duration(locale: Locale, seconds: int) -> str:
    """A length of time in the largest unit that fits."""
    return str(format_timedelta(timedelta(seconds=seconds), locale=locale, threshold=1))


def number(locale: Locale, value: float) -> str:
    """A number with the grouping of the language."""
    return str(format_decimal(value, locale=locale))


def _time(locale: Locale, when: datetime, words: str) -> Markup:
    exact = when.astimezone(UTC).replace(microsecond=0)
    return Markup(  # noqa: S704
        f'<time datetime="{exact.isoformat()}" title="{_exact(locale, exact)}">{escape(words)}</time>'
    )


def _rounded(seconds: int) -> int:
    """Seconds with the precision that a distance shows, so that few distinct ones have to be written out."""
    unit = next(unit for unit in (86_400, 3_600, 60) if abs(seconds) >= unit)
    return int(seconds / unit) * unit


@lru_cache(maxsize=4096)
def _distance(locale: Locale, seconds: int) -> str:
    return str(format_timedelta(timedelta(seconds=seconds), add_direction=True, locale=locale, threshold=1))


@lru_cache(maxsize=4096)
def _exact(locale: Locale, when: datetime) -> Markup:
    return escape(format_datetime(when, format="long", locale=locale))


@lru_cache(maxsize=4096)
def _date(locale: Locale, when: date) -> str:
    return str(format_date(when, format="medium", locale=locale))
