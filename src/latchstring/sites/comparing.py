"""Whether a site's rows are here as they are there: compared key by key, by digests of their columns."""

from dataclasses import dataclass

from latchstring.sites.offering import SHARED, WITHHELD, condition
from latchstring.sites.replication import Connection, Link


@dataclass(frozen=True, slots=True)
class Differing:
    """One table: keys that are there only, here only, or in both with other content."""

    table: str
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    other: tuple[str, ...]


async def differing(link: Link) -> list[Differing]:
    """The tables in which something of the other site differs."""
    found = [await _compared(link, table) for table in SHARED if await _exists(link, table)]
    return [one for one in found if one.missing or one.extra or one.other]


def told(differing: list[Differing]) -> str:
    """The differences in one line."""
    return "rows differ: " + ", ".join(
        f"{one.table} ({len(one.missing)} missing, {len(one.extra)} too many, {len(one.other)} other)"
        for one in differing
    )


async def drop_extras(link: Link) -> None:
    """Take away what the other site has no more. A client stays, disabled: authorizations name it."""
    for one in await differing(link):
        is_client = one.table == "clients"
        end = "UPDATE clients SET disabled_at = now()" if is_client else f"DELETE FROM {one.table}"  # noqa: S608
        which = f"{condition(one.table, link.peer)} AND {await _key(link.here, one.table)} = ANY($1::text[])"
        async with link.here.transaction():
            await link.here.execute("SET LOCAL session_replication_role = replica")
            await link.here.execute(f"{end} WHERE {which}", list(one.extra))


async def _exists(link: Link, table: str) -> bool:
    found = [await end.fetchval("SELECT to_regclass($1)", table) for end in (link.here, link.there)]
    return None not in found


async def _compared(link: Link, table: str) -> Differing:
    both = set(await _columns(link.here, table)) & set(await _columns(link.there, table))
    columns = sorted(both - WITHHELD.get(table, frozenset()))
    here, there = [await _digests(end, table, columns, link.peer) for end in (link.here, link.there)]
    return Differing(
        table,
        missing=tuple(sorted(there.keys() - here.keys())),
        extra=tuple(sorted(here.keys() - there.keys())),
        other=tuple(sorted(key for key in there.keys() & here.keys() if there[key] != here[key])),
    )


async def _columns(connection: Connection, table: str) -> list[str]:
    rows = await connection.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attgenerated = ''",
        table,
    )
    return [row["attname"] for row in rows]


async def _key(connection: Connection, table: str) -> str:
    """The primary key as text, in SQL."""
    rows = await connection.fetch(
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
        " WHERE i.indrelid = $1::regclass AND i.indisprimary ORDER BY array_position(i.indkey::int2[], a.attnum)",
        table,
    )
    return "concat_ws('/', " + ", ".join(row["attname"] for row in rows) + ")"


async def _digests(connection: Connection, table: str, columns: list[str], site: str) -> dict[str, str]:
    content = ", ".join(f'"{column}"' for column in columns)
    rows = await connection.fetch(
        f"SELECT {await _key(connection, table)} AS key, md5(ROW({content})::text) AS digest"  # noqa: S608
        f" FROM {table} WHERE {condition(table, site)}"
    )
    return {row["key"]: row["digest"] for row in rows}
