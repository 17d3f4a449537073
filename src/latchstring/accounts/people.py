"""People: who they are, which organizations they belong to, and whether they may act at all."""

from collections.abc import Sequence
from uuid import UUID

from latchstring.accounts import roles
from latchstring.accounts.model import Locale, Member, User
from latchstring.accounts.refused import Conflict, Missing
from latchstring.accounts.store import people as store
from latchstring.accounts.store import sessions
from latchstring.accounts.texts import checked_email, checked_name
from latchstring.audit.entries import HOST, Act, record
from latchstring.kit.entropy import Entropy
from latchstring.storage.database import Transaction


async def create(
    tx: Transaction,
    entropy: Entropy,
    act: Act,
    *,
    email: str,
    name: str,
    password_hash: str | None = None,
    locale: Locale | None = None,
) -> User:
    """A new person, without any organization yet. Without a password nobody can sign in as them."""
    new = User(entropy.uuid(), checked_email(email), checked_name(name), locale, act.at)
    if not await store.insert(tx, new, password_hash):
        raise Conflict("is the address of another user", field="email")
    await record(tx, act, HOST, "user.created", subject=new.id)
    return new


async def get(tx: Transaction, user_id: UUID | None) -> User:
    """The person.

    Raises:
        Missing: there is none of that id.
    """
    found = await store.find(tx, user_id) if user_id else None
    if found is None:
        raise Missing("user")
    return found


async def find_by_email(tx: Transaction, email: str) -> User | None:
    """The person with this address, in whatever case, or None."""
    askable = len(email) <= 300 and email.isprintable()
    return await store.find_by_email(tx, email.strip()) if askable else None


async def change_profile(
    tx: Transaction, act: Act, user_id: UUID, *, name: str, locale: Locale | None
) -> User:
    """Another name, and the language that somebody reads."""
    await get(tx, user_id)
    await store.set_profile(tx, user_id, checked_name(name), locale)
    await record(tx, act, HOST, "user.profile_changed", subject=user_id)
    return await get(tx, user_id)


async def disable(tx: Transaction, act: Act, user_id: UUID) -> None:
    """From now on neither this person nor their tokens can do anything; nothing is lost."""
    await get(tx, user_id)
    tx.revokes()
    await sessions.end_all(tx, user_id, None, act.at)
    if await store.set_disabled(tx, user_id, act.at):
        await record(tx, act, HOST, "user.disabled", subject=user_id)


async def enable(tx: Transaction, act: Act, user_id: UUID) -> None:
    """Undo `disable`; sessions that it ended stay ended."""
    await get(tx, user_id)
    if await store.set_disabled(tx, user_id, None):
        await record(tx, act, HOST, "user.enabled", subject=user_id)


async def put_member(
    tx: Transaction,
    act: Act,
    organization_id: UUID,
    user_id: UUID,
    role_ids: Sequence[UUID],
    *,
    ceiling: frozenset[str] | None = None,
) -> Member:
    """Make somebody a member with exactly these roles, whether or not they were one before."""
    await get(tx, user_id)
    if not await store.is_member(tx, organization_id, user_id):
        await store.begin_membership(tx, organization_id, user_id, act.at)
        await record(tx, act, organization_id, "member.added", subject=user_id)
    await roles.assign(tx, act, organization_id, user_id, role_ids, ceiling=ceiling)
    return await member(tx, organization_id, user_id)


async def member(tx: Transaction, organization_id: UUID, user_id: UUID | None) -> Member:
    """One member.

    Raises:
        Missing: nobody of that id is a member.
    """
    found = await store.member(tx, organization_id, user_id) if user_id else None
    if found is None:
        raise Missing("member")
    return found


async def end_membership(tx: Transaction, act: Act, organization_id: UUID, user_id: UUID) -> None:
    """Take somebody out of an organization; what they authorized there is revoked with it."""
    tx.revokes()
    ended = await store.end_membership(
        tx, organization_id, user_id, at=act.at, actor=act.actor, request_id=act.request_id
    )
    if not ended:
        raise Missing("member")
    await record(tx, act, organization_id, "member.removed", subject=user_id)
