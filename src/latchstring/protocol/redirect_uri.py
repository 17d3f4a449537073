"""Which redirect URIs and onboarding URLs can be registered. Compared exactly, never normalised.

RFC 6749 section 3.1.2, RFC 8252 section 7.3, RFC 9700 section 4.1.
"""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address

LONGEST = 2_000

# A URI is ASCII without spaces and without what some parsers read differently (RFC 3986 section 2).
_CHARACTERS = re.compile(r"[!$%&'()+,\-./0-9:;=?@A-Z\[\]_a-z~]*")
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ABSOLUTE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?]*)(/[^?]*)?(\?.*)?", re.DOTALL)
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::([0-9]{1,5}))?")
_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
                   r"(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?")  # fmt: skip


def problem_with(uri: str, *, test_client: bool) -> str | None:
    """Why `uri` can't be a redirect URI, or None. `test_client` allows http on loopback hosts, any port."""
    if not uri:
        return "must not be empty"
    if len(uri) > LONGEST:
        return f"must not be longer than {LONGEST} characters"
    return _problem_with_characters(uri) or _problem_with_parts(uri, test_client)


def problem_with_onboarding_url(url: str, *, test_client: bool) -> str | None:
    """Why `url` can't be an onboarding URL, or None: the same rules, and a query is welcome."""
    return problem_with(url, test_client=test_client)


def _problem_with_characters(uri: str) -> str | None:
    if "#" in uri:
        return "must not have a fragment"
    if "*" in uri:
        return "must not have a wildcard; every address is registered whole"
    if not _CHARACTERS.fullmatch(uri):
        return "must not have spaces, backslashes or other characters that a URI can't hold"
    if _PERCENT.search(uri):
        return "must have two hexadecimal digits after each percent sign"
    return None


def _problem_with_parts(uri: str, test_client: bool) -> str | None:
    parts = _ABSOLUTE.fullmatch(uri)
    if parts is None:
        return "must be absolute, such as https://example.com/callback"
    scheme, authority, path = parts[1].lower(), parts[2], parts[3] or ""
    if scheme not in ("https", "http"):
        return "must begin with https://"
    if "@" in authority:
        return "must not have a user name or password"
    host = _host(authority)
    if host is None:
        return "must have a host name or address, with a port from 1 to 65535 or none"
    if "[" in path or "]" in path:
        return "must not have brackets in its path"
    if scheme == "http" and not (test_client and _is_loopback(host)):
        return "must begin with https://; http is for loopback hosts of test clients"
    return None


def _host(authority: str) -> str | None:
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None or (parts[2] is not None and not 1 <= int(parts[2]) <= 65_535):
        return None
    host = parts[1]
    if host.startswith("["):
        return host if _ipv6(host) else None
    last = host.rstrip(".").rpartition(".")[2]
    if last.isdigit() or last.lower().startswith("0x"):
        return host if _ipv4(host) else None
    return host if _HOST.fullmatch(host) else None


def _is_loopback(host: str) -> bool:
    name = host.lower()
    if address := _ipv6(host):
        return address.is_loopback
    if number := _ipv4(host):
        return number.is_loopback
    return name == "localhost" or name.endswith(".localhost")


def _ipv6(host: str) -> IPv6Address | None:
    try:
        return IPv6Address(host.removeprefix("[").removesuffix("]")) if host.startswith("[") else None
    except AddressValueError:
        return None


def _ipv4(host: str) -> IPv4Address | None:
    try:
        return IPv4Address(host)
    except AddressValueError:
        return None
