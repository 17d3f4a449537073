"""The SQL of logs: many payloads written in one round trip, and search."""

from dataclasses import dataclass
from uuid import UUID

from latchstring.sample_host.batches import BETWEEN, columns, hosts_seen
from latchstring.sample_host.cursors import Place
from latchstring.sample_host.log_lines import LogLine
from latchstring.sample_host.search import Search
from latchstring.sample_host.search_sql import Condition, Searched, condition
from latchstring.storage.database import Database, Row

SEARCHED = Searched(
    columns={
        "service": "service",
        "host": "host",
        "status": "status",
        "source": "source",
        "message": "message",
    },
    text="message",
    tags="tags",
    attributes="attributes",
)

#: A page of logs ends early with the log that takes it beyond this.
_PAGE_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class LogBatch:
    """The logs that an organization sent in one payload, at `now_s` in epoch seconds."""

    organization_id: UUID
    lines: list[LogLine]
    now_s: int


_WRITE = """
INSERT INTO sample_host.logs (organization_id, at, host, service, source, status, message, tags, attributes)
SELECT o, a, h, sv, so, st, m, string_to_array(t, E'\\x1f'), d
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::jsonb[]) AS given (o, a, h, sv, so, st, m, t, d)
"""
_WRITE_WITH_HOSTS = f"WITH seen_hosts AS ({hosts_seen('logs', 10)}) {_WRITE}"


async def write_logs(database: Database, batches: list[LogBatch], hosts: list[tuple[UUID, str, int]]) -> None:
    """Write all logs of the batches, and say that `hosts` (in order) were seen, in one statement."""
    rows = [
        (
            batch.organization_id,
            line.at_ms,
            line.host,
            line.service,
            line.source,
            line.status,
            line.message,
            BETWEEN.join(line.tags),
            line.attributes,
        )
        for batch in batches
        for line in batch.lines
    ]
    if hosts:
        await database.fetch(_WRITE_WITH_HOSTS, *columns(rows, 9), *columns(hosts, 3))
    else:
        await database.fetch(_WRITE, *columns(rows, 9))


async def search_logs(
    database: Database,
    organization_id: UUID,
    search: Search,
    *,
    from_ms: int,
    to_ms: int,
    after: Place | None,
    ascending: bool,
    limit: int,
) -> list[Row]:
    """At most `limit` logs in [from_ms, to_ms] in order of time, beyond the place `after`.

    Fewer when they are large; each row has in `matching` how many there would be.
    """
    into = Condition([organization_id, from_ms, to_ms, limit])
    found = condition(search, SEARCHED, into)
    order, beyond = ("ASC", ">") if ascending else ("DESC", "<")
    if after is not None:
        at, id_ = into.parameter(after[0]), into.parameter(after[1])
        found = f"({found}) AND (at, id) {beyond} ({at}::bigint, {id_}::bigint)"
    return await database.fetch(
        f"""SELECT * FROM (
            SELECT *, count(*) OVER () AS matching,
                sum(octet_length(message) + octet_length(attributes::text)) OVER (
                    ORDER BY at {order}, id {order} ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW) AS before
            FROM (
                SELECT at, id, host, service, source, status, message, tags, attributes FROM sample_host.logs
                WHERE organization_id = $1 AND at BETWEEN $2 AND $3 AND ({found})
                ORDER BY at {order}, id {order} LIMIT $4
            ) page
        ) measured WHERE coalesce(before, 0) < {_PAGE_BYTES} ORDER BY at {order}, id {order}""",  # noqa: S608
        *into.parameters,
    )
