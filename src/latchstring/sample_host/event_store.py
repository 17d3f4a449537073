"""The SQL of events: many written in one round trip, looked up by id, and searched."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from latchstring.sample_host.batches import BETWEEN, columns, hosts_seen
from latchstring.sample_host.cursors import Place
from latchstring.sample_host.search import Search
from latchstring.sample_host.search_sql import Condition, Searched, condition
from latchstring.storage.database import Database, Row

SEARCHED = Searched(
    columns={
        "host": "host",
        "source": "source",
        "status": "alert_type",
        "priority": "priority",
        "title": "title",
        "message": "body",
        "aggregation_key": "aggregation_key",
    },
    text="(title || ' ' || body)",
    tags="tags",
)
_COLUMNS = (
    "at, id, title, body, priority, alert_type, host, source, device, aggregation_key, related_event_id, tags"
)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as it is kept; `at_s` in seconds since 1970."""

    organization_id: UUID
    id: int
    at_s: int
    title: str
    body: str
    priority: str
    alert_type: str
    host: str
    source: str
    device: str
    aggregation_key: str
    related_event_id: int | None
    tags: tuple[str, ...]


_WRITE = """
INSERT INTO sample_host.events (organization_id, id, at, title, body, priority, alert_type, host, source,
    device, aggregation_key, related_event_id, tags)
SELECT o, i, a, t, b, p, k, h, s, d, g, r, string_to_array(x, E'\\x1f')
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[], $13::text[])
    AS given (o, i, a, t, b, p, k, h, s, d, g, r, x)
"""
_WRITE_WITH_HOSTS = f"WITH seen_hosts AS ({hosts_seen('events', 14)}) {_WRITE}"


async def write_events(
    database: Database, events: Sequence[StoredEvent], hosts: list[tuple[UUID, str, int]]
) -> None:
    """Write the events, and say that `hosts` (in order) were seen, in one statement."""
    rows = [
        (
            event.organization_id,
            event.id,
            event.at_s,
            event.title,
            event.body,
            event.priority,
            event.alert_type,
            event.host,
            event.source,
            event.device,
            event.aggregation_key,
            event.related_event_id,
            BETWEEN.join(event.tags),
        )
        for event in events
    ]
    if hosts:
        await database.fetch(_WRITE_WITH_HOSTS, *columns(rows, 13), *columns(hosts, 3))
    else:
        await database.fetch(_WRITE, *columns(rows, 13))


async def event_by_id(database: Database, organization_id: UUID, id_: int) -> Row | None:
    """The event with that id, or None."""
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM sample_host.events WHERE organization_id = $1 AND id = $2",  # noqa: S608
        organization_id,
        id_,
    )
    return rows[0] if rows else None


async def list_events(
    database: Database,
    organization_id: UUID,
    *,
    from_s: int,
    to_s: int,
    priority: str | None,
    sources: Sequence[str],
    tags: Sequence[str],
    offset: int,
    limit: int,
) -> list[Row]:
    """At most `limit` events in [from_s, to_s], newest first, of any of `sources`, with all of `tags`."""
    return await database.fetch(
        f"""SELECT {_COLUMNS} FROM sample_host.events
        WHERE organization_id = $1 AND at BETWEEN $2 AND $3 AND ($4::text IS NULL OR priority = $4)
        AND (cardinality($5::text[]) = 0 OR source = ANY($5)) AND tags @> $6
        ORDER BY at DESC, id DESC OFFSET $7 LIMIT $8""",  # noqa: S608
        organization_id,
        from_s,
        to_s,
        priority,
        list(sources),
        list(tags),
        offset,
        limit,
    )


async def search_events(
    database: Database,
    organization_id: UUID,
    search: Search,
    *,
    from_s: int,
    to_s: int,
    after: Place | None,
    ascending: bool,
    limit: int,
) -> list[Row]:
    """At most `limit` events in [from_s, to_s] in order of time, beyond the place `after`."""
    into = Condition([organization_id, from_s, to_s, limit])
    found = condition(search, SEARCHED, into)
    order, beyond = ("ASC", ">") if ascending else ("DESC", "<")
    if after is not None:
        at, id_ = into.parameter(after[0]), into.parameter(after[1])
        found = f"({found}) AND (at, id) {beyond} ({at}::bigint, {id_}::bigint)"
    return await database.fetch(
        f"""SELECT {_COLUMNS} FROM sample_host.events
        WHERE organization_id = $1 AND at BETWEEN $2 AND $3 AND ({found})
        ORDER BY at {order}, id {order} LIMIT $4""",  # noqa: S608 -- values are parameters, see `search_sql`
        *into.parameters,
    )
