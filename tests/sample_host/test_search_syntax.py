"""The search syntax of logs and events: what it reads, what it finds, and that it never becomes SQL."""

import re
import string
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchstring.sample_host.cursors import place_of, written
from latchstring.sample_host.log_store import SEARCHED
from latchstring.sample_host.search import (
    AllOf,
    AnyOf,
    Anything,
    Compared,
    Field,
    Not,
    SearchInvalid,
    Words,
    parse_search,
)
from latchstring.sample_host.search_sql import Condition, condition


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("", Anything()),
        ("*", Anything()),
        ("timeout", Words(("timeout",))),
        ('"timed out"', Words(("timed out",))),
        ("disk*", Words(("disk", ""))),
        ("service:web", Field("service", ("web",))),
        ('service:"web app"', Field("service", ("web app",))),
        ("host:web-*", Field("host", ("web-", ""))),
        ("a b", AllOf((Words(("a",)), Words(("b",))))),
        ("a AND b", AllOf((Words(("a",)), Words(("b",))))),
        ("a OR b", AnyOf((Words(("a",)), Words(("b",))))),
        ("-a", Not(Words(("a",)))),
        ("NOT status:ok", Not(Field("status", ("ok",)))),
        ("a-b", Words(("a-b",))),
        ("@code:>=500", Compared("@code", ">=", 500.0)),
        ("status:(error OR warn)", AnyOf((Field("status", ("error",)), Field("status", ("warn",))))),
        ("(a)", Words(("a",))),
        ("http://x", Words(("http://x",))),
        (r"a\:b", Words(("a:b",))),
    ],
)
def test_a_search_is_read_into_its_parts(text: str, search: Any) -> None:
    """Terms, fields, quotes, OR, NOT and parentheses mean what people expect."""
    assert parse_search(text) == search


@pytest.mark.parametrize(
    "text", ["(", ")", "a OR", "OR a", '"open', "((((((((((((((((((((((a", "x" * 4001, "a\\"]
)
def test_what_is_not_a_search_is_refused(text: str) -> None:
    """A wrong search is never guessed at."""
    with pytest.raises(SearchInvalid):
        parse_search(text)


@pytest.mark.row("B033")
@given(st.text(alphabet=string.printable + "é\U0001f600", max_size=100))
def test_no_search_becomes_sql(text: str) -> None:
    """Every value is a parameter: the condition itself is made of words of ours alone."""
    try:
        search = parse_search(text)
    except SearchInvalid:
        return
    into = Condition()
    sql = condition(search, SEARCHED, into)
    assert re.fullmatch(r"[a-z_A-Z0-9$#>()\[\]@:,. <=']*", sql)
    assert set(re.findall(r"'([^']*)'", sql)) <= {"number"}
    assert len(set(re.findall(r"\$\d+", sql))) == len(into.parameters)


@given(st.tuples(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1)))
def test_cursors_come_back_as_they_went(place: tuple[int, int]) -> None:
    """A cursor names its place."""
    assert place_of(written(place)) == place


@given(st.text(max_size=30))
def test_any_text_is_a_cursor_or_none(text: str) -> None:
    """What nobody gave out names no place, or a harmless one."""
    place_of(text)


LOGS: list[dict[str, Any]] = [
    {"message": "Payment 100% failed", "service": "pay", "hostname": "p1", "status": "error", "ddtags": "env:prod",
     "http": {"status_code": 502}, "user": "ann"},
    {"message": "payment done", "service": "pay", "hostname": "p2", "status": "info", "ddtags": "env:prod,a:b",
     "http": {"status_code": 200}, "user": "bob"},
    {"message": "started_up", "service": "web", "hostname": "w1", "level": "WARNING", "ddtags": "env:dev"},
]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("*", [0, 1, 2]),
        ("payment", [0, 1]),
        ('"payment done"', [1]),
        ("100%", [0]),
        ("started_up", [2]),
        ("startedXup", []),
        ("service:pay -status:error", [1]),
        ("status:warn", [2]),
        ("status:(error OR warn)", [0, 2]),
        ("host:p*", [0, 1]),
        ("env:prod", [0, 1]),
        ("env:p*", [0, 1]),
        ("-env:prod", [2]),
        ("@http.status_code:>=500", [0]),
        ("@http.status_code:200", [1]),
        ("@user:a*", [0]),
        ("-@user:ann", [1, 2]),
        ("@user:>5", []),
        ("service:web OR @user:bob", [1, 2]),
        ("'; DROP TABLE logs;", []),
    ],
)
async def test_searches_find_the_logs_that_they_say(
    first: httpx.AsyncClient, query: str, found: list[int]
) -> None:
    """Fields, tags, attributes and free text are found, and nothing else."""
    assert (await first.post("/api/v2/logs", json=LOGS)).status_code == 202
    answer = await first.get("/api/v2/logs/events", params={"filter[query]": query})
    messages = [one["attributes"]["message"] for one in answer.json()["data"]]
    assert messages == [LOGS[index]["message"] for index in found]
