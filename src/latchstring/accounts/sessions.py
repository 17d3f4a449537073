"""Browser sessions: a random cookie whose keyed digest names a row; and the CSRF tokens that go with them."""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from latchstring.accounts.model import OrganizationKind
from latchstring.accounts.refused import Missing
from latchstring.accounts.store import people
from latchstring.accounts.store import sessions as store
from latchstring.kit.entropy import Entropy
from latchstring.storage.database import Database, Row, Transaction
from latchstring.storage.keys import KeyRing

memberships_of = people.memberships
_PURPOSE = "session"
#: More sign-ins than this at once, and the least used one ends.
_MOST = 50


@dataclass(frozen=True, slots=True)
class BrowserSession:
    """A signed-in person, the organization that is active, and what they may do there now.

    `id` is the digest, never the cookie. The organization is None when there is none to act in.
    """

    id: bytes
    user_id: UUID
    user_name: str
    email: str
    locale: str | None
    organization_id: UUID | None
    organization_name: str | None
    organization_subdomain: str | None
    organization_kind: OrganizationKind | None
    permissions: frozenset[str]
    #: The parties for which they review what partners submit; of most people none.
    reviews_for: frozenset[str]
    created_at: datetime
    expires_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One of a person's sessions as they see it in a list."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a session lasts: at most, and without use."""

    most: timedelta
    idle: timedelta


def digest_of(keys: KeyRing, cookie: str) -> bytes:
    """What names the session of a cookie; of any string, for strings that were never a cookie."""
    return keys.digest(_PURPOSE, cookie.encode("utf-8", "surrogatepass"))


def digests_of(keys: KeyRing, cookie: str) -> list[bytes]:
    """What may name the session of a cookie, under each of the server's keys."""
    return keys.digests(_PURPOSE, cookie.encode("utf-8", "surrogatepass"))


async def begin(
    tx: Transaction,
    keys: KeyRing,
    entropy: Entropy,
    now: datetime,
    user_id: UUID,
    *,
    lifetimes: Lifetimes,
    address: str = "",
    user_agent: str = "",
) -> str:
    """Sign somebody in; the cookie's value, which exists nowhere else. The first organization is active."""
    cookie = entropy.bytes(32).hex()
    memberships = await people.memberships(tx, user_id)
    await store.clear(tx, user_id, now, _MOST - 1)
    await store.insert(
        tx,
        digest_of(keys, cookie),
        user_id,
        memberships[0].organization_id if memberships else None,
        created_at=now,
        expires_at=now + lifetimes.most,
        address=address[:100],
        user_agent=printable(user_agent)[:300],
    )
    return cookie


async def read_sessions(
    source: Database | Transaction, digests: Sequence[bytes], now: datetime, idle: timedelta
) -> list[BrowserSession | None]:
    """The live sessions of some digests, in their order, by one query; None where there is none."""
    ask: Callable[..., Awaitable[list[Row]]] = source.fetch if isinstance(source, Database) else source.rows
    rows = await ask(store.LIVE, list(digests), now, now - idle)
    found = {row["id"]: _session(row) for row in rows}
    return [found.get(digest) for digest in digests]


async def touch(tx: Transaction, session: BrowserSession, now: datetime) -> None:
    """Note that the session was used; asks the database at most once a minute."""
    if now - session.last_seen_at > timedelta(minutes=1):
        await store.touch(tx, session.id, now)


async def end(tx: Transaction, digest: bytes, now: datetime) -> bool:
    """Sign out; False when the session is over already."""
    tx.revokes()
    return await store.end(tx, digest, now)


async def end_all_of(tx: Transaction, user_id: UUID, now: datetime, *, but: bytes | None = None) -> int:
    """Sign out everywhere, or everywhere else; how many sessions that ended."""
    tx.revokes()
    return await store.end_all(tx, user_id, but, now)


async def sessions_of(tx: Transaction, user_id: UUID, now: datetime, idle: timedelta) -> list[SessionLine]:
    """Somebody's live sessions, the last used first."""
    rows = await store.of_user(tx, user_id, now, now - idle)
    return [
        SessionLine(
            public_id(row["id"]),
            row["created_at"],
            row["last_seen_at"],
            row["expires_at"],
            row["address"] or "",
            row["user_agent"] or "",
        )
        for row in rows
    ]


async def end_one_of(
    tx: Transaction, user_id: UUID, session_id: UUID, now: datetime, idle: timedelta
) -> None:
    """End one of somebody's own sessions by its public id.

    Raises:
        Missing: it is over, or not theirs.
    """
    for row in await store.of_user(tx, user_id, now, now - idle):
        if public_id(row["id"]) == session_id:
            await end(tx, row["id"], now)
            return
    raise Missing("session")


async def switch_organization(tx: Transaction, session: BrowserSession, organization_id: UUID) -> None:
    """Make another organization active.

    Raises:
        Missing: there is none of that id, or this person can't act in it.
    """
    tx.revokes()
    if not await store.set_organization(tx, session.id, organization_id):
        raise Missing("organization")


def public_id(digest: bytes) -> UUID:
    """How a session is named in lists: a part of its digest, good for nothing else."""
    return UUID(bytes=digest[1:17])


def csrf_token(keys: KeyRing, bound_to: bytes | str, purpose: str) -> str:
    """The token of a form: bound to the session's digest (before sign-in: the visit cookie) and a purpose."""
    return keys.digest("csrf", _csrf_content(bound_to, purpose)).hex()


def csrf_token_fits(keys: KeyRing, token: str, bound_to: bytes | str, purpose: str) -> bool:
    """Whether `token` was made for this session (or visit) and purpose; always takes the same time."""
    fits = [digest.hex() for digest in keys.digests("csrf", _csrf_content(bound_to, purpose))]
    presented = token.encode("utf-8", "surrogatepass")
    return sum(hmac.compare_digest(presented, expected.encode()) for expected in fits) > 0


def printable(text: str) -> str:
    """What a stranger's header said, without what a database or a page can't hold."""
    return "".join(character if character.isprintable() else " " for character in text)


def _csrf_content(bound_to: bytes | str, purpose: str) -> bytes:
    raw = bound_to.encode("utf-8", "surrogatepass") if isinstance(bound_to, str) else bound_to
    return len(raw).to_bytes(4, "big") + raw + purpose.encode("utf-8", "surrogatepass")


def _session(row: Row) -> BrowserSession:
    sets = {name: frozenset(row[name]) for name in ("permissions", "reviews_for")}
    return BrowserSession(**{**dict(row), **sets})
