"""The SQL of metrics: many payloads written in one round trip; what is known of series; points of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from latchstring.sample_host.batches import BETWEEN, columns, hosts_seen
from latchstring.sample_host.points import Measured, Series
from latchstring.sample_host.remembered import Remembered
from latchstring.storage.database import Database, Row


@dataclass(frozen=True, slots=True)
class Submission:
    """What an organization submitted at `now_s`, in epoch seconds."""

    organization_id: UUID
    measured: Measured
    now_s: int


_SERIES = """
INSERT INTO sample_host.series (organization_id, id, metric, kind, interval_s, unit, tags, seen_at)
SELECT o, i, m, k, s, u, string_to_array(t, E'\\x1f'), a
FROM unnest($5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::bigint[], $10::text[],
    $11::text[], $12::bigint[]) AS given (o, i, m, k, s, u, t, a)
ON CONFLICT (organization_id, id) DO UPDATE
SET seen_at = excluded.seen_at, interval_s = excluded.interval_s, unit = excluded.unit
"""
_SUMMARIES = """
INSERT INTO sample_host.distributions (organization_id, series_id, at, value, samples, low, high)
SELECT * FROM unnest(
    $16::uuid[], $17::uuid[], $18::bigint[], $19::float8[], $20::bigint[], $21::float8[], $22::float8[])
ON CONFLICT (organization_id, series_id, at) DO UPDATE
SET value = excluded.value, samples = excluded.samples, low = excluded.low, high = excluded.high
"""
#: Most batches hold nothing but points of series that are known already.
_WRITE_POINTS = """
INSERT INTO sample_host.points (organization_id, series_id, at, value)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::float8[])
ON CONFLICT (organization_id, series_id, at) DO UPDATE SET value = excluded.value
"""
_WRITE_ALL = f"""
WITH seen_series AS ({_SERIES}), seen_hosts AS ({hosts_seen("metrics", 13)}), summaries AS ({_SUMMARIES})
{_WRITE_POINTS}"""


class MetricWriter:
    """Writes many submissions at once, naming series and hosts again only once a minute."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._series: Remembered[tuple[UUID, str]] = Remembered()
        self._hosts: Remembered[tuple[UUID, str]] = Remembered()

    async def write(self, submissions: list[Submission]) -> list[None]:
        """One statement for all; of two values for the same series and second, the later one stays."""
        minute = submissions[-1].now_s // 60
        series = self._unnamed_series(submissions, minute)
        hosts = self._unnamed_hosts(submissions, minute)
        points, summaries = _point_columns(submissions), _summary_columns(submissions)
        if series or hosts or summaries[0]:
            news = (*_series_columns(series, minute * 60), *_host_columns(hosts, minute * 60))
            await self._database.fetch(_WRITE_ALL, *points, *news, *summaries)
        else:
            await self._database.fetch(_WRITE_POINTS, *points)
        self._series.remember(series, minute)
        self._hosts.remember(hosts, minute)
        return [None] * len(submissions)

    def _unnamed_series(
        self, submissions: Sequence[Submission], minute: int
    ) -> dict[tuple[UUID, str], Series]:
        known = self._series.known
        return {
            key: series
            for one in submissions
            for id_, series in one.measured.series.items()
            if not known(key := (one.organization_id, id_), minute)
        }

    def _unnamed_hosts(self, submissions: Sequence[Submission], minute: int) -> dict[tuple[UUID, str], None]:
        known = self._hosts.known
        return {
            key: None
            for one in submissions
            for host in one.measured.hosts
            if not known(key := (one.organization_id, host), minute)
        }


# Rows go in sorted by key, so that two processes that write the same rows take their locks in the same order.


def _series_columns(series: dict[tuple[UUID, str], Series], now_s: int) -> list[list[object]]:
    rows = [
        (key[0], one.id, one.metric, one.kind, one.interval_s, one.unit, BETWEEN.join(one.tags), now_s)
        for key, one in sorted(series.items(), key=lambda item: item[0])
    ]
    return columns(rows, 8)


def _host_columns(hosts: dict[tuple[UUID, str], None], now_s: int) -> list[list[object]]:
    return columns([(*key, now_s) for key in sorted(hosts)], 3)


def _point_columns(submissions: Sequence[Submission]) -> list[list[object]]:
    latest = {
        (one.organization_id, id_, at): value for one in submissions for id_, at, value in one.measured.points
    }
    return columns([(*key, value) for key, value in sorted(latest.items())], 4)


def _summary_columns(submissions: Sequence[Submission]) -> list[list[object]]:
    latest = {
        (one.organization_id, id_, at): summary
        for one in submissions
        for id_, at, summary in one.measured.distributions
    }
    return columns([(*key, *summary) for key, summary in sorted(latest.items())], 7)


async def active_metrics(
    database: Database, organization_id: UUID, *, since_s: int, tags: Sequence[str], limit: int
) -> list[str]:
    """The names of the metrics that something arrived for since `since_s`, with all of `tags` on a series."""
    rows = await database.fetch(
        """SELECT DISTINCT metric FROM sample_host.series
        WHERE organization_id = $1 AND seen_at >= $2 AND tags @> $3 ORDER BY metric LIMIT $4""",
        organization_id,
        since_s,
        list(tags),
        limit,
    )
    return [row["metric"] for row in rows]


async def metric_names(
    database: Database, organization_id: UUID, *, tags: Sequence[str], since_s: int, offset: int, limit: int
) -> list[str]:
    """At most `limit` names of metrics in order, without the first `offset`, that something arrived for."""
    rows = await database.fetch(
        """SELECT DISTINCT metric FROM sample_host.series WHERE organization_id = $1 AND seen_at >= $2
        AND tags @> $3 ORDER BY metric OFFSET $4 LIMIT $5""",
        organization_id,
        since_s,
        list(tags),
        offset,
        limit,
    )
    return [row["metric"] for row in rows]


async def metrics_containing(
    database: Database, organization_id: UUID, text: str, *, limit: int
) -> list[str]:
    """The names of metrics with `text` in them."""
    rows = await database.fetch(
        """SELECT DISTINCT metric FROM sample_host.series
        WHERE organization_id = $1 AND position($2 in lower(metric)) > 0 ORDER BY metric LIMIT $3""",
        organization_id,
        text.lower(),
        limit,
    )
    return [row["metric"] for row in rows]


async def series_of(database: Database, organization_id: UUID, metric: str, *, limit: int) -> list[Row]:
    """The series of a metric: id, kind, interval_s, unit, tags."""
    return await database.fetch(
        """SELECT id, kind, interval_s, unit, tags FROM sample_host.series
        WHERE organization_id = $1 AND metric = $2 ORDER BY tags LIMIT $3""",
        organization_id,
        metric,
        limit,
    )


async def rolled_up(
    database: Database,
    organization_id: UUID,
    series_ids: Sequence[UUID],
    *,
    from_s: int,
    to_s: int,
    step_s: int,
    limit: int,
) -> list[Row]:
    """Per series and step of `step_s` seconds: its start, and the sum, count, least and greatest value."""
    return await database.fetch(
        """WITH measured AS (
            SELECT series_id, at, value, 1::bigint AS samples, value AS low, value AS high
            FROM sample_host.points
            WHERE organization_id = $1 AND series_id = ANY($2) AND at BETWEEN $3 AND $4
            UNION ALL
            SELECT series_id, at, value, samples, low, high FROM sample_host.distributions
            WHERE organization_id = $1 AND series_id = ANY($2) AND at BETWEEN $3 AND $4
        )
        SELECT series_id, at - at % $5 AS step, sum(value) AS total, sum(samples)::bigint AS samples,
            min(low) AS low, max(high) AS high
        FROM measured GROUP BY 1, 2 LIMIT $6""",
        organization_id,
        list(series_ids),
        from_s,
        to_s,
        step_s,
        limit,
    )
