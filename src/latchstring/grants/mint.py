"""Making codes and tokens for an authorization."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from latchstring.grants.model import Authorization
from latchstring.kit.entropy import Entropy
from latchstring.protocol import tokens
from latchstring.protocol.possession import Shown, was_shown
from latchstring.protocol.rotation import Policy
from latchstring.storage.keys import KeyRing

_MOST_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long things live, and how patient refresh rotation is."""

    code: timedelta
    access_token_s: int
    rotation: Policy


@dataclass(frozen=True, slots=True)
class Granted:
    """What a token request is answered with."""

    access_token: str
    refresh_token: str
    scopes: tuple[str, ...]
    lifetime_s: int


@dataclass(frozen=True, slots=True)
class Mint:
    """Signs with the site's newest key."""

    site: str
    keys: KeyRing
    entropy: Entropy
    lifetimes: Lifetimes
    _signing: dict[tuple[int, bytes], bytes] = field(default_factory=dict, repr=False, compare=False)

    def code(self, organization_id: UUID, authorization_id: UUID, secret: bytes) -> str:
        """The authorization code of an authorization that is about to be written down."""
        row = tokens.Row(self.keys.newest, organization_id.bytes + authorization_id.bytes)
        return tokens.code(self.site, row, self._newest_key(secret))

    def pair(
        self, authorization: Authorization, generation: int, scopes: frozenset[str], now: datetime
    ) -> Granted:
        """An access token for `scopes`, and the refresh token of `generation`, which carries all scopes."""
        row = tokens.Row(self.keys.newest, authorization.row_name)
        key = self._newest_key(authorization.secret)
        access = tokens.Access(
            issued_at=int(now.timestamp()),
            lifetime=self.lifetimes.access_token_s,
            nonce=self.entropy.bytes(6),
            subset=tokens.subset_of(authorization.scopes, scopes),
        )
        return Granted(
            tokens.access_token(self.site, row, key, access),
            tokens.refresh_token(self.site, row, key, generation),
            tuple(scope for scope in authorization.scopes if scope in scopes),
            self.lifetimes.access_token_s,
        )

    def proves(self, token: tokens.Token, authorization: Authorization) -> bool:
        """Whether we made this token for this authorization."""
        key = self._signing_key(authorization.secret, token.row.key_id)
        return key is not None and token.is_signed_by(key)

    def was_shown(self, told: Shown, token: tokens.Token, authorization: Authorization) -> bool:
        """Whether who tells of a token of this authorization had it."""
        key = self._signing_key(authorization.secret, token.row.key_id)
        return key is not None and was_shown(told, token, key)

    def _newest_key(self, secret: bytes) -> bytes:
        key = self._signing_key(secret, self.keys.newest)
        assert key is not None
        return key

    def _signing_key(self, secret: bytes, key_id: int) -> bytes | None:
        """What signs the tokens of the row with this secret, under one of the server's keys; None when that one is
        retired. The last few thousand are kept: a row that was moved on has the secret that it had."""
        key = self._signing.get((key_id, secret))
        if key is None and (server_key := self.keys.derive("tokens", key_id)) is not None:
            if len(self._signing) >= _MOST_KEYS:
                self._signing.clear()
            key = self._signing[key_id, secret] = tokens.signing_key(server_key, secret)
        return key
