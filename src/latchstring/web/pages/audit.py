"""Organization Settings → Audit: what happened, who did it, and whether the log is still what it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Final

from latchstring.web.pages import sample_values as a
from latchstring.web.pages.audit_words import FAULTS, sentence
from latchstring.web.pages.page import Page, Person, Sample
from latchstring.web.translations import Text, Words

#: How far back, by the value in the query.
PERIODS: Final[Mapping[str, Text]] = {
    "1h": Text("Last hour"),
    "24h": Text("Last 24 hours"),
    "7d": Text("Last 7 days"),
    "30d": Text("Last 30 days"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of a filter."""

    value: str
    label: Words


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing more that an entry tells: its exact name and value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """An entry. `actor` is a person, or `actor_words` say who or what it was."""

    id: int
    at: datetime
    action: str
    actor: Person | None = None
    actor_words: Words = ""
    app: str | None = None
    about: str = ""
    details: tuple[Detail, ...] = ()

    @property
    def sentence(self) -> Text | None:
        """What happened, in words."""
        return sentence(self.action)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """How far the log is sealed, and how it was when it was last verified."""

    sealed: int = 0
    sealed_at: datetime | None = None
    verified: int | None = None
    verified_at: datetime | None = None
    fault: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit(Page):
    """A page of the log; `chosen` are the filters by their names, `query` the same for links, from `&` on."""

    template: ClassVar[str] = "audit.html"
    rows: tuple[AuditRow, ...]
    chain: Chain = field(default_factory=Chain)
    actions: tuple[Choice, ...] = ()
    actors: tuple[Choice, ...] = ()
    apps: tuple[Choice, ...] = ()
    chosen: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    older: str | None = None
    first: str | None = None
    most_exported: int = 50_000

    @property
    def periods(self) -> tuple[Choice, ...]:
        """The choices of time."""
        return tuple(Choice(value, label) for value, label in PERIODS.items())

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out."""
        return any(self.chosen.values())

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Typical, none, none that matches, broken, awkward."""
        rows = _rows()
        chain = Chain(
            sealed=1_204, sealed_at=a.before(minutes=1), verified=1_190, verified_at=a.before(hours=6)
        )
        actions = tuple(Choice(row.action, row.sentence or row.action) for row in rows)
        typical = cls(rows=rows, chain=chain, actions=actions, apps=(Choice(a.sample_id(7), "On-call Notifier"),),
                      actors=(Choice("user:1", "Mina Park"), Choice("host", Text("The host"))))  # fmt: skip
        yield Sample("typical", replace(typical, older="?before=4"))
        yield Sample("empty", cls(rows=()))
        yield Sample("nothing_matches", replace(typical, rows=(), chosen={"since": "1h"}, query="&since=1h"))
        broken = replace(chain, fault=FAULTS["changed"])
        yield Sample("broken", replace(typical, chain=broken, first="?"))
        awkward = [a.LONG, a.UNBROKEN, a.HOSTILE]
        strange = tuple(
            replace(rows[0], action=text, actor=Person(text, text), app=text, about=text,
                    details=(Detail(text, text),))
            for text in awkward
        )  # fmt: skip
        yield Sample("awkward", replace(typical, rows=strange, actions=(Choice(a.HOSTILE, a.HOSTILE),)))


def _rows() -> tuple[AuditRow, ...]:
    scopes = Detail("scopes", "monitors_read, api_keys_write")
    return (
        AuditRow(id=6, at=a.before(minutes=2), action="authorization.revoked", actor=a.MINA,
                 app="On-call Notifier", details=(Detail("because", "revoked_by_organization"),)),
        AuditRow(id=5, at=a.before(minutes=9), action="api_key.created", actor_words="On-call Notifier",
                 app="On-call Notifier", details=(Detail("last4", "c9d1"),)),
        AuditRow(id=4, at=a.before(hours=2), action="authorization.consented", actor=a.JIWOO,
                 app="당직 알리미", details=(scopes, Detail("request", "01KJSAMPLE0REQUEST0ID0000"))),
        AuditRow(id=3, at=a.before(days=1), action="member.added", actor_words=Text("An operator of the host"),
                 about="Jiwoo Han"),
        AuditRow(id=2, at=a.before(days=3), action="something.new", actor_words=Text("The host")),
    )  # fmt: skip
