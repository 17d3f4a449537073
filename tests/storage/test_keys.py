"""The server's own keys, outside the database."""

from pathlib import Path

import pytest

from latchstring.kit.entropy import SystemEntropy
from latchstring.storage.keys import Key, KeyRing, KeysInvalid, make_keys, read_keys

OLD, NEW = Key(1, "11" * 32), Key(2, "22" * 32)


def test_a_key_file_is_made_once_and_private(tmp_path: Path) -> None:
    """Whoever starts second finds the first one's keys; nobody else can read them."""
    file = tmp_path / "deep" / "keys.json"
    made = make_keys(file, SystemEntropy())
    assert make_keys(file, SystemEntropy()) == read_keys(file) == made
    assert file.stat().st_mode & 0o777 == 0o600
    assert made.site[0].secret != made.shared[0].secret


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """With the command that mends it."""
    file = tmp_path / "keys.json"
    make_keys(file, SystemEntropy())
    file.chmod(0o640)
    with pytest.raises(KeysInvalid, match="chmod 600"):
        read_keys(file)


@pytest.mark.parametrize(
    "content",
    ["", "{", "{}", '{"site":[],"shared":[]}', '{"site":[{"id":0,"secret":"%s"}],"shared":[]}' % ("1" * 64),
     '{"site":[{"id":256,"secret":"%s"}],"shared":[]}' % ("1" * 64), '{"site":[{"id":1,"secret":"x"}],"shared":[]}'],
)  # fmt: skip
def test_a_key_file_of_another_form_is_refused(tmp_path: Path, content: str) -> None:
    """Named, not guessed at."""
    file = tmp_path / "keys.json"
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(KeysInvalid, match=r"keys\.json"):
        read_keys(file)


def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    """The operator is told where it was looked for."""
    with pytest.raises(KeysInvalid, match="there is no key file"):
        read_keys(tmp_path / "none.json")


@pytest.mark.row("B110")
def test_the_newest_key_signs_and_all_verify() -> None:
    """The overlap of a rotation."""
    before, during, after = KeyRing([OLD]), KeyRing([OLD, NEW]), KeyRing([NEW])
    old, new = before.digest("p", "value"), during.digest("p", "value")
    assert (old[0], new[0]) == (1, 2)
    assert during.matches("p", "value", old)
    assert during.matches("p", "value", new)
    assert during.digests("p", "value") == [new, old]
    assert not after.matches("p", "value", old)
    assert after.derive("p", 1) is None


def test_purposes_are_worlds_apart() -> None:
    """A digest for one is none for another."""
    ring = KeyRing([OLD])
    assert ring.digest("a", "value") != ring.digest("b", "value")
    assert not ring.matches("b", "value", ring.digest("a", "value"))
    assert not ring.matches("a", "other", ring.digest("a", "value"))
    assert not ring.matches("a", "value", b"")
