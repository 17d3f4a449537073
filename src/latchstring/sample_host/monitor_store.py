"""The SQL of monitors."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from latchstring.sample_host.search import Search
from latchstring.sample_host.search_sql import Condition, Searched, condition
from latchstring.storage.database import Database, Row, Transaction

SEARCHED = Searched(
    columns={"type": "kind", "name": "name", "title": "name", "query": "query", "status": "'No Data'"},
    text="(name || ' ' || query)",
    tags="tags",
)
_COLUMNS = "id, name, kind, query, tags, document, creator_id, created_at, modified_at"


async def insert_monitor(
    database: Database,
    organization_id: UUID,
    document: dict[str, Any],
    *,
    creator_id: UUID | None,
    now: datetime,
    most: int,
) -> Row | None:
    """Keep a new monitor; None when the organization already has `most`."""
    rows = await database.fetch(
        f"""INSERT INTO sample_host.monitors
            (organization_id, name, kind, query, tags, document, creator_id, created_at, modified_at)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $8
        WHERE (SELECT count(*) FROM sample_host.monitors WHERE organization_id = $1) < $9
        RETURNING {_COLUMNS}""",  # noqa: S608
        organization_id,
        document["name"],
        document["type"],
        document["query"],
        document["tags"],
        document,
        creator_id,
        now,
        most,
    )
    return rows[0] if rows else None


async def lock_monitor(tx: Transaction, organization_id: UUID, id_: int) -> Row | None:
    """The monitor with that id, which nobody else changes until the transaction ends; or None."""
    return await tx.row(
        f"SELECT {_COLUMNS} FROM sample_host.monitors WHERE organization_id = $1 AND id = $2 FOR UPDATE",  # noqa: S608
        organization_id,
        id_,
    )


async def replace_monitor(
    tx: Transaction, organization_id: UUID, id_: int, document: dict[str, Any], *, now: datetime
) -> Row | None:
    """Keep another content of a monitor; None when there is none with that id."""
    return await tx.row(
        f"""UPDATE sample_host.monitors
        SET name = $3, kind = $4, query = $5, tags = $6, document = $7, modified_at = $8
        WHERE organization_id = $1 AND id = $2 RETURNING {_COLUMNS}""",  # noqa: S608
        organization_id,
        id_,
        document["name"],
        document["type"],
        document["query"],
        document["tags"],
        document,
        now,
    )


async def existing_monitors(database: Database, organization_id: UUID, ids: Sequence[int]) -> list[int]:
    """Those of the ids that a monitor has."""
    rows = await database.fetch(
        "SELECT id FROM sample_host.monitors WHERE organization_id = $1 AND id = ANY($2) ORDER BY id",
        organization_id,
        list(ids),
    )
    return [row["id"] for row in rows]


async def delete_monitors(database: Database, organization_id: UUID, ids: Sequence[int]) -> list[int]:
    """Delete monitors; the ids of those that there were."""
    rows = await database.fetch(
        "DELETE FROM sample_host.monitors WHERE organization_id = $1 AND id = ANY($2) RETURNING id",
        organization_id,
        list(ids),
    )
    return [row["id"] for row in rows]


async def monitor_by_id(database: Database, organization_id: UUID, id_: int) -> Row | None:
    """The monitor with that id, or None."""
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM sample_host.monitors WHERE organization_id = $1 AND id = $2",  # noqa: S608
        organization_id,
        id_,
    )
    return rows[0] if rows else None


async def list_monitors(
    database: Database,
    organization_id: UUID,
    *,
    name_like: str,
    tags: Sequence[str],
    scopes: Sequence[str],
    above_id: int,
    offset: int,
    limit: int,
) -> list[Row]:
    """Monitors in the order of their ids, with all of `tags` on them and all of `scopes` in their query."""
    return await database.fetch(
        f"""SELECT {_COLUMNS} FROM sample_host.monitors
        WHERE organization_id = $1 AND id > $2 AND position($3 in lower(name)) > 0 AND tags @> $4
        AND NOT EXISTS (SELECT FROM unnest($5::text[]) scope WHERE position(scope in query) = 0)
        ORDER BY id OFFSET $6 LIMIT $7""",  # noqa: S608
        organization_id,
        above_id,
        name_like.lower(),
        list(tags),
        list(scopes),
        offset,
        limit,
    )


async def search_monitors(database: Database, organization_id: UUID, search: Search, limit: int) -> list[Row]:
    """At most `limit` monitors that the search finds."""
    into = Condition([organization_id, limit])
    found = condition(search, SEARCHED, into)
    return await database.fetch(
        f"""SELECT {_COLUMNS} FROM sample_host.monitors WHERE organization_id = $1 AND ({found})
        ORDER BY lower(name), id LIMIT $2""",  # noqa: S608 -- values are parameters, see `search_sql`
        *into.parameters,
    )
