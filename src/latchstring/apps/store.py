"""SQL of apps and their OAuth clients, for their owner. (`lookup.py` reads clients for the protocol.)"""

# ruff: noqa: S608 - only constants are put together

from datetime import datetime
from uuid import UUID

from latchstring.apps.model import App, AppFields, ClientFields, Logo, OwnedClient
from latchstring.storage.database import Transaction

_APP = (
    "id, name, description, category, author, support, homepage, template, logo_type, stable_at,"
    " created_at, updated_at"
)
_CLIENT = (
    "id, kind, app_id, name, description, redirect_uris, onboarding_url, scopes, revision,"
    " secret_created_at, created_at, updated_at"
)


async def insert_app(
    tx: Transaction, organization_id: UUID, app_id: UUID, fields: AppFields, template: str, at: datetime
) -> bool:
    """Write a new app; False when another one has its app_uuid."""
    return bool(
        await tx.execute(
            "INSERT INTO apps (organization_id, id, name, description, category, author, support, homepage,"
            " template, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)"
            " ON CONFLICT (id) DO NOTHING",
            organization_id, app_id, fields.name, fields.description, fields.category, fields.author,
            fields.support, fields.homepage, template, at,
        )
    )  # fmt: skip


async def update_app(
    tx: Transaction, organization_id: UUID, app_id: UUID, fields: AppFields, at: datetime
) -> None:
    """Write an app's fields."""
    await tx.execute(
        "UPDATE apps SET name = $3, description = $4, category = $5, author = $6, support = $7,"
        " homepage = $8, updated_at = $9 WHERE organization_id = $1 AND id = $2",
        organization_id, app_id, fields.name, fields.description, fields.category, fields.author,
        fields.support, fields.homepage, at,
    )  # fmt: skip


async def set_stable(
    tx: Transaction, organization_id: UUID, app_id: UUID, stable_at: datetime | None, at: datetime
) -> bool:
    """Mark an app stable (with a time) or in development (None); False when it was so before."""
    return bool(
        await tx.execute(
            "UPDATE apps SET stable_at = $3, updated_at = $4 WHERE organization_id = $1 AND id = $2"
            " AND (stable_at IS NULL) <> ($3::timestamptz IS NULL)",
            organization_id, app_id, stable_at, at,
        )
    )  # fmt: skip


async def set_logo(
    tx: Transaction, organization_id: UUID, app_id: UUID, logo: Logo | None, at: datetime
) -> None:
    """Put another logo in the place of the old one, or none."""
    await tx.execute(
        "UPDATE apps SET logo = $3, logo_type = $4, updated_at = $5 WHERE organization_id = $1 AND id = $2",
        organization_id, app_id, logo.content if logo else None, logo.type if logo else None, at,
    )  # fmt: skip


async def find_logo(tx: Transaction, organization_id: UUID, app_id: UUID) -> Logo | None:
    """The app's logo, or None."""
    row = await tx.row(
        "SELECT logo, logo_type FROM apps"
        " WHERE organization_id = $1 AND id = $2 AND logo IS NOT NULL",
        organization_id, app_id,
    )  # fmt: skip
    return Logo(row["logo_type"], row["logo"]) if row else None


async def find_app(tx: Transaction, organization_id: UUID, app_id: UUID) -> App | None:
    """The app, or None."""
    row = await tx.row(
        f"SELECT {_APP} FROM apps WHERE organization_id = $1 AND id = $2", organization_id, app_id
    )
    return App(**row) if row else None


async def find_app_by_name(tx: Transaction, organization_id: UUID, name: str) -> App | None:
    """The oldest app of that name, or None."""
    row = await tx.row(
        f"SELECT {_APP} FROM apps WHERE organization_id = $1 AND name = $2 ORDER BY created_at, id LIMIT 1",
        organization_id, name,
    )  # fmt: skip
    return App(**row) if row else None


async def apps(
    tx: Transaction, organization_id: UUID, after: UUID | None, limit: int, *, search: str | None = None
) -> list[App]:
    """An organization's apps in order of their ids, after `after`; those whose name or id matches `search`."""
    rows = await tx.rows(
        f"SELECT {_APP} FROM apps WHERE organization_id = $1 AND ($2::uuid IS NULL OR id > $2)"
        " AND ($4::text IS NULL OR strpos(lower(name), lower($4)) > 0 OR id::text = lower($4))"
        " ORDER BY id LIMIT $3",
        organization_id, after, limit, search,
    )  # fmt: skip
    return [App(**row) for row in rows]


async def count_apps(tx: Transaction, organization_id: UUID) -> int:
    """How many apps an organization has."""
    number: int = await tx.value("SELECT count(*) FROM apps WHERE organization_id = $1", organization_id)
    return number


async def is_app(tx: Transaction, app_id: UUID) -> bool:
    """Whether any organization's app has this app_uuid: what `insert_app` would run into."""
    return bool(await tx.value("SELECT EXISTS (SELECT FROM apps WHERE id = $1)", app_id))


async def lock(tx: Transaction, organization_id: UUID) -> None:
    """Let nobody else bring an app of the organization to a manifest until the transaction ends."""
    await tx.execute("SELECT FROM organizations WHERE id = $1 FOR NO KEY UPDATE", organization_id)


async def delete_app(tx: Transaction, organization_id: UUID, app_id: UUID) -> None:
    """Delete the app's row; its clients must be disabled already."""
    await tx.execute("DELETE FROM apps WHERE organization_id = $1 AND id = $2", organization_id, app_id)


async def insert_test_client(
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
    """Write a new test client; who its partner is, and whether it is verified, is copied from there. Nothing is
    written when the id is taken."""
    await tx.execute(
        "INSERT INTO clients (home_site, kind, id, organization_id, app_id, partner_name, partner_verified,"
        " name, description, redirect_uris, onboarding_url, scopes, secret_digest, secret_created_at,"
        " created_at, updated_at)"
        " SELECT $1, 'test', $2, $3, $4, coalesce(p.name, o.name), p.approved_at IS NOT NULL,"
        " $5, $6, $7, $8, $9, $10, $11, $11, $11"
        " FROM organizations o LEFT JOIN partners p ON p.organization_id = o.id WHERE o.id = $3"
        " ON CONFLICT (id) DO NOTHING",
        site, client_id, organization_id, app_id, fields.name, fields.description,
        list(fields.redirect_uris), fields.onboarding_url, list(fields.scopes), secret_digest, at,
    )  # fmt: skip


async def update_test_client(
    tx: Transaction, organization_id: UUID, client_id: UUID, fields: ClientFields, at: datetime
) -> None:
    """Write a test client's fields; a published one is out of reach."""
    await tx.execute(
        "UPDATE clients SET name = $3, description = $4, redirect_uris = $5, onboarding_url = $6,"
        " scopes = $7, updated_at = $8"
        " WHERE organization_id = $1 AND id = $2 AND kind = 'test' AND disabled_at IS NULL",
        organization_id, client_id, fields.name, fields.description, list(fields.redirect_uris),
        fields.onboarding_url, list(fields.scopes), at,
    )  # fmt: skip


async def find_client(tx: Transaction, organization_id: UUID, client_id: UUID) -> OwnedClient | None:
    """The live client, locked until the transaction ends, or None."""
    row = await tx.row(
        f"SELECT {_CLIENT} FROM clients WHERE organization_id = $1 AND id = $2 AND disabled_at IS NULL"
        " FOR UPDATE",
        organization_id, client_id,
    )  # fmt: skip
    return OwnedClient(**row) if row else None


async def clients(
    tx: Transaction, organization_id: UUID, app_id: UUID | None, after: UUID | None, limit: int
) -> list[OwnedClient]:
    """Live clients of an app, or of all apps of an organization, in order of their ids, after `after`."""
    rows = await tx.rows(
        f"SELECT {_CLIENT} FROM clients WHERE organization_id = $1 AND disabled_at IS NULL"
        " AND ($2::uuid IS NULL OR app_id = $2) AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4",
        organization_id, app_id, after, limit,
    )  # fmt: skip
    return [OwnedClient(**row) for row in rows]


async def set_secret(
    tx: Transaction, organization_id: UUID, client_id: UUID, secret_digest: bytes, at: datetime
) -> None:
    """Put another secret in the place of the old one."""
    await tx.execute(
        "UPDATE clients SET secret_digest = $3, secret_created_at = $4"
        " WHERE organization_id = $1 AND id = $2",
        organization_id, client_id, secret_digest, at,
    )  # fmt: skip


_END = """
WITH client AS (
    UPDATE clients SET disabled_at = $3 WHERE organization_id = $1 AND id = $2 AND kind = 'test'
    RETURNING id
), revoked AS (
    UPDATE authorizations a SET state = 'revoked', revoked_at = $3, revoked_because = 'client_deleted',
        redirect_uri = NULL, code_challenge = NULL, code_expires_at = NULL
    FROM client WHERE a.organization_id = $1 AND a.client_id = client.id AND a.state IN ('pending', 'active')
    RETURNING a.id
), keys AS (
    UPDATE api_keys k SET revoked_at = $3, modified_at = $3
    FROM client WHERE k.organization_id = $1 AND k.client_id = client.id AND k.revoked_at IS NULL
    RETURNING k.id
)
INSERT INTO audit_entries (organization_id, at, action, actor, client_id, subject, details, request_id)
SELECT $1, $3, 'authorization.revoked',
    $4, $2, id::text, '{"because": "client_deleted"}'::jsonb, $5
FROM revoked
UNION ALL
SELECT $1, $3, 'api_key.revoked',
    $4, $2, id::text, '{"because": "client_deleted"}'::jsonb, $5 FROM keys"""


async def end_test_client(
    tx: Transaction, organization_id: UUID, client_id: UUID, *, at: datetime, actor: str, request_id: str
) -> None:
    """Disable a test client for good, with the authorizations and API keys of its sandbox organization."""
    await tx.execute(_END, organization_id, client_id, at, actor, request_id)


async def approved_private_scopes(tx: Transaction, organization_id: UUID) -> frozenset[str]:
    """The private scopes that the organization's clients may request, kept so until the transaction ends."""
    rows = await tx.rows(
        "SELECT scope FROM private_scope_approvals WHERE organization_id = $1 FOR SHARE", organization_id
    )
    return frozenset(row["scope"] for row in rows)
