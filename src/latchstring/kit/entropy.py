"""Chance, as an argument: the one place that draws random bytes."""

import secrets
from typing import Protocol
from uuid import UUID


class Entropy(Protocol):
    """A source of unguessable bytes."""

    def bytes(self, count: int) -> bytes:
        """`count` random bytes."""

    def uuid(self) -> UUID:
        """A random UUID (version 4, RFC 9562 section 5.4)."""


class SystemEntropy:
    """The operating system's cryptographic generator."""

    def bytes(self, count: int) -> bytes:
        """See `Entropy.bytes`."""
        return secrets.token_bytes(count)

    def uuid(self) -> UUID:
        """See `Entropy.uuid`."""
        return UUID(bytes=secrets.token_bytes(16), version=4)
