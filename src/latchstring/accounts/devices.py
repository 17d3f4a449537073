"""Devices that somebody signed in from before, and the networks that strangers come from.

The mark is a long-lived cookie: who, which device, and a MAC. It opens nothing; it only keeps strangers'
wrong passwords from counting against the owner.
"""

import hmac
from ipaddress import IPv6Address, ip_address, ip_network
from uuid import UUID

from latchstring.kit.entropy import Entropy
from latchstring.storage.keys import KeyRing

_PURPOSE = "device"


def new_mark(keys: KeyRing, entropy: Entropy, user_id: UUID) -> str:
    """The mark of a device that `user_id` just signed in from."""
    content = user_id.hex + entropy.bytes(12).hex()
    return content + keys.digest(_PURPOSE, content).hex()


def device_of(keys: KeyRing, mark: str | None, user_id: UUID | None) -> str | None:
    """The device's id when `mark` is a true one of this person, else None."""
    if not mark or user_id is None or not mark.isascii() or not mark.startswith(user_id.hex):
        return None
    content, digest = mark[:56], mark[56:]
    fits = [hmac.compare_digest(known.hex(), digest) for known in keys.digests(_PURPOSE, content)]
    return content[32:] if any(fits) else None


def network_of(address: str) -> str:
    """The network that an address is counted with: /24 of IPv4, /64 of IPv6."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return str(ip_network((ip, 64 if ip.version == 6 else 24), strict=False))
