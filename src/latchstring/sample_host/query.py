"""The metric query language: `avg:cpu.user{env:prod,!host:db*} by {host}.rollup(max, 60)`. Pure.

Queries may be separated by commas. Aggregators are avg, sum, min and max; a scope combines tags with commas,
AND, OR, NOT (or !), IN and parentheses; functions are rollup, as_count, as_rate and fill(null).
"""

import re
from dataclasses import dataclass
from typing import Literal

from latchstring.sample_host.scope import Everything, Scope, ScopeInvalid, parse_scope

Method = Literal["avg", "sum", "min", "max", "count"]
Shown = Literal["count", "rate"]
LONGEST = 4_000
MOST_QUERIES = 10
#: The most points of one line; a finer rollup is made coarser.
MOST_STEPS = 1_500
_USUAL_STEPS = 300
_STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 86400)
_AGGREGATORS: dict[str, Method] = {"avg": "avg", "sum": "sum", "min": "min", "max": "max"}
_METHODS: dict[str, Method] = {**_AGGREGATORS, "count": "count"}

_HEAD = re.compile(r"\s*(?:([a-z_0-9]+):)?([A-Za-z][A-Za-z0-9_.]*)\s*\{([^{}]*)\}")
_BY = re.compile(r"\s*by\s*\{([^{}]*)\}")
_FUNCTION = re.compile(r"\s*\.\s*([a-z_]+)\(([^()]*)\)")
_GROUP = re.compile(r"[\w./-]{1,200}").fullmatch
_SECONDS = re.compile(r"[1-9][0-9]{0,8}").fullmatch


class QueryInvalid(Exception):
    """The text is not a query; says where or why."""


@dataclass(frozen=True, slots=True)
class Rollup:
    """How the points of a series in one step become one; None: the default for its kind, or the range."""

    method: Method | None = None
    step_s: int | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """One query: points of the metric's series in scope, rolled up in time, then aggregated by group."""

    text: str
    aggregator: Method
    metric: str
    scope_text: str
    scope: Scope
    by: tuple[str, ...]
    rollup: Rollup
    shown_as: Shown | None


def parse_queries(text: str) -> tuple[Query, ...]:
    """The queries of a text.

    Raises:
        QueryInvalid: it is not the language described above.
    """
    if len(text) > LONGEST:
        raise QueryInvalid(f"a query has at most {LONGEST} characters")
    queries: list[Query] = []
    position = 0
    while True:
        query, position = _query(text, position)
        queries.append(query)
        if position == len(text):
            return tuple(queries)
        if text[position] != "," or len(queries) == MOST_QUERIES:
            raise QueryInvalid(
                f"unexpected text at character {position + 1}: {text[position : position + 20]!r}"
            )
        position += 1


def _query(text: str, start: int) -> tuple[Query, int]:
    head = _HEAD.match(text, start)
    if head is None:
        raise QueryInvalid(f"expected aggregator:metric{{scope}} at character {start + 1}")
    aggregator = _AGGREGATORS.get(head[1] or "avg")
    if aggregator is None:
        raise QueryInvalid(f"unknown aggregator '{head[1]}': use avg, sum, min or max")
    position = head.end()
    by: tuple[str, ...] = ()
    if grouping := _BY.match(text, position):
        by, position = _groups(grouping[1]), grouping.end()
    rollup, shown_as, position = _functions(text, position)
    scope_text = head[3].strip()
    query = Query(
        text[start:position].strip(),
        aggregator,
        head[2],
        scope_text,
        _scope(scope_text),
        by,
        rollup,
        shown_as,
    )
    return query, _skip_space(text, position)


def _scope(text: str) -> Scope:
    if text == "":
        return Everything()
    try:
        return parse_scope(text)
    except ScopeInvalid as problem:
        raise QueryInvalid(str(problem)) from None


def _groups(text: str) -> tuple[str, ...]:
    groups = tuple(dict.fromkeys(group.strip().lower() for group in text.split(",")))
    if not all(_GROUP(group) for group in groups) or len(groups) > 10:
        raise QueryInvalid("'by' takes one to ten tag keys")
    return groups


def _functions(text: str, position: int) -> tuple[Rollup, Shown | None, int]:
    rollup, shown_as = Rollup(), None
    while found := _FUNCTION.match(text, position):
        arguments = [argument.strip() for argument in found[2].split(",")] if found[2].strip() else []
        match found[1]:
            case "rollup":
                rollup = _rollup(arguments)
            case "as_count" if not arguments:
                shown_as = "count"
            case "as_rate" if not arguments:
                shown_as = "rate"
            case "fill" if arguments == ["null"]:
                pass
            case name:
                raise QueryInvalid(f"function '{name}({', '.join(arguments)})' is not supported")
        position = found.end()
    return rollup, _shown(shown_as), position


def _shown(word: str | None) -> Shown | None:
    return "count" if word == "count" else "rate" if word == "rate" else None


def _rollup(arguments: list[str]) -> Rollup:
    method: Method | None = None
    if arguments and (method := _METHODS.get(arguments[0])) is not None:
        arguments = arguments[1:]
    if not arguments and method is not None:
        return Rollup(method)
    if len(arguments) != 1 or not _SECONDS(arguments[0]):
        raise QueryInvalid("rollup takes a method (avg, sum, min, max, count), a number of seconds, or both")
    return Rollup(method, int(arguments[0]))


def _skip_space(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def step_of(query: Query, from_s: int, to_s: int) -> int:
    """Seconds of one step: as asked, or what suits the range; never more steps than `MOST_STEPS`."""
    span = max(1, to_s - from_s)
    least = -(-span // MOST_STEPS)
    if query.rollup.step_s is not None:
        return max(query.rollup.step_s, least)
    wanted = -(-span // _USUAL_STEPS)
    return max(least, next((step for step in _STEPS if step >= wanted), _STEPS[-1]))
