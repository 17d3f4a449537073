"""Redirect URIs that look wrong: what a developer should know of an address before anything fails.

A hint says more than a refusal: some of these are refused anyway, some are allowed and still seldom meant.
"""

import re
from collections.abc import Sequence
from typing import Literal
from urllib.parse import SplitResult, urlsplit

Hint = Literal["wildcard", "fragment", "customer_subdomain", "plain_http", "slash_twin", "loopback"]

_PLACEHOLDER = re.compile(r"[{}<>$]|%7b|%7d|(?<=/):[a-z]|//:[a-z]", re.IGNORECASE)
_SOMEBODY = re.compile(
    r"(your|my|the)?[-_]?(customer|tenant|subdomain|company|account|workspace|organization|org|client)"
    r"([-_]?(name|id|slug|\d+))?",
    re.IGNORECASE,
)
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def hints_for(uris: Sequence[str]) -> list[Hint | None]:
    """For each address, what looks most wrong about it, or None."""
    return [_hint(uri, [*uris[:place], *uris[place + 1 :]]) for place, uri in enumerate(uris)]


def _hint(uri: str, others: Sequence[str]) -> Hint | None:
    if not uri:
        return None
    if "*" in uri:
        return "wildcard"
    if "#" in uri:
        return "fragment"
    parts = _split(uri)
    if _is_per_customer(uri, parts, others):
        return "customer_subdomain"
    if parts is not None and parts.scheme.lower() == "http":
        return "loopback" if _is_loopback(parts) else "plain_http"
    if any(other != uri and other.rstrip("/") == uri.rstrip("/") for other in others):
        return "slash_twin"
    return None


def _is_per_customer(uri: str, parts: SplitResult | None, others: Sequence[str]) -> bool:
    """A placeholder, a word that stands for somebody, or siblings that differ in the first label alone."""
    if _PLACEHOLDER.search(uri.partition("?")[0]):
        return True
    if parts is None:
        return False
    label, _, rest = parts.netloc.partition(".")
    if "." not in rest:
        return False
    if _SOMEBODY.fullmatch(label):
        return True
    alike = [other for other in map(_split, others) if other is not None and other.path == parts.path]
    return (
        sum(other.netloc.partition(".")[2] == rest and other.netloc != parts.netloc for other in alike) >= 2
    )


def _is_loopback(parts: SplitResult) -> bool:
    host = parts.netloc.lower()
    return any(host == name or host.startswith(f"{name}:") for name in _LOOPBACK)


def _split(uri: str) -> SplitResult | None:
    try:
        return urlsplit(uri)
    except ValueError:
        return None
