"""Tokens that are computed, not stored.

Every token of an authorization is `<prefix>_<site>_<payload><mac><checksum>`, in hex behind the prefix. The
MAC's key is derived from the server's key *and* from a secret in the authorization's row: neither a dump of
the database nor the server's key alone can make one. Prefix and site are signed too. The payload names the
row, so one look-up finds all there is to know.

    payload   key id (1) · organization (16) · authorization (16) · what the kind adds
    code      nothing more: there is one per authorization
    access    issued at (4, Unix seconds) · lifetime (4, seconds) · nonce (6) · scope subset (0 or more)
    refresh   generation (4)

The same generation always gives the same refresh token: a retried refresh gets the same answer.
"""

import hmac
import struct
from enum import Enum

import msgspec

from latchstring.protocol.credentials import checksum

_MAC = 16
_ROW = struct.Struct(">B32s")
_ACCESS = struct.Struct(">II6s")
_REFRESH = struct.Struct(">I")


class Kind(Enum):
    """The kinds of token, by their prefix."""

    CODE = "lsac"
    ACCESS = "lsat"
    REFRESH = "lsrt"


class Row(msgspec.Struct, frozen=True):
    """Where a token points to: `name` is the organization's id and the authorization's, 16 bytes each."""

    key_id: int
    name: bytes


class Token(msgspec.Struct, frozen=True):
    """A token as it was presented: well-formed, but not yet proven. `signed` is what its `mac` covers."""

    kind: Kind
    site: str
    row: Row
    extra: bytes
    signed: bytes
    mac: bytes

    def is_signed_by(self, key: bytes) -> bool:
        """Whether we made this token: `key` is the row's signing key for `row.key_id` (see `signing_key`)."""
        return hmac.compare_digest(self.mac, _mac(self.signed, key))


class Access(msgspec.Struct, frozen=True):
    """What an access token says beyond its row. Times in Unix seconds; `subset` None means all scopes."""

    issued_at: int
    lifetime: int
    nonce: bytes
    subset: int | None

    @property
    def expires_at(self) -> int:
        """When it stops working."""
        return self.issued_at + self.lifetime


def mac_of(token: Token, key: bytes) -> bytes:
    """The MAC that the token has if `key` is the one that it was made with."""
    return _mac(token.signed, key)


def signing_key(server_key: bytes, row_secret: bytes) -> bytes:
    """The key that signs the tokens of one authorization."""
    return hmac.digest(server_key, row_secret, "sha256")


def code(site: str, row: Row, key: bytes) -> str:
    """The authorization code of a row (RFC 6749 section 4.1.2)."""
    return _compose(Kind.CODE, site, row, b"", key)


def access_token(site: str, row: Row, key: bytes, access: Access) -> str:
    """An access token (RFC 6749 section 1.4)."""
    extra = _ACCESS.pack(access.issued_at, access.lifetime, access.nonce)
    if access.subset is not None:
        extra += access.subset.to_bytes((access.subset.bit_length() + 7) // 8 or 1, "big")
    return _compose(Kind.ACCESS, site, row, extra, key)


def refresh_token(site: str, row: Row, key: bytes, generation: int) -> str:
    """The refresh token of a generation (RFC 6749 section 1.5)."""
    return _compose(Kind.REFRESH, site, row, _REFRESH.pack(generation), key)


def parse(text: str) -> Token | None:
    """The token that `text` has the form of, or None. Nothing is proven by this but the checksum."""
    prefix, _, rest = text[:-8].partition("_")
    site, _, body = rest.partition("_")
    kind = _KINDS.get(prefix)
    if kind is None or not text.isascii() or text[-8:] != checksum(text[:-8]):
        return None
    content = _unhexed(body)
    if content is None or len(content) < _ROW.size + _MAC:
        return None
    key_id, name = _ROW.unpack_from(content)
    extra, signed = content[_ROW.size : -_MAC], f"{prefix}_{site}_".encode() + content[:-_MAC]
    return (
        Token(kind, site, Row(key_id, name), extra, signed, content[-_MAC:]) if _fits(kind, extra) else None
    )


def row_hinted(text: str) -> tuple[Kind, str, bytes] | None:
    """Kind, site and row that a damaged token still names at its beginning. Proves nothing at all."""
    prefix, _, rest = text.partition("_")
    site, _, body = rest.partition("_")
    content = _unhexed(body[: 2 * _ROW.size])
    kind = _KINDS.get(prefix)
    if kind is None or content is None or len(content) < _ROW.size:
        return None
    return kind, site, _ROW.unpack(content)[1]


def read_access(token: Token) -> Access:
    """What an access token says; only for tokens of that kind."""
    issued_at, lifetime, nonce = _ACCESS.unpack_from(token.extra)
    subset = token.extra[_ACCESS.size :]
    return Access(issued_at, lifetime, nonce, int.from_bytes(subset, "big") if subset else None)


def read_generation(token: Token) -> int:
    """The generation of a refresh token; only for tokens of that kind."""
    generation: int = _REFRESH.unpack(token.extra)[0]
    return generation


def subset_of(granted: tuple[str, ...], wanted: frozenset[str]) -> int | None:
    """The bits of `wanted` among `granted`, or None when that is all of them.

    Granted scopes are only ever appended to, so a bit keeps its meaning.
    """
    if wanted.issuperset(granted):
        return None
    return sum(1 << position for position, scope in enumerate(granted) if scope in wanted)


def scopes_in(granted: tuple[str, ...], subset: int | None) -> tuple[str, ...]:
    """The scopes that the bits of `subset` stand for."""
    if subset is None:
        return granted
    return tuple(scope for position, scope in enumerate(granted) if subset >> position & 1)


_KINDS = {kind.value: kind for kind in Kind}


def _unhexed(text: str) -> bytes | None:
    """The bytes of a hex string in the one way in which we write it: a token has no second spelling."""
    try:
        content = bytes.fromhex(text)
    except ValueError:
        return None
    return content if content.hex() == text else None


def _fits(kind: Kind, extra: bytes) -> bool:
    if kind is Kind.ACCESS:
        return len(extra) >= _ACCESS.size
    return len(extra) == (_REFRESH.size if kind is Kind.REFRESH else 0)


def _compose(kind: Kind, site: str, row: Row, extra: bytes, key: bytes) -> str:
    head = f"{kind.value}_{site}_"
    content = _ROW.pack(row.key_id, row.name) + extra
    text = f"{head}{content.hex()}{_mac(head.encode() + content, key).hex()}"
    return text + checksum(text)


def _mac(signed: bytes, key: bytes) -> bytes:
    return hmac.digest(key, signed, "sha256")[:_MAC]
