"""An integration makes its key in the organization that authorized it. One lives at a time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from latchstring.api_keys import store
from latchstring.api_keys.model import NAME, digest_of, new_value
from latchstring.audit.entries import Act, record
from latchstring.kit.entropy import Entropy
from latchstring.storage.database import Transaction
from latchstring.storage.keys import KeyRing


@dataclass(frozen=True, slots=True)
class Created:
    """A new key; `value` exists nowhere else."""

    id: UUID
    value: str
    user_id: UUID
    at: datetime


async def create(
    tx: Transaction,
    keys: KeyRing,
    entropy: Entropy,
    act: Act,
    *,
    organization_id: UUID,
    authorization_id: UUID,
    client_id: UUID,
) -> Created | None:
    """A new key for the client of an authorization; None while it has one that lives."""
    key_id, value = entropy.uuid(), new_value(entropy)
    user_id = await store.create(
        tx,
        organization_id,
        authorization_id,
        key_id=key_id,
        digest=digest_of(value, keys),
        last4=value[-4:],
        name=NAME,
        now=act.at,
    )
    if user_id is None:
        return None
    details = {"last4": value[-4:], "authorization": str(authorization_id)}
    await record(
        tx, act, organization_id, "api_key.created", subject=key_id, client_id=client_id, details=details
    )
    return Created(key_id, value, user_id, act.at)
