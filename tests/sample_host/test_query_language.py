"""The metric query language: what it reads, and what it makes of points."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchstring.sample_host.evaluation import Cell, Known, group_of, in_scope, lines
from latchstring.sample_host.query import (
    MOST_STEPS,
    Query,
    QueryInvalid,
    Rollup,
    parse_queries,
    step_of,
)
from latchstring.sample_host.scope import ScopeInvalid, parse_scope, takes

TAGS = frozenset({"env:prod", "host:web-1", "team:core"})


def only(text: str) -> Query:
    (query,) = parse_queries(text)
    return query


def test_a_query_is_read_into_its_parts() -> None:
    """Aggregator, metric, scope, grouping and rollup each find their place."""
    query = only(" max:cpu.user{env:prod,!host:db*} by {host, env}.rollup(avg, 60) ")
    assert (query.aggregator, query.metric, query.by) == ("max", "cpu.user", ("host", "env"))
    assert query.rollup == Rollup("avg", 60)
    assert query.text == "max:cpu.user{env:prod,!host:db*} by {host, env}.rollup(avg, 60)"


def test_queries_are_separated_by_commas() -> None:
    """Commas inside braces and parentheses belong to their query."""
    assert [one.metric for one in parse_queries("avg:a{x:1,y:2}.rollup(sum,60) , b{*}")] == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "avg:",
        "avg:m",
        "p99:m{*}",
        "avg:m{*",
        "avg:m{*} by {}",
        "avg:m{*}.rollup()",
        "avg:m{*}.rollup(avg, 0)",
        "avg:m{*}.anomalies(2)",
        "avg:m{*} + avg:n{*}",
        "avg:m{*},",
        "avg:m{a b}",
        "avg:m{a IN}",
        "avg:m{a IN (}",
        "avg:m{" + "(" * 200 + "a}",
        "avg:1m{*}",
    ],
)
def test_what_is_not_a_query_is_refused_with_a_reason(text: str) -> None:
    """A wrong query is never guessed at."""
    with pytest.raises(QueryInvalid, match=r"\w+"):
        parse_queries(text)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("*", True),
        ("env:prod", True),
        ("ENV:Prod", True),
        ("env:prod,team:core", True),
        ("env:prod,team:edge", False),
        ("!env:prod", False),
        ("NOT env:dev", True),
        ("host:web-*", True),
        ("host:*-1", True),
        ("host:w*b*2", False),
        ("env:dev OR team:core", True),
        ("env:prod AND (team:edge OR team:core)", True),
        ("env IN (dev, prod)", True),
        ("env NOT IN (dev, prod)", False),
    ],
)
def test_a_scope_takes_the_series_that_it_says(scope: str, expected: bool) -> None:
    """Tags combine with commas, AND, OR, NOT, IN and wildcards."""
    assert takes(parse_scope(scope), TAGS) is expected


@given(st.text(max_size=200))
def test_any_text_is_a_query_or_refused(text: str) -> None:
    """No text makes the parser fail in another way."""
    try:
        parse_queries(text)
    except QueryInvalid:
        return


@given(st.text(alphabet='ab:*!(),{} "ANDORNOTIN', max_size=80))
def test_any_text_is_a_scope_or_refused(text: str) -> None:
    """No text makes the parser fail in another way, and what it reads can be asked."""
    try:
        takes(parse_scope(text), TAGS)
    except ScopeInvalid:
        return


names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


@given(
    st.sampled_from(["avg", "sum", "min", "max"]),
    names,
    st.lists(st.tuples(names, names), max_size=3),
    st.lists(names, unique=True, max_size=3),
    st.integers(1, 86_400),
)
def test_what_is_written_is_read(
    aggregator: str, metric: str, tags: list[tuple[str, str]], by: list[str], step: int
) -> None:
    """A query written by the rules is read back part by part."""
    scope = ",".join(f"{key}:{value}" for key, value in tags) or "*"
    grouping = f" by {{{','.join(by)}}}" if by else ""
    query = only(f"{aggregator}:{metric}{{{scope}}}{grouping}.rollup({aggregator}, {step})")
    assert (query.aggregator, query.metric, query.by, query.rollup.step_s) == (
        aggregator,
        metric,
        tuple(by),
        step,
    )
    assert takes(query.scope, frozenset(f"{key}:{value}" for key, value in tags))


@given(st.integers(0, 4_102_444_800), st.integers(0, 4_102_444_800), st.none() | st.integers(1, 86_400))
def test_a_line_never_has_more_points_than_the_limit(start: int, length: int, asked: int | None) -> None:
    """Too fine a rollup is made coarser."""
    rollup = f".rollup({asked})" if asked else ""
    step = step_of(only(f"avg:m{{*}}{rollup}"), start, start + length)
    assert length / step <= MOST_STEPS
    assert asked is None or step >= asked


def test_series_without_the_tag_are_a_group_of_their_own() -> None:
    """Nothing disappears from a graph for lack of a tag."""
    assert group_of(("env", "zone"), ["env:prod", "env:dev"]) == ("env:dev", "env:prod", "zone:N/A")


values = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8)


@given(st.lists(values, min_size=1, max_size=6))
def test_aggregates_are_those_of_the_points(series: list[list[float]]) -> None:
    """min, max and sum over one step are those of all points, and avg of the series' averages."""
    known = [Known(uuid4(), "gauge", None, frozenset({f"host:{index}"})) for index in range(len(series))]
    cells = [
        Cell(one.id, 60, sum(points), len(points), min(points), max(points))
        for one, points in zip(known, series, strict=True)
    ]

    def value(aggregator: str, method: str) -> float:
        query = only(f"{aggregator}:m{{*}}.rollup({method}, 60)")
        (line,) = lines(query, in_scope(query, known), cells, 60)
        return line.points[0][1]

    averages = [sum(points) / len(points) for points in series]
    assert value("min", "min") == min(min(points) for points in series)
    assert value("max", "max") == max(max(points) for points in series)
    assert value("sum", "sum") == pytest.approx(sum(sum(points) for points in series), abs=1e-3)
    assert value("avg", "avg") == pytest.approx(sum(averages) / len(averages), abs=1e-3)


def test_groups_have_a_line_each() -> None:
    """Series that share a group become one line."""
    known = [
        Known(uuid4(), "count", 10, frozenset({"env:prod", "host:a"})),
        Known(uuid4(), "count", 10, frozenset({"env:prod", "host:b"})),
        Known(uuid4(), "count", 10, frozenset({"env:dev", "host:c"})),
    ]
    cells = [Cell(one.id, step, 6.0, 2, 2.0, 4.0) for one in known for step in (0, 60)]
    query = only("sum:m{*} by {env}")
    assert [(line.tags, line.points) for line in lines(query, known, cells, 60)] == [
        (("env:dev",), ((0, 6.0), (60, 6.0))),
        (("env:prod",), ((0, 12.0), (60, 12.0))),
    ]
    rate = only("sum:m{env:dev}.as_rate()")
    assert lines(rate, known[2:], cells[4:], 60)[0].points == ((0, 0.1), (60, 0.1))
