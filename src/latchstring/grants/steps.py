"""The steps of an authorization, as values: allowed, redeemed, refreshed, revoked, and the end of one token.

The order of the fields is the order of the columns that the store sends (`storage/columns.py`).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person allowed."""

    organization_id: UUID
    id: UUID
    client_id: UUID
    user_id: UUID
    scope: str
    secret: bytes
    revision: int
    initiated_by: str
    redirect_uri: str
    code_challenge: str
    expires_at: datetime
    at: datetime
    request_id: str


@dataclass(frozen=True, slots=True)
class Redemption:
    """A code that was found right, and by whom it was brought."""

    organization_id: UUID
    id: UUID
    presented_by: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Move:
    """A generation of refresh token that was presented for the first time."""

    organization_id: UUID
    id: UUID
    generation: int
    at: datetime
    presented_by: str


@dataclass(frozen=True, slots=True)
class Revocation:
    """The end of an authorization: why, and by whom (`user:…`, `client:…`, `system`)."""

    organization_id: UUID
    id: UUID
    because: str
    actor: str
    at: datetime
    request_id: str


@dataclass(frozen=True, slots=True)
class Denial:
    """The end of a single access token."""

    organization_id: UUID
    authorization_id: UUID
    nonce: bytes
    expires_at: datetime
    at: datetime
    client_id: UUID
    request_id: str
