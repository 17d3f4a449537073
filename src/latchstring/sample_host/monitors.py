"""Monitors (v1), with a token: create, list, get, update, delete, search. Nothing evaluates them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from latchstring.sample_host.answers import Answer, Refused, invalid, missing, ok
from latchstring.sample_host.asked import Asked
from latchstring.sample_host.host import Host
from latchstring.sample_host.monitor_document import Changed, changed_document, new_document
from latchstring.sample_host.monitor_store import (
    delete_monitors,
    existing_monitors,
    insert_monitor,
    list_monitors,
    lock_monitor,
    monitor_by_id,
    replace_monitor,
    search_monitors,
)
from latchstring.sample_host.pages import searched
from latchstring.sample_host.people_store import handles_of
from latchstring.storage.database import Row

#: Few enough to list all at once, as clients may ask.
_MOST_MONITORS = 1_000
_STATE = "No Data"
_GROUP_STATES = ("all", "alert", "warn", "no data", "ok", "ignored", "skipped", "unknown")
Json = dict[str, Any]
Handles = Mapping[UUID, tuple[str, str]]


async def create(host: Host, asked: Asked) -> Answer:
    """`POST /api/v1/monitor`."""
    document = new_document(asked.json_as(Changed))
    row = await insert_monitor(
        host.database,
        asked.organization_id,
        document,
        creator_id=asked.user_id,
        now=asked.now,
        most=_MOST_MONITORS,
    )
    if row is None:
        raise Refused(400, f"An organization has at most {_MOST_MONITORS} monitors")
    return ok(await _shown(host, asked, row))


async def validate(_: Host, asked: Asked) -> Answer:
    """`POST /api/v1/monitor/validate`."""
    new_document(asked.json_as(Changed))
    return ok({})


async def validate_existing(host: Host, asked: Asked) -> Answer:
    """`POST /api/v1/monitor/{monitor_id}/validate`."""
    row = await _found(host, asked)
    changed_document(row["document"], asked.json_as(Changed))
    return ok({})


async def get(host: Host, asked: Asked) -> Answer:
    """`GET /api/v1/monitor/{monitor_id}`."""
    _check_group_states(asked)
    return ok(await _shown(host, asked, await _found(host, asked)))


async def update(host: Host, asked: Asked) -> Answer:
    """`PUT /api/v1/monitor/{monitor_id}`: the fields that are sent replace the former ones."""
    sent = asked.json_as(Changed)
    id_ = asked.path_integer("monitor_id")
    async with host.database.transaction() as tx:
        row = None if id_ is None else await lock_monitor(tx, asked.organization_id, id_)
        if row is None or id_ is None:
            raise missing("Monitor")
        document = changed_document(row["document"], sent)
        replaced = await replace_monitor(tx, asked.organization_id, id_, document, now=asked.now)
    return ok(await _shown(host, asked, replaced or row))


async def delete(host: Host, asked: Asked) -> Answer:
    """`DELETE /api/v1/monitor/{monitor_id}`."""
    id_ = asked.path_integer("monitor_id")
    if id_ is None or not await delete_monitors(host.database, asked.organization_id, [id_]):
        raise missing("Monitor")
    return ok({"deleted_monitor_id": id_})


async def can_delete(host: Host, asked: Asked) -> Answer:
    """`GET /api/v1/monitor/can_delete`: nothing here depends on a monitor, so what exists can be deleted."""
    asked.required("monitor_ids")
    words = asked.words("monitor_ids")
    if len(words) > 1_000 or not all(word.isascii() and word.isdigit() and len(word) < 19 for word in words):
        raise invalid("Parameter 'monitor_ids' takes at most 1000 ids, separated by commas")
    ids = {int(word) for word in words}
    found = await existing_monitors(host.database, asked.organization_id, sorted(ids))
    if len(found) < len(ids):
        raise missing("Monitor")
    return ok({"data": {"ok": found}, "errors": None})


async def list_v1(host: Host, asked: Asked) -> Answer:
    """`GET /api/v1/monitor`: all, or a page when `page`, `page_size` or `id_offset` is given."""
    _check_group_states(asked)
    paged = any(name in asked.query for name in ("page", "page_size", "id_offset"))
    size = asked.integer("page_size", 100, least=1, most=1_000)
    rows = await list_monitors(
        host.database,
        asked.organization_id,
        name_like=asked.query.get("name", ""),
        tags=asked.words("monitor_tags"),
        scopes=asked.words("tags"),
        above_id=asked.integer("id_offset", 0),
        offset=asked.integer("page", 0, most=1_000_000) * size,
        limit=size if paged else _MOST_MONITORS,
    )
    handles = await _handles(host, asked, rows)
    return ok([_monitor(row, handles) for row in rows])


async def search(host: Host, asked: Asked) -> Answer:
    """`GET /api/v1/monitor/search`: `type:`, `status:`, `tag:` and words of the name."""
    page = asked.integer("page", 0, most=1_000_000)
    size = asked.integer("per_page", 30, least=1, most=1_000)
    query = searched(asked.query.get("query", "").replace("tag:", ""))
    found = await search_monitors(host.database, asked.organization_id, query, _MOST_MONITORS)
    rows = _in_order(found, asked)
    shown = rows[page * size : (page + 1) * size]
    handles = await _handles(host, asked, shown)
    pages = {"page": page, "per_page": size, "page_count": -(-len(rows) // size), "total_count": len(rows)}
    return ok(
        {"monitors": [_result(row, handles) for row in shown], "metadata": pages, "counts": _counts(rows)}
    )


def _in_order(rows: Sequence[Row], asked: Asked) -> Sequence[Row]:
    name, _, direction = asked.query.get("sort", "name,asc").partition(",")
    columns = {"name": "name", "title": "name", "type": "kind", "id": "id", "created": "created_at"}
    if name not in (*columns, "status") or direction not in ("", "asc", "desc"):
        raise invalid("Parameter 'sort' takes name, status, type or id, and asc or desc after a comma")
    if name == "status":
        return rows
    return sorted(rows, key=lambda row: row[columns[name]], reverse=direction == "desc")


def _counts(rows: Sequence[Row]) -> Json:
    return {
        "status": _counted([_STATE] * len(rows)),
        "muted": _counted([False] * len(rows)),
        "type": _counted([row["kind"] for row in rows]),
        "tag": _counted([tag for row in rows for tag in row["tags"]]),
    }


def _counted(values: Sequence[object]) -> list[Json]:
    return [{"name": name, "count": count} for name, count in Counter(values).most_common(100)]


def _check_group_states(asked: Asked) -> None:
    """Monitors have no groups as nothing evaluates them, but a misspelt state is told."""
    for state in asked.words("group_states"):
        if state.lower() not in _GROUP_STATES:
            raise invalid(f"Parameter 'group_states' takes: {', '.join(_GROUP_STATES)}")


async def _found(host: Host, asked: Asked) -> Row:
    id_ = asked.path_integer("monitor_id")
    row = None if id_ is None else await monitor_by_id(host.database, asked.organization_id, id_)
    if row is None:
        raise missing("Monitor")
    return row


async def _handles(host: Host, asked: Asked, rows: Sequence[Row]) -> Handles:
    creators = {row["creator_id"] for row in rows if row["creator_id"]}
    return await handles_of(host.database, asked.organization_id, sorted(creators)) if creators else {}


async def _shown(host: Host, asked: Asked, row: Row) -> Json:
    return _monitor(row, await _handles(host, asked, [row]))


def _creator(row: Row, handles: Handles) -> Json:
    email, name = handles.get(row["creator_id"], ("", ""))
    return {"email": email, "handle": email, "name": name or None}


def _monitor(row: Row, handles: Handles) -> Json:
    document = row["document"]
    return {
        "id": row["id"],
        **document,
        "multi": " by {" in document["query"],
        "created": row["created_at"],
        "created_at": int(row["created_at"].timestamp() * 1000),
        "modified": row["modified_at"],
        "deleted": None,
        "creator": _creator(row, handles),
        "overall_state": _STATE,
        "overall_state_modified": None,
        "matching_downtimes": [],
        "state": {"groups": {}},
    }


def _result(row: Row, handles: Handles) -> Json:
    return {
        "id": row["id"],
        "name": row["name"],
        "type": row["kind"],
        "query": row["query"],
        "tags": row["tags"],
        "status": _STATE,
        "classification": row["kind"].removesuffix(" alert"),
        "creator": _creator(row, handles),
        "last_triggered_ts": None,
        "metrics": [],
        "notifications": [],
        "scopes": [],
    }
