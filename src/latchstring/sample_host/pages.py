"""Searches by time with cursors, as logs and events of v2 take and answer them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import msgspec
from msgspec import Meta

from latchstring.sample_host.answers import invalid
from latchstring.sample_host.asked import Asked
from latchstring.sample_host.cursors import Place, cursor, written
from latchstring.sample_host.search import LONGEST, Search, SearchInvalid, parse_search
from latchstring.sample_host.times import instant
from latchstring.storage.database import Row

_USUAL_LIMIT = 10
_MOST = 1_000
Sort = Literal["timestamp", "-timestamp"]
Time = Annotated[str, Meta(max_length=64)]


class SearchFilter(msgspec.Struct):
    """`filter` of a search's body."""

    query: Annotated[str, Meta(max_length=LONGEST)] | None = None
    from_: Time | None = msgspec.field(default=None, name="from")
    to: Time | None = None
    indexes: Annotated[list[str], Meta(max_length=100)] | None = None
    storage_tier: str | None = None


class SearchPage(msgspec.Struct):
    """`page` of a search's body."""

    cursor: Annotated[str, Meta(max_length=100)] | None = None
    limit: Annotated[int, Meta(ge=1, le=_MOST)] | None = None


class SearchOptions(msgspec.Struct):
    """`options` of a search's body: read, but times are always in UTC."""

    timezone: str | None = None
    time_offset: int | None = msgspec.field(default=None, name="timeOffset")


class SearchBody(msgspec.Struct):
    """The body of a search."""

    filter: SearchFilter | None = None
    page: SearchPage | None = None
    sort: Sort | None = None
    options: SearchOptions | None = None


@dataclass(frozen=True, slots=True)
class SearchAsked:
    """What is searched for, from when to when, in which order, from where on, and how many."""

    search: Search
    from_ms: int
    to_ms: int
    ascending: bool
    after: Place | None
    limit: int


def search_of_body(body: SearchBody, now: datetime) -> SearchAsked:
    """The search that a body asks for; the last 15 minutes when it doesn't say."""
    filter_, page = body.filter or SearchFilter(), body.page or SearchPage()
    return _asked(
        filter_.query,
        filter_.from_,
        filter_.to,
        body.sort,
        page.cursor,
        page.limit or _USUAL_LIMIT,
        now,
    )


def search_of_query(asked: Asked) -> SearchAsked:
    """The search that a query string asks for; the last 15 minutes when it doesn't say."""
    given = asked.query.get
    return _asked(
        given("filter[query]"),
        given("filter[from]"),
        given("filter[to]"),
        asked.one_of("sort", ("timestamp", "-timestamp"), "timestamp"),
        given("page[cursor]"),
        asked.integer("page[limit]", _USUAL_LIMIT, least=1, most=_MOST),
        asked.now,
    )


def _asked(
    query: str | None,
    from_: str | None,
    to: str | None,
    sort: str | None,
    after: str | None,
    limit: int,
    now: datetime,
) -> SearchAsked:
    from_ms = instant("filter[from]", from_ or "now-15m", now)
    to_ms = instant("filter[to]", to or "now", now)
    if to_ms < from_ms:
        raise invalid("Parameter 'filter[to]' must not lie before 'filter[from]'")
    place = cursor("page[cursor]", after) if after else None
    return SearchAsked(searched(query or ""), from_ms, to_ms, sort != "-timestamp", place, limit)


def searched(query: str) -> Search:
    """The search written as `query`; refuses what isn't one."""
    try:
        return parse_search(query)
    except SearchInvalid as problem:
        raise invalid(f"Invalid query: {problem}") from None


def searched_page(
    asked: Asked, wanted: SearchAsked, rows: Sequence[Row], shape: Callable[[Row], dict[str, Any]], found: int
) -> dict[str, Any]:
    """The answer to a search that `found` at most one more than the page holds; `rows` are the first of them."""
    shown = rows[: wanted.limit]
    answer: dict[str, Any] = {"data": [shape(row) for row in shown], "meta": {"status": "done", "elapsed": 0}}
    if found > len(shown):
        after = written((shown[-1]["at"], shown[-1]["id"]))
        answer["meta"]["page"] = {"after": after}
        answer["links"] = {"next": f"{asked.path}?{urlencode({**asked.query, 'page[cursor]': after})}"}
    return answer
