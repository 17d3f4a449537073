"""From rolled-up points to the lines of a graph. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from latchstring.sample_host.query import Method, Query, Shown
from latchstring.sample_host.scope import takes

ABSENT = "N/A"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about a series."""

    id: UUID
    kind: str
    interval_s: int | None
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Cell:
    """The points of one series within one step: sum, count, least and greatest."""

    series_id: UUID
    step: int
    total: float
    samples: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a graph: the tags of its group, and its points (second, value) in order."""

    tags: tuple[str, ...]
    points: tuple[tuple[int, float], ...]


def in_scope(query: Query, series: Iterable[Known]) -> list[Known]:
    """The series that the query's scope takes."""
    return [one for one in series if takes(query.scope, one.tags)]


def lines(query: Query, series: Sequence[Known], cells: Iterable[Cell], step_s: int) -> list[Line]:
    """The lines of the query, in order of their groups."""
    known = {one.id: one for one in series}
    groups = {one.id: group_of(query.by, one.tags) for one in series}
    values: dict[tuple[str, ...], dict[int, list[tuple[float, float]]]] = {}
    for cell in cells:
        one = known[cell.series_id]
        at = values.setdefault(groups[one.id], {}).setdefault(cell.step, [])
        at.append(_in_time(query, one, cell, step_s))
    return [Line(group, _points(query.aggregator, values[group])) for group in sorted(values)]


def _points(
    aggregator: Method, steps: Mapping[int, list[tuple[float, float]]]
) -> tuple[tuple[int, float], ...]:
    return tuple((step, _in_space(aggregator, steps[step])) for step in sorted(steps))


def group_of(by: tuple[str, ...], tags: Iterable[str]) -> tuple[str, ...]:
    """The group of a series: for each key its tags with that key, or `key:N/A`."""
    found: dict[str, list[str]] = {key: [] for key in by}
    for tag in sorted(tags):
        key = tag.partition(":")[0]
        if key in found:
            found[key].append(tag)
    return tuple(tag for key in by for tag in (found[key] or [f"{key}:{ABSENT}"]))


def _in_time(query: Query, series: Known, cell: Cell, step_s: int) -> tuple[float, float]:
    """A series' value within a step, and its weight in an average over series.

    Without a rollup method: the least for `min`, the greatest for `max`, the sum of counts, else the average.
    """
    method = query.rollup.method or _default_method(query.aggregator, series.kind, query.shown_as)
    value = _as_shown(_rolled(method, cell), series, query.shown_as, step_s)
    weight = cell.samples if series.kind == "distribution" and method == "avg" else 1
    return value, weight


def _default_method(aggregator: Method, kind: str, shown_as: Shown | None) -> Method:
    if shown_as is not None:
        return "sum"
    if aggregator in ("min", "max"):
        return aggregator
    return "sum" if kind == "count" or (kind == "distribution" and aggregator == "sum") else "avg"


def _rolled(method: Method, cell: Cell) -> float:
    match method:
        case "avg":
            return cell.total / cell.samples
        case "sum":
            return cell.total
        case "min":
            return cell.low
        case "max":
            return cell.high
        case "count":
            return float(cell.samples)


def _as_shown(value: float, series: Known, shown_as: Shown | None, step_s: int) -> float:
    """Counts as rates are divided by the step, rates as counts multiplied by their own interval."""
    if shown_as == "rate" and series.kind in ("count", "distribution"):
        return value / step_s
    if shown_as == "count" and series.kind == "rate":
        return value * (series.interval_s or 1)
    return value


def _in_space(aggregator: Method, values: Sequence[tuple[float, float]]) -> float:
    match aggregator:
        case "min":
            return min(value for value, _ in values)
        case "max":
            return max(value for value, _ in values)
        case "avg":
            return sum(value * weight for value, weight in values) / sum(weight for _, weight in values)
        case _:
            return sum(value for value, _ in values)
