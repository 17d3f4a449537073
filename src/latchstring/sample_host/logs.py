"""Search of logs (v2), with a token."""

from typing import Any

from latchstring.sample_host.answers import Answer, ok
from latchstring.sample_host.asked import Asked
from latchstring.sample_host.cursors import written
from latchstring.sample_host.host import Host
from latchstring.sample_host.log_store import search_logs
from latchstring.sample_host.pages import (
    SearchAsked,
    SearchBody,
    search_of_body,
    search_of_query,
    searched_page,
)
from latchstring.sample_host.times import wire_time
from latchstring.storage.database import Row


async def list_v2(host: Host, asked: Asked) -> Answer:
    """`GET /api/v2/logs/events`."""
    return await _search(host, asked, search_of_query(asked))


async def search_v2(host: Host, asked: Asked) -> Answer:
    """`POST /api/v2/logs/events/search`."""
    body = asked.json_as(SearchBody) if asked.body else SearchBody()
    return await _search(host, asked, search_of_body(body, asked.now))


async def _search(host: Host, asked: Asked, wanted: SearchAsked) -> Answer:
    rows = await search_logs(
        host.database,
        asked.organization_id,
        wanted.search,
        from_ms=wanted.from_ms,
        to_ms=wanted.to_ms,
        after=wanted.after,
        ascending=wanted.ascending,
        limit=wanted.limit + 1,
    )
    return ok(searched_page(asked, wanted, rows, _log, rows[0]["matching"] if rows else 0))


def _log(row: Row) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "timestamp": wire_time(row["at"]),
        "status": row["status"],
        "message": row["message"],
        "tags": [*row["tags"], f"source:{row['source']}"] if row["source"] else row["tags"],
        "attributes": row["attributes"],
    }
    given = {"host": row["host"], "service": row["service"]}
    attributes |= {name: value for name, value in given.items() if value}
    return {"id": written((row["at"], row["id"])), "type": "log", "attributes": attributes}
