"""Authorizations as one process sees them: leased reads, batched moves, and ends that wait for every lease."""

from datetime import datetime

from latchstring.grants.model import Active, Authorization
from latchstring.grants.steps import Consent, Denial, Move, Redemption, Revocation
from latchstring.grants.store import reading, replacing, writing
from latchstring.grants.store.reading import Name, Reader
from latchstring.kit.clock import Clock
from latchstring.storage.database import Database
from latchstring.storage.gather import Gather
from latchstring.storage.leases import Leases


class Ledger:
    """The authorizations of a site.

    `durable` commits before it answers. `quick` answers before the commit is on disk and is used for nothing
    but counters: if a crash forgets a move, the next valid presentation makes it again (`protocol/rotation`).
    """

    def __init__(
        self, durable: Database, quick: Database, read: Reader, *, clock: Clock, lease_s: float
    ) -> None:
        self._database = durable
        self._clock = clock

        async def consent(asked: list[Consent]) -> list[None]:
            return await writing.consent(durable, asked)

        async def redeem(asked: list[Redemption]) -> list[bool]:
            return await writing.redeem(durable, asked, clock.now())

        async def move(asked: list[Move]) -> list[bool]:
            return await writing.move(quick, asked)

        async def revoke(asked: list[Revocation]) -> list[bool]:
            return await writing.revoke(durable, asked)

        async def deny(asked: list[Denial]) -> list[None]:
            return await writing.deny(durable, asked)

        # A code that was read while it was pending may be redeemed the next moment, by another process even.
        self._reads: Leases[Name, Authorization] = Leases(
            read, clock=clock, lease_s=lease_s, keep=lambda found: isinstance(found.state, Active)
        )
        self.held = self._reads.held
        self.find = self._reads.get
        self.find_fresh = self._reads.fresh
        self.consent: Gather[Consent, None] = Gather(consent)
        self.redeem: Gather[Redemption, bool] = Gather(redeem)
        self.move: Gather[Move, bool] = Gather(move)
        self._revoke: Gather[Revocation, bool] = Gather(revoke)
        self._deny: Gather[Denial, None] = Gather(deny)

    async def redeem_replacing(self, found: Authorization, redemption: Redemption) -> bool:
        """Redeem the code of a consent that may be one to the difference of a revision: what it replaces ends with
        it."""
        return await replacing.redeem_replacing(self._database, found, redemption, self._clock.now())

    async def revoke(self, revocation: Revocation) -> bool:
        """End an authorization. When this returns, no process acts on it any more."""
        ended = await self._revoke(revocation)
        await self._database.settle()
        return ended

    async def deny(self, denial: Denial) -> None:
        """End one access token. When this returns, no process accepts it any more."""
        await self._deny(denial)
        await self._database.settle()

    async def deny_all(self, authorization: Authorization, issued_until: int) -> None:
        """End all access tokens issued up to a second. When this returns, no process accepts one any more."""
        await writing.deny_all(self._database, authorization, issued_until)
        await self._database.settle()

    async def other_flow(self, authorization: Authorization, challenge: str) -> datetime | None:
        """When another flow of the same client and organization began that had this challenge, if one did."""
        return await reading.other_flow(self._database, authorization, challenge)

    async def note(
        self,
        authorization: Authorization,
        action: str,
        details: dict[str, str],
        at: datetime,
        request_id: str,
    ) -> None:
        """Write a security event of an authorization into its organization's audit log."""
        await writing.note(self._database, authorization, action, details, at, request_id)
