"""The server's own keys. They live outside the database and rotate with an overlap.

A key ring is a list of keys: the newest signs, all verify. `site` keys are known to one site only; `shared`
ones to all sites of an installation, for what is copied between them (digests of published clients' secrets).
"""

import hmac
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from latchstring.kit.entropy import Entropy

T = TypeVar("T")


class Key(msgspec.Struct, frozen=True, omit_defaults=True):
    """One key: a small number that credentials can name, and 32 bytes in hex. `prepared`: it verifies, and is to
    sign next; `signs_since`: when it began to, if it was not the first."""

    id: Annotated[int, msgspec.Meta(ge=1, le=255)]
    secret: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    prepared: bool = False
    signs_since: datetime | None = None


class KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of the key file; in each list the last key is the newest."""

    site: Annotated[list[Key], msgspec.Meta(min_length=1)]
    shared: Annotated[list[Key], msgspec.Meta(min_length=1)]


class KeysInvalid(Exception):
    """The key file can't be used; the message says why."""


class KeyRing:
    """Keys for one purpose each, derived from the keys of a ring."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self._secrets = {key.id: bytes.fromhex(key.secret) for key in keys}
        self._derived: dict[tuple[str, int], bytes] = {}
        self.newest = keys[-1].id

    def derive(self, purpose: str, key_id: int | None = None) -> bytes | None:
        """The 32-byte key for `purpose`, or None when the ring has no key of that id any more."""
        return self._key(purpose, self.newest if key_id is None else key_id)

    def digest(self, purpose: str, value: bytes | str) -> bytes:
        """A digest of a high-entropy `value`, to be stored in its place: key id, then HMAC-SHA256 (33 bytes)."""
        return self._digest(purpose, value, self.newest)

    def digests(self, purpose: str, value: bytes | str) -> list[bytes]:
        """The digests of `value` under every key, newest first: what to look for."""
        return [self._digest(purpose, value, key_id) for key_id in reversed(self._secrets)]

    def digest_under(self, purpose: str, value: str, key_id: int) -> bytes | None:
        """The HMAC-SHA256 of `value` under one key (32 bytes), or None when the ring has it no more."""
        key = self._key(purpose, key_id)
        return None if key is None else hmac.digest(key, value.encode(), "sha256")

    def matches(self, purpose: str, value: bytes | str, stored: bytes) -> bool:
        """Whether `stored` is the digest of `value`; takes the same time whether or not."""
        key_id = stored[0] if stored and stored[0] in self._secrets else self.newest
        return hmac.compare_digest(self._digest(purpose, value, key_id), stored)

    def _digest(self, purpose: str, value: bytes | str, key_id: int) -> bytes:
        content = value.encode() if isinstance(value, str) else value
        key = self._key(purpose, key_id)
        if key is None:
            raise KeysInvalid(f"the key ring has no key {key_id}")
        return bytes([key_id]) + hmac.digest(key, content, "sha256")

    def _key(self, purpose: str, key_id: int) -> bytes | None:
        """Purposes are few and fixed in the code, so what was derived once is kept."""
        known = self._derived.get((purpose, key_id))
        if known is None and (secret := self._secrets.get(key_id)) is not None:
            known = self._derived[purpose, key_id] = hmac.digest(secret, purpose.encode(), "sha256")
        return known


def read_keys(file: Path) -> KeyFile:
    """The key file's content.

    Raises:
        KeysInvalid: it is missing, readable by others, or not of its form.
    """
    return _read(file, KeyFile)


def _read(file: Path, type_: type[T]) -> T:
    try:
        mode = file.stat().st_mode
        content = msgspec.json.decode(file.read_bytes(), type=type_)
    except FileNotFoundError:
        raise KeysInvalid(f"there is no key file at {file}") from None
    except msgspec.DecodeError as problem:
        raise KeysInvalid(f"{file}: {problem}") from None
    if mode & 0o077:
        raise KeysInvalid(f"{file} can be read by others; chmod 600 it")
    return content


def make_keys(file: Path, entropy: Entropy, shared_with: Iterable[Path] = ()) -> KeyFile:
    """Write a new key file unless there is one; its content either way. The shared keys are those of another
    site's file, when there is one; else one whose id will hardly be another site's too."""
    if file.exists():
        return read_keys(file)
    neighbour = next(iter(sorted(shared_with)), None)
    shared = (
        [new_key(1 + entropy.bytes(1)[0] % 255, entropy)]
        if neighbour is None
        else read_keys(neighbour).shared
    )
    fresh = KeyFile(site=[new_key(1, entropy)], shared=shared)
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        write_new(file, msgspec.json.format(msgspec.json.encode(fresh)))
    except FileExistsError:
        return read_keys(file)
    return fresh


def write_new(file: Path, content: bytes) -> None:
    """Write a file that nobody else may read, and that is there whole when this returns.

    Raises:
        FileExistsError: there is one.
    """
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def new_key(key_id: int, entropy: Entropy) -> Key:
    """A random key of this id."""
    return Key(key_id, entropy.bytes(32).hex())


class SharedKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What goes from one site to the others: the shared keys alone."""

    shared: Annotated[list[Key], msgspec.Meta(min_length=1)]


def export_shared(file: Path, to: Path) -> None:
    """Write the shared keys of a key file to a new file.

    Raises:
        FileExistsError: it is there already.
    """
    write_new(to, msgspec.json.format(msgspec.json.encode(SharedKeys(read_keys(file).shared))))


def import_shared(file: Path, brought: Path, *, replace: bool = False) -> int:
    """Take another site's shared keys over into a key file; how many were new. They verify from then on; this site's
    own newest key goes on making digests. `replace`: only the brought ones count from now on.

    Raises:
        KeysInvalid: one of the files can't be used, or a key there has the id of another one here.
    """
    known, others = read_keys(file), _read(brought, SharedKeys).shared
    here = {key.id: key.secret for key in known.shared}
    if not replace and any(here.get(key.id, key.secret) != key.secret for key in others):
        raise KeysInvalid(
            f"{brought} and {file} have different keys of one id. If no OAuth client was made here yet, take the brought"
            " ones in place of this site's: --replace"
        )
    fresh = [Key(key.id, key.secret) for key in others if here.get(key.id) != key.secret]
    replace_keys(file, KeyFile(site=known.site, shared=others if replace else [*fresh, *known.shared]))
    return len(fresh)


def replace_keys(file: Path, content: KeyFile) -> None:
    """Another content for a key file, there whole at every moment."""
    making = file.with_name(f".{file.name}.making")
    making.unlink(missing_ok=True)
    write_new(making, msgspec.json.format(msgspec.json.encode(content)))
    making.replace(file)
