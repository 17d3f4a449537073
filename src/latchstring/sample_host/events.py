"""Events, read with a token: v1 list and get, v2 list, search and get."""

from typing import Any

from latchstring.sample_host.answers import Answer, invalid, missing, ok
from latchstring.sample_host.asked import Asked
from latchstring.sample_host.event_store import StoredEvent, event_by_id, list_events, search_events
from latchstring.sample_host.host import Host
from latchstring.sample_host.pages import (
    SearchAsked,
    SearchBody,
    search_of_body,
    search_of_query,
    searched_page,
)
from latchstring.sample_host.points import LATEST
from latchstring.sample_host.tags import tag_as_kept
from latchstring.sample_host.times import wire_time
from latchstring.storage.database import Row

_PAGE = 1_000
_LONGEST_RANGE_S = 366 * 86_400
Json = dict[str, Any]


async def list_v1(host: Host, asked: Asked) -> Answer:
    """`GET /api/v1/events`: newest first, at most 1 000 a page; `start` and `end` are required."""
    start, end = asked.required_integer("start", most=LATEST), asked.required_integer("end", most=LATEST)
    if end < start or end - start > _LONGEST_RANGE_S:
        raise invalid("Parameter 'end' must not lie before 'start', nor more than a year after it")
    rows = await list_events(
        host.database,
        asked.organization_id,
        from_s=start,
        to_s=end,
        priority=asked.one_of("priority", ("normal", "low", "all"), "all").replace("all", "") or None,
        sources=asked.words("sources"),
        tags=[tag_as_kept(tag) for tag in asked.words("tags")],
        offset=asked.integer("page", 0, most=1_000) * _PAGE,
        limit=_PAGE,
    )
    return ok({"events": [_event_v1(row) for row in rows], "status": "ok"})


async def get_v1(host: Host, asked: Asked) -> Answer:
    """`GET /api/v1/events/{event_id}`."""
    return ok({"event": _event_v1(await _found(host, asked)), "status": "ok"})


async def get_v2(host: Host, asked: Asked) -> Answer:
    """`GET /api/v2/events/{event_id}`."""
    row = await _found(host, asked)
    event = _event_v2(row)
    inner = event["attributes"]["attributes"]
    # One event is documented with fewer attributes than a list of them.
    for name in ("hostname", "source_type_name", "tags", "date_happened", "status"):
        inner.pop(name, None)
    return ok({"data": {**event, "type": "event"}})


async def list_v2(host: Host, asked: Asked) -> Answer:
    """`GET /api/v2/events`."""
    return await _search(host, asked, search_of_query(asked))


async def search_v2(host: Host, asked: Asked) -> Answer:
    """`POST /api/v2/events/search`."""
    body = asked.json_as(SearchBody) if asked.body else SearchBody()
    return await _search(host, asked, search_of_body(body, asked.now))


async def _search(host: Host, asked: Asked, wanted: SearchAsked) -> Answer:
    rows = await search_events(
        host.database,
        asked.organization_id,
        wanted.search,
        from_s=-(-wanted.from_ms // 1000),
        to_s=wanted.to_ms // 1000,
        after=wanted.after,
        ascending=wanted.ascending,
        limit=wanted.limit + 1,
    )
    return ok(searched_page(asked, wanted, rows, _event_v2, len(rows)))


async def _found(host: Host, asked: Asked) -> Row:
    id_ = asked.path_integer("event_id")
    row = None if id_ is None else await event_by_id(host.database, asked.organization_id, id_)
    if row is None:
        raise missing("Event")
    return row


def event_v1_of(event: StoredEvent) -> Json:
    """An event in the shape of v1."""
    return _v1(
        event.id,
        event.at_s,
        event.title,
        event.body,
        event.priority,
        event.alert_type,
        event.host,
        event.source,
        event.device,
        event.tags,
    )


def _event_v1(row: Row) -> Json:
    return _v1(
        row["id"],
        row["at"],
        row["title"],
        row["body"],
        row["priority"],
        row["alert_type"],
        row["host"],
        row["source"],
        row["device"],
        row["tags"],
    )


def _v1(
    id_: int,
    at: int,
    title: str,
    text: str,
    priority: str,
    alert_type: str,
    host: str,
    source: str,
    device: str,
    tags: object,
) -> Json:
    event: Json = {
        "id": id_,
        "id_str": str(id_),
        "title": title,
        "text": text,
        "date_happened": at,
        "priority": priority,
        "alert_type": alert_type,
        "tags": tags,
        "url": f"/event/event?id={id_}",
    }
    given = {"host": host, "source_type_name": source, "device_name": device}
    return event | {name: value for name, value in given.items() if value}


def _event_v2(row: Row) -> Json:
    attributes: Json = {
        "title": row["title"],
        "timestamp": row["at"] * 1000,
        "date_happened": row["at"],
        "priority": row["priority"],
        "status": row["alert_type"],
        "tags": row["tags"],
        "evt": {"id": str(row["id"]), "name": row["title"], "type": row["source"] or "api"},
    }
    given = {
        "hostname": row["host"],
        "source_type_name": row["source"],
        "device_name": row["device"],
        "aggregation_key": row["aggregation_key"],
    }
    attributes |= {name: value for name, value in given.items() if value}
    return {
        "id": str(row["id"]),
        "type": "event",
        "attributes": {
            "attributes": attributes,
            "message": row["body"],
            "tags": row["tags"],
            "timestamp": wire_time(row["at"] * 1000),
        },
    }
