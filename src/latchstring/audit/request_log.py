"""Reading the refused requests of an app: page by page, newest first; and one by its id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from latchstring.audit.refusals import Refused, refused_in
from latchstring.storage.database import Transaction

Family = Literal["authorize", "token", "revoke", "introspect", "api"]
FAMILIES: tuple[Family, ...] = get_args(Family)
#: Where a page goes on: time and request id of the last row of the page before.
Cursor = tuple[datetime, str]

# Each client's newest rows come from its own index range; only those few are sorted together.
_PAGE = """
SELECT r.* FROM unnest($2::uuid[]) AS wanted (client_id) CROSS JOIN LATERAL (
    SELECT * FROM refusals r
    WHERE r.organization_id = $1 AND r.client_id = wanted.client_id {narrowed}
    ORDER BY r.at DESC, r.request_id DESC LIMIT $3
) r ORDER BY r.at DESC, r.request_id DESC LIMIT $3
"""

# The distinct causes of each client, one index probe for each: a skip scan, which PostgreSQL has to be told.
_CAUSES = """
WITH RECURSIVE found AS (
    SELECT client_id, (SELECT min(r.cause) FROM refusals r
        WHERE r.organization_id = $1 AND r.client_id = wanted.client_id) AS cause
    FROM unnest($2::uuid[]) AS wanted (client_id)
    UNION ALL
    SELECT f.client_id, (SELECT min(r.cause) FROM refusals r
        WHERE r.organization_id = $1 AND r.client_id = f.client_id AND r.cause > f.cause)
    FROM found f WHERE f.cause IS NOT NULL
)
SELECT DISTINCT cause FROM found WHERE cause IS NOT NULL ORDER BY cause
"""

_OF_APP = """
SELECT r.* FROM refusals r JOIN clients c ON c.id = r.client_id
WHERE r.request_id = $2 AND r.organization_id = $1 AND c.organization_id = $1 AND c.app_id = $3
"""

# The organization that owns the app may read; nobody else learns that the request existed.
_ANY = """
SELECT r.*, c.name AS client_name, c.app_id FROM refusals r JOIN clients c ON c.id = r.client_id
WHERE r.request_id = $1 AND ($2::uuid IS NULL OR r.organization_id = $2)
"""

_CLIENTS = """
SELECT id, name, kind FROM clients WHERE organization_id = $1 AND app_id = $2
ORDER BY disabled_at IS NOT NULL, created_at, id LIMIT 200
"""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which refusals are asked for; None means all."""

    family: Family | None = None
    cause: str | None = None
    since: datetime | None = None
    after: Cursor | None = None


@dataclass(frozen=True, slots=True)
class LoggedClient:
    """A client of the app, live or not, whose requests are in the log."""

    id: UUID
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A refused request as it was kept, with the client's name and app."""

    refused: Refused
    client_name: str
    app_id: UUID


async def clients_of(tx: Transaction, organization_id: UUID, app_id: UUID) -> list[LoggedClient]:
    """The clients of an app of the organization, live ones first."""
    rows = await tx.rows(_CLIENTS, organization_id, app_id)
    return [LoggedClient(row["id"], row["name"], row["kind"]) for row in rows]


async def page(
    tx: Transaction, organization_id: UUID, client_ids: Sequence[UUID], asked: Narrowed, limit: int
) -> list[Refused]:
    """Refusals of these clients of the organization, newest first."""
    arguments: list[object] = [organization_id, list(client_ids), limit]
    narrowed = _narrow(asked, arguments)
    rows = await tx.rows(_PAGE.format(narrowed=narrowed), *arguments)
    return [refused_in(row) for row in rows]


async def causes(tx: Transaction, organization_id: UUID, client_ids: Sequence[UUID]) -> list[str]:
    """The causes that occur in the log of these clients."""
    return [row["cause"] for row in await tx.rows(_CAUSES, organization_id, list(client_ids))]


async def of_app(tx: Transaction, organization_id: UUID, app_id: UUID, request_id: str) -> Refused | None:
    """A refusal of one of the app's clients."""
    row = await tx.row(_OF_APP, organization_id, request_id, app_id)
    return refused_in(row) if row is not None else None


async def find(tx: Transaction, request_id: str, *, owner: UUID | None) -> Kept | None:
    """The refusal of a request, if it was kept; `owner` None is the operator, who may read all."""
    row = await tx.row(_ANY, request_id, owner)
    return Kept(refused_in(row), row["client_name"], row["app_id"]) if row is not None else None


def _narrow(asked: Narrowed, arguments: list[object]) -> str:
    """The conditions that are asked for, each with a place of its own: an index is chosen for just those."""
    parts: list[str] = []
    for condition, values in (
        ("r.family = {}", (asked.family,)),
        ("r.cause = {}", (asked.cause,)),
        ("r.at >= {}", (asked.since,)),
        ("(r.at, r.request_id) < ({}, {})", asked.after or (None, None)),
    ):
        if values[0] is None:
            continue
        places = [f"${len(arguments) + number}" for number in range(1, len(values) + 1)]
        arguments.extend(values)
        parts.append("AND " + condition.format(*places))
    return " ".join(parts)
