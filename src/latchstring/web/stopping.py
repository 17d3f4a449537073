"""Whether this server was asked to stop. All of its workers know: they were forked from one process, which tells
them through a byte of memory that they share."""

import mmap
from typing import Final

_ASKED: Final = mmap.mmap(-1, 1)


def ask() -> None:
    """Let answers that have no end of their own end now."""
    _ASKED[0] = 1


def is_asked() -> bool:
    """Whether the server stops."""
    return _ASKED[0] == 1


def forget() -> None:
    """Begin anew: for a process that starts another server."""
    _ASKED[0] = 0
