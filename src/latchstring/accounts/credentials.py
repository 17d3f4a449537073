"""Platform credentials (`lspt_…`): the host's operators, and people acting through the JSON API.

The first operator credential is minted on the command line, which needs the database and the key file.
Further ones are minted by an operator credential through the JSON API, or again on the command line with
`--another`: whoever has the key file could forge one anyway.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from latchstring.accounts.refused import Conflict, Missing
from latchstring.accounts.store import credentials as store
from latchstring.accounts.texts import checked_name
from latchstring.audit.entries import HOST, Act, record
from latchstring.kit.entropy import Entropy
from latchstring.protocol.credentials import PLATFORM_CREDENTIAL, compose, is_well_formed
from latchstring.storage.database import Database, Row, Transaction
from latchstring.storage.keys import KeyRing

Kind = Literal["operator", "personal"]
_PURPOSE = "platform-credential"
_MOST = 50


@dataclass(frozen=True, slots=True)
class Credential:
    """A live credential and, when it is personal, whose it is and what they may do now."""

    id: UUID
    kind: Kind
    name: str
    organization_id: UUID | None
    user_id: UUID | None
    permissions: frozenset[str]
    last_used_at: datetime | None
    #: The parties for which its user reviews what partners submit; of most people none.
    reviews_for: frozenset[str] = frozenset()

    @property
    def is_operator(self) -> bool:
        """Whether it is the host's."""
        return self.kind == "operator"

    @property
    def actor(self) -> str:
        """How the audit log names who uses it."""
        return f"operator:{self.id}" if self.user_id is None else f"user:{self.user_id}"


@dataclass(frozen=True, slots=True)
class CredentialLine:
    """A credential as lists show it: never its value."""

    id: UUID
    kind: Kind
    name: str
    last4: str
    organization_id: UUID | None
    user_id: UUID | None
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a personal credential is, and where it acts."""

    organization_id: UUID
    user_id: UUID


@dataclass(frozen=True, slots=True)
class Minted:
    """A new credential; `value` exists nowhere else."""

    id: UUID
    name: str
    value: str


async def mint(
    tx: Transaction,
    keys: KeyRing,
    entropy: Entropy,
    act: Act,
    *,
    site: str,
    name: str,
    holder: Holder | None = None,
) -> Minted:
    """A new credential: the holder's, or an operator's when there is none."""
    minted = Minted(entropy.uuid(), checked_name(name), compose(PLATFORM_CREDENTIAL, site, entropy.bytes(24)))
    if holder and await store.count_of_person(tx, holder.organization_id, holder.user_id) >= _MOST:
        raise Conflict(f"you can have at most {_MOST} credentials; revoke one first")
    await store.insert(
        tx,
        keys.digest(_PURPOSE, minted.value),
        minted.value[-4:],
        credential_id=minted.id,
        name=minted.name,
        organization_id=holder.organization_id if holder else None,
        user_id=holder.user_id if holder else None,
        at=act.at,
    )
    where = holder.organization_id if holder else HOST
    await record(tx, act, where, "credential.created", subject=minted.id, details={"name": minted.name})
    return minted


async def mint_first_operator(
    tx: Transaction, keys: KeyRing, entropy: Entropy, act: Act, *, site: str, name: str
) -> Minted | None:
    """The first operator credential, or None when there is one already."""
    if await store.any_operator(tx):
        return None
    return await mint(tx, keys, entropy, act, site=site, name=name)


def digests_of(keys: KeyRing, value: str) -> list[bytes]:
    """What to look for when `value` is presented, newest key first; nothing when it can't be a credential."""
    if len(value) > 200 or not is_well_formed(value, PLATFORM_CREDENTIAL):
        return []
    return keys.digests(_PURPOSE, value)


async def read_credentials(
    source: Database | Transaction, digests: Sequence[bytes]
) -> list[Credential | None]:
    """The live credentials of some digests, in their order, by one query; None where there is none."""
    ask: Callable[..., Awaitable[list[Row]]] = source.fetch if isinstance(source, Database) else source.rows
    found = {row["digest"]: _credential(row) for row in await ask(store.LIVE, list(digests))}
    return [found.get(digest) for digest in digests]


async def touch(tx: Transaction, credential: Credential, now: datetime) -> None:
    """Note that it was used; asks the database at most once a minute."""
    if credential.last_used_at is None or now - credential.last_used_at > timedelta(minutes=1):
        await store.touch(tx, [credential.id], now)


async def page(
    tx: Transaction, holder: Holder | None, *, after: UUID | None = None, limit: int = 50
) -> list[CredentialLine]:
    """Live credentials in order of their ids: somebody's own, or all of the host (None)."""
    rows = await store.page(
        tx, holder.organization_id if holder else None, holder.user_id if holder else None, after, limit
    )
    return [CredentialLine(**row) for row in rows]


async def revoke(tx: Transaction, act: Act, holder: Holder | None, credential_id: UUID | None) -> None:
    """Revoke somebody's own credential, or any when the host does it (None).

    Raises:
        Missing: it is dead already, or not theirs.
    """
    row = await store.find(tx, credential_id) if credential_id else None
    if row is None or (holder and holder != Holder(row["organization_id"], row["user_id"])):
        raise Missing("credential")
    tx.revokes()
    await store.revoke(tx, row["id"], act.at)
    await record(tx, act, row["organization_id"] or HOST, "credential.revoked", subject=row["id"])


def _credential(row: Row) -> Credential:
    return Credential(
        row["id"],
        row["kind"],
        row["name"],
        row["organization_id"],
        row["user_id"],
        frozenset(row["permissions"]),
        row["last_used_at"],
        frozenset(row["reviews_for"]),
    )
