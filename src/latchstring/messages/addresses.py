"""Which addresses a message may be posted to: only what is reachable by everybody on the internet.

The address that is checked is the very one that is connected to, so a name that answers differently the next time
it is asked gains nothing.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

#: A name and a port to addresses.
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

# The registries of special-purpose addresses (RFC 6890 and its successors), and multicast; spelled out here, because
# what Python calls global differs from release to release.
_CLOSED_4: Final = tuple(map(IPv4Network, (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
)))  # fmt: skip
_OPEN_6: Final = IPv6Network("2000::/3")
# Protocol assignments with Teredo, documentation, 6to4, direct delegation of AS112: all of them lead elsewhere.
_CLOSED_6: Final = tuple(map(IPv6Network, (
    "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20", "3ffe::/16",
)))  # fmt: skip


class AddressRefused(Exception):
    """The name leads to an address that is not everybody's, or to none."""


def is_open(address: str) -> bool:
    """Whether an address is one of the public internet. What embeds another address (mapped, NAT64, 6to4) is not."""
    try:
        number = ip_address(address)
    except ValueError:
        return False
    if isinstance(number, IPv4Address):
        return not any(number in network for network in _CLOSED_4)
    if number.scope_id is not None:
        return False
    return number in _OPEN_6 and not any(number in network for network in _CLOSED_6)


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own."""
    number: IPv4Address | IPv6Address = ip_address(address)
    return number.is_loopback


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, as the system resolves it."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def address_of(resolver: Resolve, host: str, port: int, *, loopback: bool = False) -> str:
    """The address to connect to. `loopback` opens this machine, for tests and the demo.

    Raises:
        AddressRefused: any of the name's addresses is closed; a name that mixes them is up to something.
    """
    try:
        found = await resolver(host, port)
    except OSError:
        raise AddressRefused("name_unknown") from None
    if not found:
        raise AddressRefused("name_unknown")
    if not all(is_open(one) or (loopback and is_loopback(one)) for one in found):
        raise AddressRefused("address_refused")
    return found[0]
