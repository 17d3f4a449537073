"""Whose address a request is counted under, behind proxies."""

import pytest

from latchstring.web.http import Request, address_of


def came_from(proxies: int, *lines: str) -> str:
    headers = [(b"x-forwarded-for", line.encode()) for line in lines]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers, "client": ("10.0.0.1", 1)}
    return address_of(Request(scope), proxies)


@pytest.mark.row("R27")
def test_nobody_chooses_their_own_address() -> None:
    """What a trusted proxy appended counts, whether to the caller's line or below it; without one, the socket."""
    assert came_from(0, "6.6.6.6") == "10.0.0.1"
    assert came_from(1, "6.6.6.6, 203.0.113.9") == "203.0.113.9"
    assert came_from(1, "6.6.6.6", "203.0.113.9") == "203.0.113.9"
    assert came_from(2, "6.6.6.6", "203.0.113.9", "10.0.0.7") == "203.0.113.9"
    assert came_from(2, "203.0.113.9") == "10.0.0.1"
