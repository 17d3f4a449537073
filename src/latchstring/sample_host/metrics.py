"""Metrics, read with a token: which there are, their tags, and queries."""

from collections.abc import Sequence
from typing import Any

from latchstring.sample_host.answers import Answer, Refused, invalid, missing, ok
from latchstring.sample_host.asked import Asked
from latchstring.sample_host.cursors import cursor, written
from latchstring.sample_host.evaluation import Cell, Known, Line, in_scope, lines
from latchstring.sample_host.host import Host
from latchstring.sample_host.metric_store import (
    active_metrics,
    metric_names,
    metrics_containing,
    rolled_up,
    series_of,
)
from latchstring.sample_host.points import LATEST
from latchstring.sample_host.query import Query, QueryInvalid, parse_queries, step_of
from latchstring.sample_host.tags import tag_as_kept
from latchstring.storage.database import Row

_MOST_NAMES = 10_000
_MOST_SERIES = 5_000
_MOST_CELLS = 200_000
#: How far `seen_at` may lag behind, see `remembered.py`.
_LAG_S = 60


async def list_active(host: Host, asked: Asked) -> Answer:
    """`GET /api/v1/metrics`: what reported since `from`, of a host or with tags when these are given."""
    since_s = asked.required_integer("from", most=LATEST)
    tags = [tag_as_kept(tag) for tag in asked.words("tag_filter")]
    if name := asked.query.get("host"):
        tags.append(tag_as_kept(f"host:{name}"))
    names = await active_metrics(
        host.database, asked.organization_id, since_s=since_s - _LAG_S, tags=tags, limit=_MOST_NAMES
    )
    return ok({"from": str(since_s), "metrics": names})


async def search(host: Host, asked: Asked) -> Answer:
    """`GET /api/v1/search`: metrics by a part of their name."""
    text = asked.required("q").removeprefix("metrics:")
    names = await metrics_containing(host.database, asked.organization_id, text, limit=_MOST_NAMES)
    return ok({"results": {"metrics": names}})


async def metadata(host: Host, asked: Asked) -> Answer:
    """`GET /api/v1/metrics/{metric_name}`."""
    row = (await _known(host, asked))[0]
    told: dict[str, Any] = {"type": row["kind"], "description": "", "short_name": ""}
    if row["unit"]:
        told["unit"] = row["unit"]
    if row["interval_s"]:
        told["statsd_interval"] = row["interval_s"]
    return ok(told)


async def list_v2(host: Host, asked: Asked) -> Answer:
    """`GET /api/v2/metrics`: names in order, with a cursor when `page[size]` is given."""
    limit = asked.optional_integer("page[size]", least=1, most=_MOST_NAMES)
    window_s = asked.integer("window[seconds]", 3600, least=1, most=2_592_000)
    offset = cursor("page[cursor]", text)[0] if (text := asked.query.get("page[cursor]")) else 0
    names = await metric_names(
        host.database,
        asked.organization_id,
        since_s=int(asked.now.timestamp()) - window_s - _LAG_S,
        tags=[tag_as_kept(tag) for tag in asked.words("filter[tags]")],
        offset=offset,
        limit=(limit or _MOST_NAMES) + 1,
    )
    shown = names[: limit or _MOST_NAMES]
    answer: dict[str, Any] = {"data": [{"id": name, "type": "metrics"} for name in shown]}
    if limit is not None:
        following = written((offset + len(shown), 0)) if len(names) > limit else None
        answer["meta"] = {"pagination": {"limit": limit, "next_cursor": following, "type": "cursor_limit"}}
    return ok(answer)


async def all_tags(host: Host, asked: Asked) -> Answer:
    """`GET /api/v2/metrics/{metric_name}/all-tags`."""
    rows = await _known(host, asked)
    tags = sorted({tag for row in rows for tag in row["tags"]})
    name = asked.parameters["metric_name"]
    return ok({"data": {"id": name, "type": "metrics", "attributes": {"tags": tags}}})


async def _known(host: Host, asked: Asked) -> list[Row]:
    name = asked.parameters["metric_name"]
    rows = await series_of(host.database, asked.organization_id, name, limit=_MOST_SERIES)
    if not rows:
        raise missing("Metric")
    return rows


async def query(host: Host, asked: Asked) -> Answer:
    """`GET /api/v1/query`: see `query.py` for the language."""
    from_s, to_s = asked.required_integer("from", most=LATEST), asked.required_integer("to", most=LATEST)
    if to_s < from_s:
        raise invalid("Parameter 'to' must not lie before 'from'")
    text = asked.required("query")
    series: list[dict[str, Any]] = []
    queries = _queries(text)
    for index, one in enumerate(queries):
        series += await _lines_of(host, asked, one, index, from_s, to_s)
    return ok(
        {
            "status": "ok",
            "res_type": "time_series",
            "resp_version": 1,
            "query": text,
            "from_date": from_s * 1000,
            "to_date": to_s * 1000,
            "series": series,
            "group_by": list(dict.fromkeys(key for one in queries for key in one.by)),
            "message": "",
        }
    )


def _queries(text: str) -> tuple[Query, ...]:
    try:
        return parse_queries(text)
    except QueryInvalid as problem:
        raise invalid(f"Invalid query: {problem}") from None


async def _lines_of(
    host: Host, asked: Asked, one: Query, index: int, from_s: int, to_s: int
) -> list[dict[str, Any]]:
    step_s = step_of(one, from_s, to_s)
    known = in_scope(one, await _series(host, asked, one.metric))
    cells = await _cells(host, asked, known, from_s, to_s, step_s) if known else []
    return [_shown(one, index, line, step_s) for line in lines(one, known, cells, step_s)]


async def _series(host: Host, asked: Asked, metric: str) -> list[Known]:
    rows = await series_of(host.database, asked.organization_id, metric, limit=_MOST_SERIES + 1)
    if len(rows) > _MOST_SERIES:
        raise Refused(400, f"The metric has more than {_MOST_SERIES} series")
    return [Known(row["id"], row["kind"], row["interval_s"], frozenset(row["tags"])) for row in rows]


async def _cells(
    host: Host, asked: Asked, known: Sequence[Known], from_s: int, to_s: int, step_s: int
) -> list[Cell]:
    rows = await rolled_up(
        host.database,
        asked.organization_id,
        [one.id for one in known],
        from_s=from_s,
        to_s=to_s,
        step_s=step_s,
        limit=_MOST_CELLS + 1,
    )
    if len(rows) > _MOST_CELLS:
        raise Refused(400, "The query takes too many points: narrow the scope or use a coarser rollup")
    return [Cell(*row) for row in rows]


def _shown(one: Query, index: int, line: Line, step_s: int) -> dict[str, Any]:
    points = [[step * 1000.0, value] for step, value in line.points]
    return {
        "metric": one.metric,
        "display_name": one.metric,
        "expression": _expression(one, line),
        "scope": _scope(one, line),
        "tag_set": list(line.tags),
        "aggr": one.aggregator,
        "query_index": index,
        "interval": step_s,
        "length": len(points),
        "start": line.points[0][0] * 1000,
        "end": (line.points[-1][0] + step_s) * 1000 - 1,
        "pointlist": points,
    }


def _scope(one: Query, line: Line) -> str:
    parts = [*line.tags, *([one.scope_text] if one.scope_text not in ("", "*") else [])]
    return ",".join(parts) or "*"


def _expression(one: Query, line: Line) -> str:
    return f"{one.aggregator}:{one.metric}{{{_scope(one, line)}}}"
