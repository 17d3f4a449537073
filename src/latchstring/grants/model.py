"""An authorization, as it was read together with everything that limits it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from latchstring.protocol.rehearsal import Watch
from latchstring.protocol.rotation import Counter


@dataclass(frozen=True, slots=True)
class Pending:
    """Consent was given; the code waits to be redeemed."""

    redirect_uri: str
    code_challenge: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Active:
    """The code was redeemed; tokens work."""

    redeemed_at: datetime
    counter: Counter
    presented_by: str


@dataclass(frozen=True, slots=True)
class Revoked:
    """Nothing of it works any more. `redeemed` tells a replayed code from one that was never used."""

    because: str
    redeemed: bool


State = Pending | Active | Revoked


def scopes_in_force(scopes: Sequence[str], since: Sequence[int], revision: int) -> frozenset[str]:
    """The client's scopes that consent to a revision reaches: those it has had ever since, without a gap.

    `since`: the revision from which each has been there; empty: always.
    """
    if not since:
        return frozenset(scopes)
    return frozenset(scope for scope, first in zip(scopes, since, strict=True) if first <= revision)


@dataclass(frozen=True)
class Authorization:
    """An authorization and, as of the same moment, what its client, user and organization allow."""

    organization_id: UUID
    id: UUID
    client_id: UUID
    user_id: UUID
    state: State
    scopes: tuple[str, ...]
    secret: bytes
    consented_at: datetime
    client_scopes: frozenset[str]
    permissions: frozenset[str]
    #: Scopes that the organization's policy takes from it.
    withheld: frozenset[str]
    owner_gone: str | None
    denied: frozenset[bytes]
    access_dead_until: int
    #: Of a test client in its own sandbox that somebody tests; otherwise None.
    watch: Watch | None = None

    @cached_property
    def granted(self) -> frozenset[str]:
        """What was consented to, is still one of the client's scopes, and is allowed by the organization."""
        return self.client_scopes.intersection(self.scopes) - self.withheld

    @cached_property
    def effective(self) -> frozenset[str]:
        """What a token of it may do now: granted, and allowed to its user."""
        return self.granted & self.permissions

    @property
    def row_name(self) -> bytes:
        """How its tokens name this row."""
        return self.organization_id.bytes + self.id.bytes
