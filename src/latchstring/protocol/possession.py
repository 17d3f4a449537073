"""That a site saw a token of another site, said without giving the token away.

A site that was shown another's token tells that one everything of it but its MAC, and a digest of the whole. Its
own site can make the MAC again and so knows that the token was there; who reads the message can't use it.
"""

import hashlib
import hmac

import msgspec

from latchstring.protocol import tokens
from latchstring.protocol.credentials import checksum
from latchstring.protocol.tokens import Token

_HIDDEN = 2 * 16 + 8


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A token without its MAC and checksum, and the SHA-256 of the whole, in hex."""

    token: str
    digest: str


def shown(text: str) -> tuple[Token, Shown] | None:
    """What a well-formed token is told by; None for anything else."""
    token = tokens.parse(text)
    if token is None:
        return None
    return token, Shown(text[:-_HIDDEN], hashlib.sha256(text.encode()).hexdigest())


def claimed(told: Shown) -> Token | None:
    """The token that `told` is about, with a MAC of zeros; proven by `was_shown` alone."""
    text = told.token + "0" * (_HIDDEN - 8)
    return tokens.parse(text + checksum(text)) if text.isascii() else None


def was_shown(told: Shown, token: Token, key: bytes) -> bool:
    """Whether who tells this had the token. `key` is the row's signing key for `token.row.key_id`."""
    text = told.token + tokens.mac_of(token, key).hex()
    digest = hashlib.sha256((text + checksum(text)).encode()).hexdigest()
    return hmac.compare_digest(digest.encode(), told.digest.encode())
