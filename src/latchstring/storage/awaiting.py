"""Waiting for the database at the start: containers and machines come up in any order."""

import asyncio
import time
from typing import Final

import asyncpg
import structlog

from latchstring.storage.database import UNAVAILABLE

_EVERY_S: Final = 1.0
_SAYS_EVERY_S: Final = 5.0
_ANSWERS_WITHIN_S: Final = 5.0
#: It answers, and no waiting will help.
_REFUSES: Final = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.ClientConfigurationError,
    OverflowError,  # a port beyond all ports
)
log = structlog.get_logger("latchstring")


class NoDatabase(Exception):
    """The database did not answer in time, or it refuses; the message is a sentence for the operator."""


async def wait_for(dsn: str, patience_s: float) -> None:
    """Come back as soon as the database takes a connection; say every few seconds that it does not yet.

    Raises:
        NoDatabase: it does not for `patience_s` seconds, or says no.
    """
    began = time.monotonic()
    says_at = began
    while (problem := await _problem(dsn)) is not None:
        waited = time.monotonic() - began
        if waited >= patience_s:
            raise NoDatabase(f"the database has not answered for {waited:.0f} seconds: {_told(problem)}")
        if time.monotonic() >= says_at:
            log.warning(
                "waiting_for_database", problem=_told(problem), gives_up_in_s=round(patience_s - waited)
            )
            says_at += _SAYS_EVERY_S
        await asyncio.sleep(min(_EVERY_S, patience_s - waited))


async def _problem(dsn: str) -> Exception | None:
    try:
        async with asyncio.timeout(_ANSWERS_WITHIN_S):
            connection = await asyncpg.connect(dsn, timeout=_ANSWERS_WITHIN_S)
    except _REFUSES as refused:
        raise NoDatabase(f"the database says no: {_told(refused)}") from None
    except UNAVAILABLE as problem:
        return problem
    await connection.close()
    return None


def _told(problem: Exception) -> str:
    """The first line of what is wrong. asyncpg never repeats a password."""
    return str(problem).partition("\n")[0] or type(problem).__name__
