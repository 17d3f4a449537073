"""The scope picker: every scope of the contract to tick, and beside it what consent will show the customer."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from latchstring.contract.model import Access, Risk
from latchstring.web.pages import sample_scopes as scopes
from latchstring.web.pages.scopes import ScopeGroup
from latchstring.web.translations import Words

#: Whether the partner may request a private scope: never asked, asked, or answered by the host.
Approval = Literal["needed", "open", "granted", "declined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PickerRow:
    """A scope in the picker. `found`: the search shows it. `approval` is None for a public one."""

    name: str
    title: str
    sentence: str
    area: str = ""
    access: Access = "read"
    risk: Risk = "low"
    requested: bool = False
    found: bool = True
    operations: tuple[tuple[str, str, str], ...] = ()
    approval: Approval | None = None
    answer: str | None = None

    @property
    def locked(self) -> bool:
        """Whether it can't be requested now."""
        return self.approval not in (None, "granted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picker:
    """All scopes in the order of the search, and grouped for the summary. `sends_data`: the search was for a
    way to send data, which has no scope of its own. `problem`: why the choice can't be so."""

    rows: tuple[PickerRow, ...]
    summary: tuple[ScopeGroup, ...]
    search: str = ""
    problem: Words | None = None
    sends_data: bool = False
    requested: frozenset[str] = field(default=frozenset())

    @property
    def areas(self) -> tuple[tuple[str, tuple[PickerRow, ...]], ...]:
        """The rows under the headings of their areas; what a search found stands without."""
        if self.search:
            return (("", self.rows),)
        return tuple((area, tuple(rows)) for area, rows in groupby(self.rows, key=lambda row: row.area))

    @property
    def found(self) -> int:
        """How many scopes the search shows."""
        return sum(row.found for row in self.rows)


def sample_picker(requested: tuple[str, ...], search: str = "") -> Picker:
    """A few scopes, one of them private; a search finds only the private one, or nothing."""
    lines = [scopes.READ_MONITORS, scopes.WRITE_MONITORS, scopes.MAKE_KEYS]
    sends = search == "send logs"
    rows = tuple(
        PickerRow(
            name=line.name,
            title=line.title,
            sentence=line.sentence,
            area="Sending data" if line is scopes.MAKE_KEYS else "Monitors",
            access=line.access,
            risk=line.risk,
            requested=line.name in requested,
            found=not search or (sends and line is scopes.MAKE_KEYS),
            operations=(("GET", "/api/v1/monitor", "Get all monitors"),),
            approval="needed" if line is scopes.MAKE_KEYS else None,
        )
        for line in lines
    )
    groups = (ScopeGroup("Monitors", tuple(lines[:2])), ScopeGroup("Sending data", (lines[2],)))
    return Picker(rows=rows, summary=groups, search=search, sends_data=sends, requested=frozenset(requested))
