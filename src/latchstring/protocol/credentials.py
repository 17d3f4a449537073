"""Credentials made to be found: a prefix by kind, the site's key, and a checksum.

`<prefix>_<site>_<hex><checksum>`: the checksum (CRC-32 of all before it, 8 hex digits) lets a scanner tell a
real credential from a look-alike without asking anybody. It protects nothing: that is the digest's task.
"""

import re
import zlib

CLIENT_SECRET = "lscs"
PLATFORM_CREDENTIAL = "lspt"
RESOURCE_SERVER_SECRET = "lsrs"
_PREFIX = re.compile("ls(?:at|rt|ac|cs|pt|rs)_")


def checksum(text: str) -> str:
    """The last eight characters of a credential whose other characters are `text`."""
    return f"{zlib.crc32(text.encode()):08x}"


def compose(prefix: str, site: str, random: bytes) -> str:
    """A credential from `random` bytes; 24 of them are enough for every purpose here."""
    text = f"{prefix}_{site}_{random.hex()}"
    return text + checksum(text)


def is_well_formed(credential: str, prefix: str) -> bool:
    """Whether `credential` has this prefix and a right checksum."""
    if not credential.startswith(prefix + "_") or not credential.isascii():
        return False
    return credential[-8:] == checksum(credential[:-8])


def is_credential(text: str) -> bool:
    """Whether `text` begins like one of ours, of whatever kind, whole or not."""
    return _PREFIX.match(text) is not None
