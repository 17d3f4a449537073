"""What an uninstallation will end, and its receipt: everything that died, to be kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from markupsafe import Markup

from latchstring.web.pages import sample_values as a
from latchstring.web.pages.integrations.head import PARTNER_TEXT, TileHead, head
from latchstring.web.pages.page import Page, Person, Sample
from latchstring.web.pages.paths import PATHS


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedAccount:
    """An authorization that ends, or has ended."""

    person: Person
    scopes: int
    since: datetime
    last_used_at: datetime | None
    pending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedKeyLine:
    """An API key that ends, or has ended."""

    name: str
    last4: str
    created_by: str
    since: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class EarlierReceipt:
    """The receipt of an earlier uninstallation."""

    path: str
    at: datetime
    by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TileUninstallation(Page):
    """What will die, listed. Without anything installed there is nothing to press, but earlier receipts."""

    template: ClassVar[str] = "integrations/uninstallation.html"
    tile: TileHead
    accounts: tuple[EndedAccount, ...] = ()
    keys: tuple[EndedKeyLine, ...] = ()
    words: Markup | None = None
    earlier: tuple[EarlierReceipt, ...] = ()

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Much to end, nothing connected, not installed, for somebody who may only look, awkward."""
        earlier = (EarlierReceipt("/integrations/a/receipts/b", a.before(days=90), "Mina Park"),)
        full = cls(
            tile=head(installed=True),
            accounts=ended_accounts(),
            keys=(ended_key(),),
            words=PARTNER_TEXT,
            earlier=earlier,
        )
        yield Sample("full", full)
        yield Sample("nothing_connected", replace(full, accounts=(), keys=(), words=None, earlier=()))
        yield Sample("not_installed", replace(full, tile=head(), accounts=(), keys=()))
        yield Sample("read_only", replace(full, tile=head(installed=True, manages=False)))
        awkward = tuple(
            replace(ended_accounts()[0], person=Person(text, text))
            for text in (a.LONG, a.UNBROKEN, a.HOSTILE)
        )
        yield Sample("awkward", replace(full, accounts=awkward))


@dataclass(frozen=True, slots=True, kw_only=True)
class UninstallReceipt(Page):
    """`document` is the path of the same in JSON. `fresh`: it was uninstalled just now. `tile` is None when the
    organization does not see the tile any more. `by` is None when the host's operator did it."""

    template: ClassVar[str] = "integrations/receipt.html"
    id: str
    integration: str
    organization: str
    client_id: str
    at: datetime
    by: str | None
    accounts: tuple[EndedAccount, ...]
    keys: tuple[EndedKeyLine, ...]
    document: str
    tile: str | None
    fresh: bool = False

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Fresh, old, with nothing on it, by the host, awkward."""
        fresh = cls(
            id=a.sample_id(8), integration="On-call Notifier", organization="Acme", client_id=a.sample_id(7),
            at=a.before(seconds=3), by="Mina Park", accounts=ended_accounts(), keys=(ended_key(),), document="/x",
            tile=f"{PATHS.integrations}/{a.sample_id(1)}", fresh=True,
        )  # fmt: skip
        yield Sample("fresh", fresh)
        yield Sample("old", replace(fresh, fresh=False, at=a.before(days=400), tile=None))
        yield Sample("empty", replace(fresh, accounts=(), keys=(), by=None))
        awkward = replace(ended_accounts()[0], person=Person(a.UNBROKEN, a.HOSTILE))
        yield Sample(
            "awkward",
            replace(fresh, integration=a.HOSTILE, organization=a.LONG, accounts=(awkward,), by=a.HOSTILE),
        )


def ended_accounts() -> tuple[EndedAccount, ...]:
    mina = EndedAccount(person=a.MINA, scopes=3, since=a.before(days=40), last_used_at=a.before(minutes=2))
    return (
        mina,
        replace(mina, person=a.JIWOO, last_used_at=None),
        replace(mina, pending=True, last_used_at=None),
    )


def ended_key() -> EndedKeyLine:
    return EndedKeyLine(
        name="OAuth Client API Key",
        last4="a3f1",
        created_by="Mina Park",
        since=a.before(days=40),
        last_used_at=a.before(seconds=50),
    )
