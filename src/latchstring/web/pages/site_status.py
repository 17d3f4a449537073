"""Review → Sites: how copying between the sites goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

from latchstring.web.pages import sample_values as a
from latchstring.web.pages.page import Page, Sample

State: TypeAlias = Literal["ok", "copying", "cut", "off", "missing", "lost"]
_FINE = ("ok", "copying")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """One other site. `release`: what it runs, None until it has told."""

    key: str
    name: str
    release: str | None
    same_contract: bool = True
    shares_keys: bool = True
    arriving: State = "ok"
    last_heard_at: datetime | None = None
    errors: int = 0
    leaving: State = "ok"
    behind_bytes: int | None = 0

    @property
    def is_fine(self) -> bool:
        """Nobody has to do anything."""
        return self.arriving in _FINE and self.leaving in _FINE and self.shares_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStatus(Page):
    """All other sites, seen from the one that is called `here`."""

    template: ClassVar[str] = "site_status.html"
    here: str
    rows: tuple[SiteRow, ...]

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """All well, every trouble, one site alone, and awkward names."""
        fine = SiteRow(key="eu1", name="EU1", release="0.1.0", last_heard_at=a.before(minutes=1))
        yield Sample(
            "fine", cls(here="US1", rows=(fine, replace(fine, key="ap1", name="AP1", arriving="copying")))
        )
        cut = replace(fine, arriving="cut", leaving="cut", errors=17, behind_bytes=31_457_280)
        lost = replace(fine, key="ap1", name="AP1", leaving="lost", behind_bytes=None, shares_keys=False)
        off = replace(fine, key="ap2", name="AP2", arriving="off", same_contract=False)
        new = SiteRow(
            key="sa1", name="SA1", release=None, arriving="missing", leaving="missing", behind_bytes=None
        )
        yield Sample("trouble", cls(here="US1", rows=(cut, lost, off, new)))
        yield Sample("alone", cls(here="US1", rows=()))
        yield Sample("awkward", cls(here=a.LONG, rows=(replace(cut, name=a.HOSTILE, release=a.UNBROKEN),)))
