"""Published clients and their revisions: SQL, and since when each scope has been there."""

# ruff: noqa: S608 - only constants are put together

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from latchstring.apps.model import ClientFields, OwnedClient
from latchstring.publishing.model import Revision
from latchstring.storage.database import Transaction

_REVISION = (
    "client_id, revision, name, description, redirect_uris, onboarding_url, scopes, restores, published_at,"
    " scopes_since"
)


@dataclass(frozen=True, slots=True)
class Published:
    """The one client of an app that customers use, or will use once it is approved."""

    client_id: UUID
    published_at: datetime | None
    revision: int
    name: str
    secret_created_at: datetime


@dataclass(frozen=True, slots=True)
class Since:
    """The scopes of a configuration, and since which revision each has been there without a gap."""

    scopes: Sequence[str]
    since: Sequence[int]

    def going_on(self, scopes: Sequence[str], revision: int) -> list[int]:
        """Since when each of the next revision's scopes has been there: those that were not begin with it."""
        known = dict(zip(self.scopes, self.since, strict=False))
        return [known.get(scope, revision) for scope in scopes]


async def published_of(tx: Transaction, organization_id: UUID, app_id: UUID) -> Published | None:
    """The app's published client, approved or not yet, or None."""
    row = await tx.row(
        "SELECT id AS client_id, published_at, revision, name, secret_created_at FROM clients"
        " WHERE organization_id = $1 AND app_id = $2 AND kind = 'published' AND disabled_at IS NULL"
        " ORDER BY created_at LIMIT 1",
        organization_id, app_id,
    )  # fmt: skip
    return Published(**row) if row else None


async def published_by_id(tx: Transaction, organization_id: UUID, client_id: UUID) -> Published | None:
    """The organization's published client of this id, or None."""
    row = await tx.row(
        "SELECT id AS client_id, published_at, revision, name, secret_created_at FROM clients"
        " WHERE organization_id = $1 AND id = $2 AND kind = 'published' AND disabled_at IS NULL",
        organization_id, client_id,
    )  # fmt: skip
    return Published(**row) if row else None


async def owner_of(tx: Transaction, site: str, client_id: UUID) -> UUID | None:
    """Whose published client of this site it is, for the host; or None."""
    owner: UUID | None = await tx.value(
        "SELECT organization_id FROM clients WHERE home_site = $1 AND id = $2 AND kind = 'published'",
        site, client_id,
    )  # fmt: skip
    return owner


async def insert_client(
    tx: Transaction,
    organization_id: UUID,
    app_id: UUID,
    client_id: UUID,
    fields: ClientFields,
    *,
    site: str,
    secret_digest: bytes,
    at: datetime,
) -> None:
    """Write a published client that nobody can use yet: its credentials, and what is proposed for it."""
    await tx.execute(
        "INSERT INTO clients (home_site, kind, id, organization_id, app_id, partner_name, partner_verified,"
        " name, description, redirect_uris, onboarding_url, scopes, secret_digest, secret_created_at,"
        " created_at, updated_at)"
        " SELECT $1, 'published', $2, $3, $4, coalesce(p.name, o.name), p.approved_at IS NOT NULL,"
        " $5, $6, $7, $8, $9, $10, $11, $11, $11"
        " FROM organizations o LEFT JOIN partners p ON p.organization_id = o.id WHERE o.id = $3",
        site, client_id, organization_id, app_id, fields.name, fields.description,
        list(fields.redirect_uris), fields.onboarding_url, list(fields.scopes), secret_digest, at,
    )  # fmt: skip


async def show_proposal(
    tx: Transaction, organization_id: UUID, client_id: UUID, fields: ClientFields, at: datetime
) -> None:
    """Keep a client that was never approved like what is proposed for it; one that was is out of reach."""
    await tx.execute(
        "UPDATE clients SET name = $3, description = $4, redirect_uris = $5, onboarding_url = $6, scopes = $7,"
        " updated_at = $8 WHERE organization_id = $1 AND id = $2 AND kind = 'published' AND published_at IS NULL",
        organization_id, client_id, fields.name, fields.description, list(fields.redirect_uris),
        fields.onboarding_url, list(fields.scopes), at,
    )  # fmt: skip


async def put_live(
    tx: Transaction,
    organization_id: UUID,
    client_id: UUID,
    fields: ClientFields,
    *,
    site: str,
    revision: int,
    since: Sequence[int],
    restores: int | None,
    at: datetime,
) -> None:
    """Make a configuration the one that the published client has, and keep it among the revisions."""
    await tx.execute(
        "INSERT INTO client_revisions (home_site, client_id, revision, name, description, redirect_uris,"
        " onboarding_url, scopes, scopes_since, restores, published_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        site, client_id, revision, fields.name, fields.description, list(fields.redirect_uris),
        fields.onboarding_url, list(fields.scopes), list(since), restores, at,
    )  # fmt: skip
    await tx.execute(
        "UPDATE clients c SET name = $3, description = $4, redirect_uris = $5, onboarding_url = $6, scopes = $7,"
        " scopes_since = $8, revision = $9, updated_at = $10, published_at = coalesce(c.published_at, $10),"
        " partner_name = coalesce(p.name, o.name), partner_verified = p.approved_at IS NOT NULL"
        " FROM organizations o LEFT JOIN partners p ON p.organization_id = o.id"
        " WHERE c.organization_id = $1 AND c.id = $2 AND c.kind = 'published' AND o.id = c.organization_id",
        organization_id, client_id, fields.name, fields.description, list(fields.redirect_uris),
        fields.onboarding_url, list(fields.scopes), list(since), revision, at,
    )  # fmt: skip


async def latest(tx: Transaction, site: str, client_id: UUID) -> tuple[Revision, Since] | None:
    """The revision that is live, with what it says of its scopes, or None before the first."""
    return await _one(tx, site, client_id, None)


async def numbered(
    tx: Transaction, site: str, client_id: UUID, revision: int
) -> tuple[Revision, Since] | None:
    """The revision of this number, or None."""
    return await _one(tx, site, client_id, revision)


async def page(tx: Transaction, site: str, client_id: UUID, before: int | None, limit: int) -> list[Revision]:
    """A client's revisions, the newest first."""
    rows = await tx.rows(
        f"SELECT {_REVISION} FROM client_revisions WHERE home_site = $1 AND client_id = $2"
        " AND ($3::int IS NULL OR revision < $3) ORDER BY revision DESC LIMIT $4",
        site, client_id, before, limit,
    )  # fmt: skip
    return [_revision(row)[0] for row in rows]


def fields_of(revision: Revision | OwnedClient) -> ClientFields:
    """The configuration."""
    return ClientFields(
        revision.name,
        revision.description,
        tuple(revision.redirect_uris),
        revision.onboarding_url,
        tuple(revision.scopes),
    )


async def _one(
    tx: Transaction, site: str, client_id: UUID, revision: int | None
) -> tuple[Revision, Since] | None:
    row = await tx.row(
        f"SELECT {_REVISION} FROM client_revisions WHERE home_site = $1 AND client_id = $2"
        " AND ($3::int IS NULL OR revision = $3) ORDER BY revision DESC LIMIT 1",
        site, client_id, revision,
    )  # fmt: skip
    return _revision(row) if row else None


def _revision(row: object) -> tuple[Revision, Since]:
    values = dict(row)  # type: ignore[call-overload]
    since = values.pop("scopes_since")
    return Revision(**values), Since(values["scopes"], since)
