"""Passwords: argon2id in a few threads, so that many at once take neither the event loop nor the memory."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from latchstring.accounts.refused import Refused

T = TypeVar("T")
SHORTEST, LONGEST = 12, 1024

#: How many may be at work or wait before strangers are told to come again.
_MOST_WAITING = 4

# OWASP's first choice for argon2id (19 MiB, two passes, one lane): two threads stay below 40 MiB.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)
_THREADS: Final = ThreadPoolExecutor(2, "passwords")
# A hash with today's parameters whose password nobody knows: its digest part is constant, not computed.
_NOBODYS: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IHNpZ25zIGluLg$eXKdZ6gmfbkWw2PyxeYvwAAtehZMa5q4fctNCvy99cs"
)


def checked_password(password: str, *, field: str = "password") -> str:
    """A password that may be set: 12 to 1024 characters, of whatever kind.

    Raises:
        Refused: it is shorter or longer, or not text.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused(f"must have {SHORTEST} to {LONGEST} characters", field=field)
    if "\x00" in password or not _is_text(password):
        raise Refused("must be text", field=field)
    return password


async def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its parameters and salt in it. Takes some 20 ms of a thread."""
    return await _in_thread(_HASHER.hash, password)


async def verify_password(password: str, stored: str | None) -> bool:
    """Whether `password` is the one that was hashed; without a hash it takes the same time and says no."""
    if len(password) > LONGEST or not _is_text(password):
        password, stored = "", None
    return await _in_thread(_verify, stored or _NOBODYS, password) and stored is not None


def is_busy() -> bool:
    """Whether so many passwords are being checked that one more would only make all of them wait."""
    return _queue.waiting >= _MOST_WAITING


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _is_text(password: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in password)


class _Queue:
    """How many are at work or wait, in this process."""

    waiting = 0


_queue = _Queue()


async def _in_thread(work: Callable[..., T], *arguments: str) -> T:
    _queue.waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_THREADS, work, *arguments)
    finally:
        _queue.waiting -= 1
