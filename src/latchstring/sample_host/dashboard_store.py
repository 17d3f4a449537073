"""The SQL of dashboards. Deleted ones are kept until they are restored."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from latchstring.storage.database import Database, Row

_COLUMNS = "id, document, author_id, created_at, modified_at"


async def insert_dashboard(
    database: Database,
    organization_id: UUID,
    id_: str,
    document: dict[str, Any],
    *,
    author_id: UUID | None,
    now: datetime,
    most: int,
) -> Row | None:
    """Keep a new dashboard; None when the organization already has `most`."""
    rows = await database.fetch(
        f"""INSERT INTO sample_host.dashboards
            (organization_id, id, document, author_id, created_at, modified_at)
        SELECT $1, $2, $3, $4, $5, $5
        WHERE (SELECT count(*) FROM sample_host.dashboards WHERE organization_id = $1) < $6
        RETURNING {_COLUMNS}""",  # noqa: S608
        organization_id,
        id_,
        document,
        author_id,
        now,
        most,
    )
    return rows[0] if rows else None


async def replace_dashboard(
    database: Database, organization_id: UUID, id_: str, document: dict[str, Any], *, now: datetime
) -> Row | None:
    """Keep another content of a dashboard; None when there is none with that id."""
    rows = await database.fetch(
        f"""UPDATE sample_host.dashboards SET document = $3, modified_at = $4
        WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING {_COLUMNS}""",  # noqa: S608
        organization_id,
        id_,
        document,
        now,
    )
    return rows[0] if rows else None


async def mark_dashboards(
    database: Database, organization_id: UUID, ids: Sequence[str], *, deleted_at: datetime | None
) -> list[str]:
    """Delete (or, with None, restore) dashboards if each is there (or deleted); the ids of those changed."""
    rows = await database.fetch(
        """WITH chosen AS (
            SELECT id FROM sample_host.dashboards WHERE organization_id = $1 AND id = ANY($2)
            AND (deleted_at IS NULL) = ($3::timestamptz IS NOT NULL) ORDER BY id FOR UPDATE
        )
        UPDATE sample_host.dashboards d SET deleted_at = $3 FROM chosen
        WHERE d.organization_id = $1 AND d.id = chosen.id
        AND (SELECT count(*) FROM chosen) = cardinality($2::text[]) RETURNING d.id""",
        organization_id,
        list(ids),
        deleted_at,
    )
    return [row["id"] for row in rows]


async def dashboard_by_id(database: Database, organization_id: UUID, id_: str) -> Row | None:
    """The dashboard with that id, or None."""
    rows = await database.fetch(
        f"""SELECT {_COLUMNS} FROM sample_host.dashboards
        WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL""",  # noqa: S608
        organization_id,
        id_,
    )
    return rows[0] if rows else None


async def list_dashboards(
    database: Database, organization_id: UUID, *, deleted: bool, offset: int, limit: int
) -> list[Row]:
    """Title, description and layout of dashboards, the last changed first."""
    return await database.fetch(
        """SELECT id, author_id, created_at, modified_at, deleted_at, document->>'title' AS title,
            document->>'description' AS description, document->>'layout_type' AS layout_type
        FROM sample_host.dashboards WHERE organization_id = $1 AND (deleted_at IS NOT NULL) = $2
        ORDER BY modified_at DESC, id OFFSET $3 LIMIT $4""",
        organization_id,
        deleted,
        offset,
        limit,
    )
