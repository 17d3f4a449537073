"""Making codes and tokens for an authorization."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from latchstring.grants.model import Authorization
from latchstring.kit.entropy import Entropy
from latchstring.protocol import tokens
from latchstring.protocol.rotation import Policy
from latchstring.storage.keys import KeyRing


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

    def code(self, organization_id: UUID, authorization_id: UUID, secret: bytes) -> str:
        """The authorization code of an authorization that is about to be written down."""
        key_id = self.keys.newest
        server_key = self.keys.derive("tokens", key_id)
        assert server_key is not None
        row = tokens.Row(key_id, organization_id.bytes + authorization_id.bytes)
        return tokens.code(self.site, row, tokens.signing_key(server_key, secret))

    def pair(
        self, authorization: Authorization, generation: int, scopes: frozenset[str], now: datetime
    ) -> Granted:
        """An access token for `scopes`, and the refresh token of `generation`, which carries all scopes."""
        row = tokens.Row(self.keys.newest, authorization.row_name)
        key = authorization.signing_key(self.keys, row.key_id)
        assert key is not None
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
        key = authorization.signing_key(self.keys, token.row.key_id)
        return key is not None and token.is_signed_by(key)
