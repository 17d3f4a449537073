"""The receipt of an uninstallation: everything that died, to be kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from latchstring.web.pages import sample_values as a
from latchstring.web.pages.integrations.tile import EndedAccount, EndedKeyLine, ended_accounts, ended_key
from latchstring.web.pages.page import Page, Person, Sample
from latchstring.web.pages.paths import PATHS


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
