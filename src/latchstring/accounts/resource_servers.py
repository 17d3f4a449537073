"""Resource servers: programs of the host that may introspect any token, with a secret of their own."""

from dataclasses import dataclass
from uuid import UUID

from latchstring.accounts.model import ResourceServer
from latchstring.accounts.refused import Missing
from latchstring.accounts.store import organizations as store
from latchstring.accounts.texts import checked_name
from latchstring.audit.entries import HOST, Act, record
from latchstring.kit.entropy import Entropy
from latchstring.protocol.credentials import RESOURCE_SERVER_SECRET, compose
from latchstring.storage.database import Transaction
from latchstring.storage.keys import KeyRing

#: The purpose of the digest under which the secrets are stored.
PURPOSE = "resource-server-secret"


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret that is shown now and never again, and whose it is."""

    client_id: UUID
    client_secret: str


async def create(
    tx: Transaction, keys: KeyRing, entropy: Entropy, act: Act, *, site: str, name: str
) -> NewSecret:
    """A new resource server."""
    new = ResourceServer(entropy.uuid(), checked_name(name), act.at)
    secret = compose(RESOURCE_SERVER_SECRET, site, entropy.bytes(24))
    await store.insert_resource_server(tx, new, keys.digest(PURPOSE, secret))
    await record(tx, act, HOST, "resource_server.created", subject=new.id, details={"name": new.name})
    return NewSecret(new.id, secret)


async def get(tx: Transaction, server_id: UUID | None) -> ResourceServer:
    """The resource server.

    Raises:
        Missing: there is none of that id.
    """
    found = await store.find_resource_server(tx, server_id) if server_id else None
    if found is None:
        raise Missing("resource server")
    return found


async def regenerate_secret(
    tx: Transaction, keys: KeyRing, entropy: Entropy, act: Act, server_id: UUID, *, site: str
) -> NewSecret:
    """Another secret; the old one is dead at once."""
    await get(tx, server_id)
    tx.revokes()
    secret = compose(RESOURCE_SERVER_SECRET, site, entropy.bytes(24))
    await store.set_resource_server_secret(tx, server_id, keys.digest(PURPOSE, secret))
    await record(tx, act, HOST, "resource_server.secret_regenerated", subject=server_id)
    return NewSecret(server_id, secret)


async def disable(tx: Transaction, act: Act, server_id: UUID) -> None:
    """From now on its secret opens nothing. Twice is once."""
    await get(tx, server_id)
    tx.revokes()
    if await store.set_resource_server_disabled(tx, server_id, act.at):
        await record(tx, act, HOST, "resource_server.disabled", subject=server_id)


async def enable(tx: Transaction, act: Act, server_id: UUID) -> None:
    """Undo `disable`."""
    await get(tx, server_id)
    if await store.set_resource_server_disabled(tx, server_id, None):
        await record(tx, act, HOST, "resource_server.enabled", subject=server_id)
