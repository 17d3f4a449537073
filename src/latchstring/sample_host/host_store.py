"""The SQL of service checks and hosts."""

from uuid import UUID

from latchstring.sample_host.batches import BETWEEN, columns, hosts_seen
from latchstring.sample_host.checks import CheckRow
from latchstring.storage.database import Database, Row

_WRITE_CHECKS = """
INSERT INTO sample_host.service_checks AS c (organization_id, id, name, host, tags, status, message, at)
SELECT $1, i, n, h, string_to_array(t, E'\\x1f'), s, m, a
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::smallint[], $7::text[], $8::bigint[])
    AS given (i, n, h, t, s, m, a)
ON CONFLICT (organization_id, id) DO UPDATE
SET status = excluded.status, message = excluded.message, at = excluded.at WHERE c.at <= excluded.at
"""
_WRITE_CHECKS_WITH_HOSTS = f"WITH seen_hosts AS ({hosts_seen('checks', 9)}) {_WRITE_CHECKS}"


async def write_checks(
    database: Database, organization_id: UUID, rows: list[CheckRow], hosts: list[tuple[UUID, str, int]]
) -> None:
    """Keep the last word of each check, and say that `hosts` (in order) were seen, in one statement."""
    flat = [(*row[:3], BETWEEN.join(row[3]), *row[4:]) for row in rows]
    if hosts:
        news = columns(hosts, 3)
        await database.fetch(_WRITE_CHECKS_WITH_HOSTS, organization_id, *columns(flat, 7), *news)
    else:
        await database.fetch(_WRITE_CHECKS, organization_id, *columns(flat, 7))


async def list_hosts(
    database: Database,
    organization_id: UUID,
    *,
    name_like: str,
    since_s: int,
    sort: str,
    descending: bool,
    offset: int,
    limit: int,
) -> list[Row]:
    """Hosts seen since `since_s` with `name_like` in their name; `matching` is the count of all."""
    column = {"name": "name", "last_reported_time": "seen_at", "id": "id"}[sort]
    order = f"{column} {'DESC' if descending else 'ASC'}, id"
    return await database.fetch(
        f"""SELECT id, name, sources, first_seen_at, seen_at, count(*) OVER () AS matching
        FROM sample_host.hosts
        WHERE organization_id = $1 AND seen_at >= $2 AND position($3 in lower(name)) > 0
        ORDER BY {order} OFFSET $4 LIMIT $5""",  # noqa: S608 -- the column is one of three words
        organization_id,
        since_s,
        name_like.lower(),
        offset,
        limit,
    )


async def count_hosts(database: Database, organization_id: UUID, *, name_like: str = "", since_s: int) -> int:
    """How many hosts were seen since `since_s` with `name_like` in their name."""
    rows = await database.fetch(
        """SELECT count(*) AS matching FROM sample_host.hosts
        WHERE organization_id = $1 AND seen_at >= $2 AND position($3 in lower(name)) > 0""",
        organization_id,
        since_s,
        name_like.lower(),
    )
    return int(rows[0]["matching"])
