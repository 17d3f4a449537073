"""Payloads of metrics and service checks, as clients send them, and what is kept of them. Pure."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from latchstring.sample_host.answers import Refused, invalid
from latchstring.sample_host.tags import HostName, Tags, metric_as_kept, tags_as_kept

Kind = Literal["gauge", "count", "rate", "distribution"]
#: Points of one payload; more are refused with 413.
MOST_POINTS = 20_000
#: The year 2100: a larger timestamp is in milliseconds by mistake.
LATEST = 4_102_444_800

Interval = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Word = Annotated[str, Meta(max_length=200)]
#: Values that can be added up by the million without leaving the range of a double.
Value = Annotated[float, Meta(ge=-1e290, le=1e290)]


class SeriesV1(msgspec.Struct):
    """A series of `POST /api/v1/series`."""

    metric: str
    points: list[tuple[float, Value]]
    host: HostName | None = None
    tags: Tags | None = None
    type: Literal["gauge", "count", "rate"] | None = None
    interval: Interval | None = None


class PayloadV1(msgspec.Struct):
    """The body of `POST /api/v1/series`."""

    series: list[SeriesV1]


class PointV2(msgspec.Struct):
    """A point of `POST /api/v2/series`."""

    timestamp: int
    value: Value


class ResourceV2(msgspec.Struct):
    """What a series of `POST /api/v2/series` is about; of type `host`, the host it is from."""

    name: HostName = ""
    type: Word = ""


class SeriesV2(msgspec.Struct):
    """A series of `POST /api/v2/series`."""

    metric: str
    points: list[PointV2]
    resources: Annotated[list[ResourceV2], Meta(max_length=100)] | None = None
    tags: Tags | None = None
    type: Literal[0, 1, 2, 3] = 0
    interval: Interval | None = None
    unit: Word | None = None


class PayloadV2(msgspec.Struct):
    """The body of `POST /api/v2/series`."""

    series: list[SeriesV2]


class DistributionSeries(msgspec.Struct):
    """A series of `POST /api/v1/distribution_points`: each point holds all values of one moment."""

    metric: str
    points: list[tuple[float, list[Value]]]
    host: HostName | None = None
    tags: Tags | None = None
    type: Literal["distribution"] | None = None


class DistributionPayload(msgspec.Struct):
    """The body of `POST /api/v1/distribution_points`."""

    series: list[DistributionSeries]


@dataclass(frozen=True, slots=True)
class Series:
    """A metric with one set of tags; the host is one of them. `id` is the hex of a UUID: text hashes quickest."""

    id: str
    metric: str
    kind: Kind
    interval_s: int | None
    unit: str | None
    tags: tuple[str, ...]


#: What a distribution was at one second: sum, count, least, greatest.
Summary = tuple[float, int, float, float]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one payload says: points (series, second, value), distributions, and who reported."""

    series: dict[str, Series]
    points: list[tuple[str, int, float]]
    distributions: list[tuple[str, int, Summary]]
    hosts: frozenset[str]


_KINDS_V2: tuple[Kind, ...] = ("gauge", "count", "rate", "gauge")


def measured_v1(payload: PayloadV1) -> Measured:
    """What a v1 payload says; refuses too many points and impossible times."""
    _count(len(one.points) for one in payload.series)
    series: dict[str, Series] = {}
    points: list[tuple[str, int, float]] = []
    for one in payload.series:
        kept = _series(one.metric, one.type or "gauge", one.host, one.tags, one.interval, None)
        series[kept.id] = kept
        points.extend([(kept.id, _second(at), value) for at, value in one.points])
    return Measured(series, points, [], frozenset(one.host for one in payload.series if one.host))


def measured_v2(payload: PayloadV2) -> Measured:
    """What a v2 payload says; refuses too many points and impossible times."""
    _count(len(one.points) for one in payload.series)
    series: dict[str, Series] = {}
    points: list[tuple[str, int, float]] = []
    hosts: set[str] = set()
    for one in payload.series:
        host, tags = _resources(one)
        kept = _series(one.metric, _KINDS_V2[one.type], host, tags, one.interval, one.unit)
        series[kept.id] = kept
        points.extend([(kept.id, _second(point.timestamp), point.value) for point in one.points])
        if host:
            hosts.add(host)
    return Measured(series, points, [], frozenset(hosts))


def measured_distributions(payload: DistributionPayload) -> Measured:
    """What a payload of distributions says; all values of one second become one summary."""
    _count(1 + len(values) for one in payload.series for _, values in one.points)
    series: dict[str, Series] = {}
    summaries: list[tuple[str, int, Summary]] = []
    for one in payload.series:
        kept = _series(one.metric, "distribution", one.host, one.tags, None, None)
        series[kept.id] = kept
        for at, values in one.points:
            if values:
                summaries.append((kept.id, _second(at), _summary(values)))
    return Measured(series, [], summaries, frozenset(one.host for one in payload.series if one.host))


def _summary(values: Sequence[float]) -> Summary:
    return sum(values), len(values), min(values), max(values)


def _resources(one: SeriesV2) -> tuple[str | None, Iterable[str] | None]:
    if not one.resources:
        return None, one.tags
    host = next((resource.name for resource in one.resources if resource.type == "host"), None)
    others = [f"{r.type}:{r.name}" for r in one.resources if r.type != "host" and r.name]
    return host, [*(one.tags or ()), *others]


def _count(points: Iterable[int]) -> None:
    if sum(points) > MOST_POINTS:
        raise Refused(413, f"At most {MOST_POINTS} points are accepted in one payload")


def _second(at: float) -> int:
    if not 0 <= at <= LATEST:
        raise invalid("Invalid value for 'points': timestamps are in seconds since 1970, before 2100")
    return int(at)


def _series(
    metric: str,
    kind: Kind,
    host: str | None,
    tags: Iterable[str] | None,
    interval_s: int | None,
    unit: str | None,
) -> Series:
    own = f"host:{host}" if host else ""
    return _remembered(metric, kind, (own, *tags) if tags else (own,), interval_s, unit)


@lru_cache(maxsize=20_000)
def _remembered(
    metric: str, kind: Kind, tags: tuple[str, ...], interval_s: int | None, unit: str | None
) -> Series:
    name, kept = metric_as_kept(metric), tags_as_kept(tags)
    return Series(identity(name, kind, *kept).hex, name, kind, interval_s, unit, kept)


def identity(*parts: str) -> UUID:
    """An id computed from what is identified, so that nobody has to look it up."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return UUID(bytes=digest.digest())
