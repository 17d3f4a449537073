"""SQL of organizations, partners, approvals of private scopes, and resource servers."""

# ruff: noqa: S608 - only constants are put together

from datetime import datetime
from uuid import UUID

from asyncpg import UniqueViolationError

from latchstring.accounts.model import Organization, Partner, PrivateScopeApproval, ResourceServer
from latchstring.storage.database import Transaction

_ORGANIZATION = "id, name, kind, subdomain, created_at, disabled_at"
_PARTNER = "organization_id, name, created_at, approved_at, approved_by"


async def insert(tx: Transaction, new: Organization) -> bool:
    """Write it; False when the subdomain is somebody else's."""
    return bool(
        await tx.execute(
            "INSERT INTO organizations (id, name, kind, subdomain, created_at) VALUES ($1, $2, $3, $4, $5)"
            " ON CONFLICT (subdomain) DO NOTHING",
            new.id, new.name, new.kind, new.subdomain, new.created_at,
        )
    )  # fmt: skip


async def find(tx: Transaction, organization_id: UUID) -> Organization | None:
    """The organization, or None."""
    row = await tx.row(f"SELECT {_ORGANIZATION} FROM organizations WHERE id = $1", organization_id)
    return Organization(**row) if row else None


async def named(tx: Transaction, name: str) -> list[Organization]:
    """The one whose subdomain it is, or else those of that name; two at most."""
    rows = await tx.rows(
        f"SELECT {_ORGANIZATION} FROM organizations WHERE subdomain = $1 OR name = $1"
        " ORDER BY subdomain = $1 DESC NULLS LAST, id LIMIT 2",
        name,
    )
    found = [Organization(**row) for row in rows]
    return found[:1] if found and found[0].subdomain == name else found


async def page(tx: Transaction, after: UUID | None, limit: int) -> list[Organization]:
    """Organizations in order of their ids, after `after`."""
    rows = await tx.rows(
        f"SELECT {_ORGANIZATION} FROM organizations WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2",
        after, limit,
    )  # fmt: skip
    return [Organization(**row) for row in rows]


async def set_names(tx: Transaction, organization_id: UUID, name: str, subdomain: str | None) -> bool:
    """Rename it, and change its subdomain; False, the transaction lost, when that is taken."""
    try:
        await tx.execute(
            "UPDATE organizations SET name = $2, subdomain = $3 WHERE id = $1",
            organization_id,
            name,
            subdomain,
        )
    except UniqueViolationError:
        return False
    return True


async def set_disabled(tx: Transaction, organization_id: UUID, at: datetime | None) -> bool:
    """Disable (with a time) or enable (None); False when it was so before."""
    return bool(
        await tx.execute(
            "UPDATE organizations SET disabled_at = $2"
            " WHERE id = $1 AND (disabled_at IS NULL) <> ($2::timestamptz IS NULL)",
            organization_id, at,
        )
    )  # fmt: skip


async def put_partner(tx: Transaction, organization_id: UUID, name: str, at: datetime) -> Partner:
    """Make the organization's partner, or rename it; its clients carry the name."""
    row = await tx.row(
        "INSERT INTO partners (organization_id, name, created_at) VALUES ($1, $2, $3)"
        f" ON CONFLICT (organization_id) DO UPDATE SET name = $2 RETURNING {_PARTNER}",
        organization_id, name, at,
    )  # fmt: skip
    await tx.execute("UPDATE clients SET partner_name = $2 WHERE organization_id = $1", organization_id, name)
    return Partner(**dict(row or {}))


async def find_partner(tx: Transaction, organization_id: UUID) -> Partner | None:
    """The partner of an organization, or None."""
    row = await tx.row(f"SELECT {_PARTNER} FROM partners WHERE organization_id = $1", organization_id)
    return Partner(**row) if row else None


async def partners_page(tx: Transaction, after: UUID | None, limit: int) -> list[Partner]:
    """Partners in order of their organizations' ids, after `after`."""
    rows = await tx.rows(
        f"SELECT {_PARTNER} FROM partners WHERE $1::uuid IS NULL OR organization_id > $1"
        " ORDER BY organization_id LIMIT $2",
        after, limit,
    )  # fmt: skip
    return [Partner(**row) for row in rows]


async def set_partner_approved(
    tx: Transaction, organization_id: UUID, at: datetime | None, by: str | None
) -> bool:
    """Approve (with a time) or withdraw that (None), on its clients too; False when it was so before."""
    changed = await tx.execute(
        "UPDATE partners SET approved_at = $2, approved_by = $3"
        " WHERE organization_id = $1 AND (approved_at IS NULL) <> ($2::timestamptz IS NULL)",
        organization_id, at, by,
    )  # fmt: skip
    await tx.execute(
        "UPDATE clients SET partner_verified = $2 WHERE organization_id = $1", organization_id, at is not None
    )
    return bool(changed)


async def insert_approval(tx: Transaction, approval: PrivateScopeApproval) -> bool:
    """Write it; False when the scope was approved before."""
    return bool(
        await tx.execute(
            "INSERT INTO private_scope_approvals (organization_id, scope, approved_at, approved_by)"
            " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            approval.organization_id, approval.scope, approval.approved_at, approval.approved_by,
        )
    )  # fmt: skip


async def delete_approval(tx: Transaction, organization_id: UUID, scope: str) -> bool:
    """Delete it and take the scope from the organization's test clients; False when there was none."""
    gone = await tx.execute(
        "DELETE FROM private_scope_approvals WHERE organization_id = $1 AND scope = $2",
        organization_id,
        scope,
    )
    await tx.execute(
        "UPDATE clients SET scopes = array_remove(scopes, $2)"
        " WHERE organization_id = $1 AND kind = 'test' AND $2 = ANY (scopes)",
        organization_id, scope,
    )  # fmt: skip
    return bool(gone)


async def approvals(tx: Transaction, organization_id: UUID) -> list[PrivateScopeApproval]:
    """The approvals that an organization has, in order of the scopes."""
    rows = await tx.rows(
        "SELECT organization_id, scope, approved_at, approved_by FROM private_scope_approvals"
        " WHERE organization_id = $1 ORDER BY scope",
        organization_id,
    )
    return [PrivateScopeApproval(**row) for row in rows]


async def insert_resource_server(tx: Transaction, new: ResourceServer, secret_digest: bytes) -> None:
    """Write it with the digest of its secret."""
    await tx.execute(
        "INSERT INTO resource_servers (id, name, secret_digest, created_at) VALUES ($1, $2, $3, $4)",
        new.id, new.name, secret_digest, new.created_at,
    )  # fmt: skip


async def resource_servers(tx: Transaction, after: UUID | None, limit: int) -> list[ResourceServer]:
    """Resource servers in order of their ids, after `after`."""
    rows = await tx.rows(
        "SELECT id, name, created_at, disabled_at FROM resource_servers"
        " WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2",
        after, limit,
    )  # fmt: skip
    return [ResourceServer(**row) for row in rows]


async def find_resource_server(tx: Transaction, server_id: UUID) -> ResourceServer | None:
    """The resource server, or None."""
    row = await tx.row(
        "SELECT id, name, created_at, disabled_at FROM resource_servers WHERE id = $1", server_id
    )
    return ResourceServer(**row) if row else None


async def set_resource_server_disabled(tx: Transaction, server_id: UUID, at: datetime | None) -> bool:
    """Disable (with a time) or enable (None); False when it was so before."""
    return bool(
        await tx.execute(
            "UPDATE resource_servers SET disabled_at = $2"
            " WHERE id = $1 AND (disabled_at IS NULL) <> ($2::timestamptz IS NULL)",
            server_id, at,
        )
    )  # fmt: skip


async def set_resource_server_secret(tx: Transaction, server_id: UUID, secret_digest: bytes) -> bool:
    """Put another secret in the place of the old one; False when there is no such server."""
    return bool(
        await tx.execute(
            "UPDATE resource_servers SET secret_digest = $2 WHERE id = $1", server_id, secret_digest
        )
    )
