"""Ports for servers that tests start."""

import os
import socket
from collections.abc import Iterator
from itertools import cycle
from typing import Final

#: Below the ports that systems give to whoever connects somewhere: none of these is taken between being found and used.
_FIRST, _EACH, _RUNNERS = 20_000, 1_000, 12


def _own() -> Iterator[int]:
    """The ports of this process, over and over: those that run tests side by side have some each."""
    runner = int(os.environ.get("PYTEST_XDIST_WORKER", f"gw{os.getpid()}").removeprefix("gw")) % _RUNNERS
    return cycle(range(_FIRST + runner * _EACH, _FIRST + (runner + 1) * _EACH))


_PORTS: Final = _own()


def free_port() -> int:
    """A port that nobody listens on now, and that no other test is given."""
    return next(port for port in _PORTS if is_free(port))


def free_row(length: int) -> int:
    """The first of so many free ports side by side."""
    first = free_port()
    while not all(is_free(port) for port in range(first, first + length)):
        first = free_port()
    for _ in range(length - 1):
        next(_PORTS)
    return first


def is_free(port: int) -> bool:
    """Whether nobody listens on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
