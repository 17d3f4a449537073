"""OAuth clients as the protocol's endpoints read them: by id, many in one query."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from latchstring.protocol.rehearsal import Watch, watch_of
from latchstring.storage.database import Database, Row


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth client, test or published, with the digest of its secret."""

    id: UUID
    kind: str
    #: Where it was made, as its secret says; a published client works at every site.
    home_site: str
    organization_id: UUID
    app_id: UUID
    name: str
    description: str
    partner_name: str
    partner_verified: bool
    redirect_uris: tuple[str, ...]
    onboarding_url: str
    scopes: tuple[str, ...]
    revision: int
    secret_digest: bytes
    enabled: bool
    #: A published client has its credentials before it is approved, and is of no use until then.
    awaits_approval: bool
    #: Of the secret before this one, and when this one was made: to say so to whoever still sends the old one.
    previous_secret_digest: bytes | None
    secret_created_at: datetime
    #: None for every client that nobody tests.
    watch: Watch | None

    def may_be_authorized_by(self, organization_id: UUID) -> bool:
        """A test client only by the organization that made it, a published one by any."""
        return self.kind == "published" or self.organization_id == organization_id


_COLUMNS = """id, kind, home_site, organization_id, app_id, name, description, partner_name, partner_verified,
    redirect_uris, onboarding_url, scopes, revision, secret_digest, disabled_at, previous_secret_digest,
    secret_created_at, recording_until, rehearsal, rehearsal_since, rehearsal_until, published_at"""

_BY_ID = f"SELECT {_COLUMNS} FROM clients WHERE id = ANY($1::uuid[])"  # noqa: S608 - constants only

_BY_SECRET = "SELECT secret_digest, id FROM clients WHERE secret_digest = ANY($1::bytea[])"

_SIBLINGS = f"""
SELECT {_COLUMNS} FROM clients
WHERE organization_id = $1 AND app_id = $2 AND id <> $3"""  # noqa: S608 - constants only


async def read_clients(database: Database, ids: list[UUID]) -> list[Client | None]:
    """The clients of these ids, in the same order; None where there is none."""
    found = {row["id"]: _client(row) for row in await database.fetch(_BY_ID, list(dict.fromkeys(ids)))}
    return [found.get(client_id) for client_id in ids]


async def read_by_secret(database: Database, digests: list[bytes]) -> list[UUID | None]:
    """The clients whose secrets these digests are of, in the same order; None where there is none."""
    rows = await database.fetch(_BY_SECRET, list(dict.fromkeys(digests)))
    found: dict[bytes, UUID] = {row["secret_digest"]: row["id"] for row in rows}
    return [found.get(digest) for digest in digests]


async def siblings(database: Database, client: Client) -> list[Client]:
    """The other clients of the same app: a test client's published one, or the reverse."""
    rows = await database.fetch(_SIBLINGS, client.organization_id, client.app_id, client.id)
    return [_client(row) for row in rows]


def _client(row: Row) -> Client:
    return Client(
        id=row["id"],
        kind=row["kind"],
        home_site=row["home_site"],
        organization_id=row["organization_id"],
        app_id=row["app_id"],
        name=row["name"],
        description=row["description"],
        partner_name=row["partner_name"],
        partner_verified=row["partner_verified"],
        redirect_uris=tuple(row["redirect_uris"]),
        onboarding_url=row["onboarding_url"],
        scopes=tuple(row["scopes"]),
        revision=row["revision"],
        secret_digest=row["secret_digest"],
        enabled=row["disabled_at"] is None,
        awaits_approval=row["kind"] == "published" and row["published_at"] is None,
        previous_secret_digest=row["previous_secret_digest"],
        secret_created_at=row["secret_created_at"],
        watch=_watch(row),
    )


def _watch(row: Row) -> Watch | None:
    """Published clients are never watched, whatever their row says."""
    if row["kind"] != "test":
        return None
    return watch_of(row["recording_until"], row["rehearsal"], row["rehearsal_since"], row["rehearsal_until"])
