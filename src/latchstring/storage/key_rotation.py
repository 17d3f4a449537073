"""Changing the server's keys in three steps, so that no process ever meets a credential of a key it does not know.

Prepared: every process verifies with the new key, none signs with it. Activated: it signs. Retired: the old one is gone.
"""

from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from latchstring.kit.entropy import Entropy
from latchstring.storage.keys import Key, KeyFile, KeysInvalid, new_key, read_keys, replace_keys

Ring = Literal["site", "shared"]
_MOST = 255


def prepare(file: Path, ring: Ring, entropy: Entropy) -> Key:
    """Add a key that verifies and does not sign yet.

    Raises:
        KeysInvalid: one is prepared already, or there is no id left.
    """
    content = read_keys(file)
    keys = getattr(content, ring)
    if prepared_in(keys) is not None:
        raise KeysInvalid("a key is prepared already; activate or retire it first")
    taken = {key.id for key in keys}
    free = next((n for n in _following(keys[-1].id) if n not in taken), None)
    if free is None:
        raise KeysInvalid("there is no id left for another key; retire some")
    fresh = msgspec.structs.replace(new_key(free, entropy), prepared=True)
    replace_keys(file, _with(content, ring, [fresh, *keys]))
    return fresh


def activate(file: Path, ring: Ring, now: datetime) -> Key:
    """Let the prepared key sign from now on.

    Raises:
        KeysInvalid: none is prepared.
    """
    content = read_keys(file)
    keys = getattr(content, ring)
    found = prepared_in(keys)
    if found is None:
        raise KeysInvalid("no key is prepared")
    signing = msgspec.structs.replace(found, prepared=False, signs_since=now)
    replace_keys(file, _with(content, ring, [*(key for key in keys if key is not found), signing]))
    return signing


def retire(file: Path, ring: Ring, key_id: int) -> None:
    """Forget a key: whatever was made with it is worth nothing any more.

    Raises:
        KeysInvalid: there is none of this id, or it is the one that signs.
    """
    content = read_keys(file)
    keys = getattr(content, ring)
    if key_id not in {key.id for key in keys}:
        raise KeysInvalid(f"there is no key {key_id}")
    if keys[-1].id == key_id:
        raise KeysInvalid(f"key {key_id} signs; activate another one first")
    replace_keys(file, _with(content, ring, [key for key in keys if key.id != key_id]))


def prepared_in(keys: list[Key]) -> Key | None:
    """The prepared key of a ring."""
    return next((key for key in keys if key.prepared), None)


def _following(last: int) -> list[int]:
    """All ids, beginning after the last one: an id is used again as late as can be."""
    return [*range(last + 1, _MOST + 1), *range(1, last + 1)]


def _with(content: KeyFile, ring: Ring, keys: list[Key]) -> KeyFile:
    return msgspec.structs.replace(content, **{ring: keys})
