"""What sites share: which tables, which of their rows, and what a site tells the others of itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from latchstring.storage.database import Transaction
from latchstring.storage.keys import KeyRing

PUBLICATION: Final = "latchstring_shared"
_PUBLISHED = "kind = 'published'"
#: Every shared table, and which of a site's own rows go to the others. A condition may name key columns only.
SHARED: Final = {
    "clients": _PUBLISHED,
    "client_revisions": "",
    "integrations": "",
    "contract_versions": "",
    "site_states": "",
    "webhooks": _PUBLISHED,
}
#: Columns that stay at home: which customers a tile is shown to first is between the partner and them.
WITHHELD: Final = {"integrations": frozenset({"named_organizations"})}


@dataclass(frozen=True, slots=True)
class Running:
    """What this site runs, as it tells the others."""

    release: str
    contract: str
    title: str
    scopes: int
    operations: int
    #: Fingerprints of the shared keys, oldest first.
    shared_keys: Sequence[str]


def condition(table: str, site: str) -> str:
    """Which rows of a shared table are a site's and go to the others."""
    own = f"home_site = {literal(site)}"
    return f"{own} AND {SHARED[table]}" if SHARED[table] else own


def literal(text: str) -> str:
    """A string as an SQL literal, for statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def fingerprints(shared: KeyRing) -> list[str]:
    """What tells shared keys apart without telling them."""
    return [digest[:7].hex() for digest in reversed(shared.digests("fingerprint", "shared"))]


_SEEN = """
INSERT INTO contract_versions (home_site, digest, title, scopes, operations, first_seen_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"""

_STATE = """
INSERT INTO site_states (home_site, release, schema, contract, shared_keys, started_at)
SELECT $1, $2, max(name), $3, $4, $5 FROM schema_migrations
ON CONFLICT (home_site) DO UPDATE SET release = excluded.release, schema = excluded.schema,
    contract = excluded.contract, shared_keys = excluded.shared_keys, started_at = excluded.started_at
WHERE (site_states.release, site_states.schema, site_states.contract, site_states.shared_keys)
    IS DISTINCT FROM (excluded.release, excluded.schema, excluded.contract, excluded.shared_keys)"""


async def announce(tx: Transaction, site: str, running: Running, now: datetime) -> None:
    """Tell the other sites what this one runs; nothing is written while that stays the same."""
    await tx.execute(_SEEN, site, running.contract, running.title, running.scopes, running.operations, now)
    await tx.execute(_STATE, site, running.release, running.contract, list(running.shared_keys), now)


async def publish(tx: Transaction, site: str) -> bool:
    """Offer the site's own rows to the others; whether anything had to be changed for that."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext($1))", PUBLICATION)
    rows = await tx.rows(
        "SELECT tablename, attnames, rowfilter FROM pg_publication_tables WHERE pubname = $1", PUBLICATION
    )
    offered = {row["tablename"]: set(row["attnames"]) for row in rows}
    tables = await _shared_columns(tx)
    if offered == tables and all(literal(site) in (row["rowfilter"] or "") for row in rows):
        return False
    listed = ", ".join(
        f"{table} ({', '.join(sorted(columns))}) WHERE ({condition(table, site)})"
        for table, columns in sorted(tables.items())
    )
    exists = await tx.value("SELECT 1 FROM pg_publication WHERE pubname = $1", PUBLICATION)
    if exists:
        await tx.execute(f"ALTER PUBLICATION {PUBLICATION} SET TABLE {listed}")
    else:
        with_ = "WITH (publish = 'insert, update, delete')"
        await tx.execute(f"CREATE PUBLICATION {PUBLICATION} FOR TABLE {listed} {with_}")
    return True


async def _shared_columns(tx: Transaction) -> dict[str, set[str]]:
    """The shared tables that this database has, an older release has fewer, and their columns that are copied."""
    rows = await tx.rows(
        "SELECT attrelid::regclass::text AS name, array_agg(attname) AS columns FROM pg_attribute"
        " WHERE attrelid = ANY(ARRAY(SELECT to_regclass(name) FROM unnest($1::text[]) name))"
        " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' GROUP BY 1",
        list(SHARED),
    )
    return {row["name"]: set(row["columns"]) - WITHHELD.get(row["name"], frozenset()) for row in rows}
