"""Answers that stand for as long as what they were made of.

What is answered about a token depends on the question, on its authorization as it was read, and on the time only in
that the token expires. So a question gets the answer that it got before for as long as the ledger gives the very same
authorization (`is`: rows that read alike are one value, `storage/unchanged.py`). Leases and revocation are about what
the ledger gives, and it is asked each time: nothing lives longer for being remembered here.

Only what was granted is kept, and nothing that somebody rehearses: there the time decides.
"""

from collections.abc import Hashable
from datetime import UTC, datetime
from typing import Generic, TypeVar

import msgspec

from latchstring.grants.ledger import Ledger
from latchstring.grants.model import Authorization
from latchstring.protocol.tokens import Access

Q = TypeVar("Q", bound=Hashable)
A = TypeVar("A")


class _Kept(msgspec.Struct, Generic[A], frozen=True):
    answer: A
    name: bytes
    authorization: Authorization
    until: datetime


class Standing(Generic[Q, A]):
    """Answers by their questions."""

    def __init__(self, ledger: Ledger, *, most: int = 5_000) -> None:
        self._ledger = ledger
        self._most = most
        self._kept: dict[Q, _Kept[A]] = {}

    def held(self, question: Q, now: datetime) -> A | None:
        """The answer that still stands by what is under lease, if there is one; without waiting."""
        kept = self._kept.get(question)
        if kept is None or now >= kept.until:
            return None
        return kept.answer if self._ledger.held(kept.name) is kept.authorization else None

    async def answer(self, question: Q, now: datetime) -> A | None:
        """The answer that still stands, if there is one."""
        kept = self._kept.get(question)
        if kept is None or now >= kept.until:
            return None
        found = self._ledger.held(kept.name) or await self._ledger.find(kept.name)
        return kept.answer if found is kept.authorization else None

    def keep(self, question: Q, answer: A, authorization: Authorization, access: Access) -> None:
        """Remember what was answered about an access token."""
        if authorization.watch is not None:
            return
        if len(self._kept) >= self._most:
            self._kept.clear()
        until = datetime.fromtimestamp(access.expires_at, UTC)
        self._kept[question] = _Kept(answer, authorization.row_name, authorization, until)
