"""Writing many rows in one statement: rows as columns for `unnest`, and hosts seen on the way."""

from collections.abc import Sequence

#: Between tags that travel as one text: arrays of arrays do not unnest. It is not a character of tags.
BETWEEN = "\x1f"


def columns(rows: Sequence[tuple[object, ...]], count: int) -> list[list[object]]:
    """Rows turned into `count` columns, as `unnest` takes them."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(count)]


def hosts_seen(source: str, first: int) -> str:
    """The statement that keeps hosts heard of in `source`: organizations, names and seconds from `$first` on."""
    return f"""
    INSERT INTO sample_host.hosts AS h (organization_id, name, sources, first_seen_at, seen_at)
    SELECT o, n, ARRAY['{source}'], a, a
    FROM unnest(${first}::uuid[], ${first + 1}::text[], ${first + 2}::bigint[]) AS given (o, n, a)
    ON CONFLICT (organization_id, name) DO UPDATE
    SET seen_at = greatest(h.seen_at, excluded.seen_at),
        sources = (SELECT array_agg(DISTINCT s ORDER BY s) FROM unnest(h.sources || excluded.sources) s)
    """  # noqa: S608 -- the source is one of four words of ours
