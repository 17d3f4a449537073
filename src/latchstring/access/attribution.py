"""Whose client a refused call came from, and what more precisely went wrong: for the owner of the app alone.

The law judges quickly and tells strangers little. What it refused is looked at once more here, with everything that
the call brought; nothing of this reaches the answer.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from latchstring.access import diagnosis
from latchstring.access.diagnosis import Seen
from latchstring.access.law import Refused
from latchstring.api_keys.model import KnownKey, digests_of, is_key
from latchstring.api_keys.store import read_known
from latchstring.apps.lookup import read_by_secret
from latchstring.grants.ledger import Ledger
from latchstring.grants.mint import Mint
from latchstring.protocol import faults, tokens
from latchstring.protocol.credentials import CLIENT_SECRET
from latchstring.protocol.faults import Refusal
from latchstring.protocol.possession import Shown, claimed
from latchstring.storage.database import Database
from latchstring.storage.gather import Gather
from latchstring.storage.keys import KeyRing


class What(Enum):
    """What a credential turned out to be, wherever it was put."""

    ACCESS = "lsat"
    REFRESH = "lsrt"
    CODE = "lsac"
    SECRET = "lscs"
    API_KEY = "key"


@dataclass(frozen=True, slots=True)
class Holder:
    """The client that a credential belongs to; `proven`: the credential is real, live or not."""

    client_id: UUID
    what: What
    proven: bool
    revoked_at: datetime | None = None
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Attributed:
    """A refused call, its client, and the refusal as its owner is told it."""

    client_id: UUID
    refusal: Refusal
    proven: bool


class Attribution:
    """Finds the client of a refused call."""

    def __init__(self, database: Database, ledger: Ledger, mint: Mint, shared_keys: KeyRing) -> None:
        self._ledger = ledger
        self._mint = mint
        self._shared_keys = shared_keys

        async def keys(digests: list[bytes]) -> list[KnownKey | None]:
            return await read_known(database, digests)

        async def secrets(digests: list[bytes]) -> list[UUID | None]:
            return await read_by_secret(database, digests)

        self._key: Gather[bytes, KnownKey | None] = Gather(keys)
        self._secret: Gather[bytes, UUID | None] = Gather(secrets)

    async def of(self, seen: Seen, refused: Refused, now: datetime) -> Attributed | None:
        """The client and the precise refusal, or None when nothing in the call tells whose it is."""
        for place, text in diagnosis.credentials_in(seen, refused.refusal):
            holder = await self._holder(text)
            if holder is None:
                continue
            refusal = diagnosis.refined(refused.refusal, seen, place, holder.what.value, now)
            if refusal.cause is faults.API_KEY_INVALID and holder.revoked_at is not None:
                refusal = replace(
                    refusal, cause=faults.API_KEY_REVOKED, noted={"revoked_at": _moment(holder.revoked_at)}
                )
            elif refusal.cause is faults.API_KEY_INVALID and holder.blocked:
                refusal = Refusal(faults.API_KEY_APP_BLOCKED)
            return Attributed(holder.client_id, refusal, holder.proven)
        return None

    async def of_shown(self, told: Shown) -> tuple[UUID, tokens.Kind] | None:
        """The client of a token of ours that another site says it was shown, and the token's kind; None when it does
        not prove that."""
        token = claimed(told)
        if token is None or token.site != self._mint.site:
            return None
        found = await self._ledger.find(token.row.name)
        if found is None or not self._mint.was_shown(told, token, found):
            return None
        return found.client_id, token.kind

    async def _holder(self, text: str) -> Holder | None:
        if is_key(text):
            return await self._of_key(text)
        if text.startswith(CLIENT_SECRET + "_"):
            return await self._of_secret(text)
        return await self._of_token(text)

    async def _of_key(self, text: str) -> Holder | None:
        for digest in digests_of(text, self._mint.keys):
            if (known := await self._key(digest)) is not None:
                return Holder(known.client_id, What.API_KEY, True, known.revoked_at, known.blocked)
        return None

    async def _of_secret(self, text: str) -> Holder | None:
        for digest in self._shared_keys.digests("client-secret", text):
            if (client_id := await self._secret(digest)) is not None:
                return Holder(client_id, What.SECRET, True)
        return None

    async def _of_token(self, text: str) -> Holder | None:
        hint = tokens.row_hinted(text)
        if hint is None or hint[1] != self._mint.site:
            return None
        found = await self._ledger.find(hint[2])
        if found is None:
            return None
        token = tokens.parse(text)
        return Holder(
            found.client_id, What(hint[0].value), token is not None and self._mint.proves(token, found)
        )


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
