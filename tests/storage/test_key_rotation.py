"""Keys are prepared, activated and retired, in this order only."""

from pathlib import Path

import pytest

from latchstring.kit.clock import SystemClock
from latchstring.kit.entropy import SystemEntropy
from latchstring.storage.key_rotation import activate, prepare, retire
from latchstring.storage.keys import KeyRing, KeysInvalid, make_keys, read_keys


@pytest.mark.row("B110")
def test_a_prepared_key_verifies_and_does_not_sign_until_it_is_activated(tmp_path: Path) -> None:
    """Ids go round; the other ring stays as it is; the file stays closed to others."""
    file, entropy, now = tmp_path / "keys.json", SystemEntropy(), SystemClock().now()
    first = make_keys(file, entropy)
    made = prepare(file, "site", entropy)
    ring = KeyRing(read_keys(file).site)
    assert (made.id, ring.newest, ring.derive("tokens", 2) is not None) == (2, 1, True)
    with pytest.raises(KeysInvalid, match="prepared already"):
        prepare(file, "site", entropy)
    with pytest.raises(KeysInvalid, match="no key is prepared"):
        activate(file, "shared", now)
    assert activate(file, "site", now).signs_since == now
    assert KeyRing(read_keys(file).site).newest == 2
    with pytest.raises(KeysInvalid, match="signs"):
        retire(file, "site", 2)
    with pytest.raises(KeysInvalid, match="no key 9"):
        retire(file, "site", 9)
    retire(file, "site", 1)
    assert [key.id for key in read_keys(file).site] == [2]
    assert read_keys(file).shared == first.shared
    assert file.stat().st_mode & 0o077 == 0
    for expected in (3, 4):
        assert prepare(file, "site", entropy).id == expected
        activate(file, "site", now)
