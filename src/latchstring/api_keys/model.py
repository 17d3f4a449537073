"""An API key: 32 lower-case hex characters, of which we keep a digest and the last four."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from latchstring.kit.entropy import Entropy
from latchstring.protocol.rehearsal import Watch
from latchstring.storage.keys import KeyRing

#: What keys made through an integration are called; the integration's name is beside it.
NAME = "OAuth Client API Key"
_FORM = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class LiveKey:
    """A key that works now."""

    organization_id: UUID
    id: UUID
    client_id: UUID | None
    #: Of a test client in its own sandbox that somebody tests; otherwise None.
    watch: Watch | None = None


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that an integration made at some time, whether or not it still works."""

    client_id: UUID
    revoked_at: datetime | None
    #: The organization's policy blocks its client.
    blocked: bool


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as its organization sees it: everything but its value."""

    organization_id: UUID
    id: UUID
    last4: str
    name: str
    client_id: UUID | None
    client_name: str | None
    created_by: UUID
    created_by_name: str
    created_by_disabled: bool
    modified_by: UUID
    created_at: datetime
    modified_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    blocked_at: datetime | None
    #: Who made it is disabled or has left the organization.
    creator_gone: bool
    #: Its client has no live authorization in the organization any more: the key works on alone.
    orphaned: bool


def is_key(value: str) -> bool:
    """Whether `value` has the form of an API key."""
    return _FORM.fullmatch(value) is not None


def new_value(entropy: Entropy) -> str:
    """A new key's value: 128 random bits."""
    return entropy.bytes(16).hex()


def digest_of(value: str, keys: KeyRing) -> bytes:
    """What is stored of a key."""
    return keys.digest("api-key", value)


def digests_of(value: str, keys: KeyRing) -> list[bytes]:
    """What may be stored of a key, under each of the server's keys: a key outlives their rotation."""
    return keys.digests("api-key", value)
