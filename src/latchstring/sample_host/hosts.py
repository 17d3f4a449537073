"""Hosts, read with a token: known from what was submitted in their name."""

from typing import Any

from latchstring.sample_host.answers import Answer, ok
from latchstring.sample_host.asked import Asked
from latchstring.sample_host.host import Host
from latchstring.sample_host.host_store import count_hosts, list_hosts
from latchstring.sample_host.points import LATEST
from latchstring.storage.database import Row

_LISTED_FOR_S = 3 * 3600
_UP_FOR_S = 15 * 60
_COUNTED_FOR_S = 2 * 3600


async def list_v1(host: Host, asked: Asked) -> Answer:
    """`GET /api/v1/hosts`: those seen in the last three hours, or since `from`."""
    now_s = int(asked.now.timestamp())
    name_like = asked.query.get("filter", "").removeprefix("host:")
    since_s = asked.integer("from", now_s - _LISTED_FOR_S, most=LATEST)
    rows = await list_hosts(
        host.database,
        asked.organization_id,
        name_like=name_like,
        since_s=since_s,
        sort=asked.one_of("sort_field", ("name", "last_reported_time", "id"), "name"),
        descending=asked.one_of("sort_dir", ("asc", "desc"), "asc") == "desc",
        offset=asked.integer("start", 0, most=1_000_000),
        limit=asked.integer("count", 100, most=1_000),
    )
    matching = rows[0]["matching"] if rows else await _matching(host, asked, name_like, since_s)
    listed = [_host(row, now_s) for row in rows]
    return ok({"host_list": listed, "total_matching": matching, "total_returned": len(listed)})


async def _matching(host: Host, asked: Asked, name_like: str, since_s: int) -> int:
    return await count_hosts(host.database, asked.organization_id, name_like=name_like, since_s=since_s)


async def totals_v1(host: Host, asked: Asked) -> Answer:
    """`GET /api/v1/hosts/totals`: active since `from` (two hours by default), and up now."""
    now_s = int(asked.now.timestamp())
    since_s = asked.integer("from", now_s - _COUNTED_FOR_S, most=LATEST)
    active = await count_hosts(host.database, asked.organization_id, since_s=since_s)
    up = await count_hosts(host.database, asked.organization_id, since_s=now_s - _UP_FOR_S)
    return ok({"total_active": active, "total_up": up})


def _host(row: Row, now_s: int) -> dict[str, Any]:
    name = row["name"]
    return {
        "id": row["id"],
        "name": name,
        "host_name": name,
        "aliases": [name],
        "apps": [],
        "sources": row["sources"],
        "tags_by_source": {"submitted": [f"host:{name}"]},
        "is_muted": False,
        "mute_timeout": None,
        "up": row["seen_at"] >= now_s - _UP_FOR_S,
        "last_reported_time": row["seen_at"],
        "meta": {},
        "metrics": {},
    }
