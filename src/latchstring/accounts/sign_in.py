"""Signing in, with limits on guessing that a stranger can't turn against the owner.

Counted are wrong passwords per account and network, per account overall, and per network overall. The last
two have higher limits and do not concern a device that its owner signed in from before, which has a counter
of its own. Nor does it concern such a device when more passwords are being checked than we have threads for.
A refusal is returned, not raised, so that its count is committed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from latchstring.accounts import devices, sessions
from latchstring.accounts import people as accounts
from latchstring.accounts.model import User
from latchstring.accounts.passwords import (
    checked_password,
    hash_password,
    is_busy,
    is_outdated,
    verify_password,
)
from latchstring.accounts.store import failures, people
from latchstring.audit.entries import HOST, Act, record
from latchstring.kit.entropy import Entropy
from latchstring.storage.database import Transaction
from latchstring.storage.keys import KeyRing

#: How many times the limit per account and network an account, and a network, have overall.
_ACCOUNT_FACTOR, _NETWORK_FACTOR = 10, 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Wrong passwords per account and network before a pause, and how long that lasts."""

    attempts: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Door:
    """Where somebody signs in from: address, browser, and the mark of the device, if it has one."""

    address: str
    user_agent: str = ""
    device_mark: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """In. `cookie` and `device_mark` are the values of the two cookies to set."""

    cookie: str
    device_mark: str
    user: User


@dataclass(frozen=True, slots=True)
class WrongCredentials:
    """No such account, or not its password: nobody is told which."""


@dataclass(frozen=True, slots=True)
class Throttled:
    """Too many wrong passwords; worth trying again after so many seconds."""

    retry_after_s: int


@dataclass(frozen=True, slots=True)
class AccountDisabled:
    """The right password of an account that the host disabled."""


Outcome = SignedIn | WrongCredentials | Throttled | AccountDisabled


async def sign_in(
    tx: Transaction,
    keys: KeyRing,
    entropy: Entropy,
    act: Act,
    *,
    email: str,
    password: str,
    door: Door,
    limits: Limits,
    lifetimes: sessions.Lifetimes,
) -> Outcome:
    """Check a password and begin a session. Of `act` the time and the request are used."""
    user = await accounts.find_by_email(tx, email)
    guess = _guess(keys, email, user, door)
    if guess.overall and is_busy():
        return Throttled(2)
    throttled = await _reserve(tx, guess, limits, act.at)
    if throttled is not None:
        return throttled
    stored = await people.password_of(tx, user.id) if user else None
    if not await verify_password(password, stored) or user is None:
        return await _count_failure(tx, guess, limits, act, user)
    await failures.forget(tx, guess.here)
    if user.disabled_at is not None:
        return AccountDisabled()
    if stored is not None and is_outdated(stored):
        await people.set_password(tx, user.id, await hash_password(password), None)
    return await _begin(tx, keys, entropy, act, user, door, lifetimes)


async def change_password(
    tx: Transaction,
    keys: KeyRing,
    act: Act,
    user_id: UUID,
    *,
    current: str,
    new: str,
    limits: Limits,
    keep: bytes | None = None,
) -> Throttled | WrongCredentials | None:
    """Change one's own password and end all other sessions than `keep`. None when that was done."""
    checked_password(new, field="new_password")
    guess = _Guess(_subject(keys, "change", user_id.hex), ())
    throttled = await _reserve(tx, guess, limits, act.at)
    if throttled is not None:
        return throttled
    if not await verify_password(current, await people.password_of(tx, user_id)):
        return WrongCredentials()
    await failures.forget(tx, guess.here)
    await set_password(tx, act, user_id, new, keep=keep)
    return None


async def set_password(
    tx: Transaction, act: Act, user_id: UUID, new: str, *, keep: bytes | None = None
) -> None:
    """Give somebody a password and end all of their sessions but `keep`."""
    hashed = await hash_password(checked_password(new))
    await people.set_password(tx, user_id, hashed, act.at)
    await sessions.end_all_of(tx, user_id, act.at, but=keep)
    await record(tx, act, HOST, "user.password_changed", subject=user_id)


@dataclass(frozen=True, slots=True)
class _Guess:
    """What an attempt is counted under: here (locked meanwhile), and overall, each with its factor."""

    here: bytes
    overall: Sequence[tuple[bytes, int]]


def _guess(keys: KeyRing, email: str, user: User | None, door: Door) -> _Guess:
    account = user.id.hex if user else "email:" + email.strip().lower()
    device = devices.device_of(keys, door.device_mark, user.id if user else None)
    if device is not None:
        return _Guess(_subject(keys, "device", account, device), ())
    network = devices.network_of(door.address)
    overall = (
        (_subject(keys, "account", account), _ACCOUNT_FACTOR),
        (_subject(keys, "network", network), _NETWORK_FACTOR),
    )
    return _Guess(_subject(keys, "here", account, network), overall)


def _subject(keys: KeyRing, *parts: str) -> bytes:
    return keys.digest("sign-in", "\n".join(parts).encode("utf-8", "surrogatepass"))


async def _reserve(tx: Transaction, guess: _Guess, limits: Limits, now: datetime) -> Throttled | None:
    """Count the attempt before the check, so that many at once are not checked for one count."""
    window_start = now - limits.window
    count, since = await failures.count_one(tx, guess.here, now, window_start)
    if count > limits.attempts:
        return _throttled(since, limits, now)
    factors = dict(guess.overall)
    for subject, (number, began) in (await failures.read(tx, list(factors), window_start)).items():
        if number >= limits.attempts * factors[subject]:
            return _throttled(began, limits, now)
    return None


async def _count_failure(
    tx: Transaction, guess: _Guess, limits: Limits, act: Act, user: User | None
) -> WrongCredentials:
    for subject, _ in guess.overall:
        await failures.count_one(tx, subject, act.at, act.at - limits.window)
    await failures.forget_some_old(tx, act.at - limits.window)
    if user is not None:
        await record(tx, act, HOST, "user.sign_in_failed", subject=user.id)
    return WrongCredentials()


async def _begin(
    tx: Transaction,
    keys: KeyRing,
    entropy: Entropy,
    act: Act,
    user: User,
    door: Door,
    lifetimes: sessions.Lifetimes,
) -> SignedIn:
    cookie = await sessions.begin(
        tx,
        keys,
        entropy,
        act.at,
        user.id,
        lifetimes=lifetimes,
        address=door.address,
        user_agent=door.user_agent,
    )
    mark = door.device_mark if devices.device_of(keys, door.device_mark, user.id) else None
    entered = Act(f"user:{user.id}", act.at, act.request_id)
    await record(tx, entered, HOST, "user.signed_in", subject=user.id)
    return SignedIn(cookie, mark or devices.new_mark(keys, entropy, user.id), user)


def _throttled(since: datetime, limits: Limits, now: datetime) -> Throttled:
    return Throttled(max(1, int((since + limits.window - now).total_seconds())))
