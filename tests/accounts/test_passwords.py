"""Passwords: argon2id, bounded length, and the same work whether or not somebody exists."""

import asyncio

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from latchstring.accounts import passwords
from latchstring.accounts.refused import Refused

PASSWORD = "correct horse battery staple"


async def test_a_password_is_kept_as_an_argon2id_hash_with_its_own_salt() -> None:
    """The hash holds its parameters; two of the same password differ."""
    first, second = await asyncio.gather(*(passwords.hash_password(PASSWORD) for _ in range(2)))
    assert first != second
    assert extract_parameters(first).type is Type.ID
    assert PASSWORD not in first
    assert await passwords.verify_password(PASSWORD, first)
    assert not await passwords.verify_password(PASSWORD + "!", first)


async def test_for_an_unknown_person_the_same_work_is_done_in_vain() -> None:
    """The stand-in hash has today's parameters and really is verified; no password fits it."""
    parameters = extract_parameters(passwords._NOBODYS)
    assert parameters == extract_parameters(await passwords.hash_password(PASSWORD))
    for password in ("", PASSWORD, "x" * 2000, "a\ud800b"):
        assert not await passwords.verify_password(password, None)


async def test_a_hash_with_other_parameters_is_outdated_and_still_right() -> None:
    """Parameters can be raised without asking anybody for a new password."""
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    assert passwords.is_outdated(old)
    assert await passwords.verify_password(PASSWORD, old)
    assert not passwords.is_outdated(await passwords.hash_password(PASSWORD))


async def test_a_broken_hash_lets_nobody_in() -> None:
    """What is no hash matches no password."""
    assert not await passwords.verify_password(PASSWORD, "$argon2id$broken")


@pytest.mark.parametrize(
    "password", ["", "eleven char", "x" * 1025, "twelve\x00chars", "twelve chars \ud800"]
)
def test_a_password_has_12_to_1024_characters_of_text(password: str) -> None:
    """The limits are on setting a password; anything may be tried."""
    with pytest.raises(Refused):
        passwords.checked_password(password)
    assert passwords.checked_password("twelve chars") == "twelve chars"
