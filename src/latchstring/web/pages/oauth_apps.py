"""Organization Settings → OAuth Apps: who let which app in, and the step that shuts it out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from latchstring.web.pages import sample_scopes as scopes
from latchstring.web.pages import sample_values as a
from latchstring.web.pages.page import Page, Person, Sample
from latchstring.web.pages.scopes import ScopeLine, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthAppRow:
    """One live authorization. `held` of a scope: its user may do that now. `api_keys`: live ones it made."""

    id: str
    app_name: str
    partner: str
    standing: Standing
    person: Person
    person_disabled: bool = False
    created_at: datetime
    last_used_at: datetime | None
    scopes: tuple[ScopeLine, ...]
    api_keys: int = 0

    @property
    def lacking(self) -> int:
        """How many of the scopes its user has lost the permission for."""
        return sum(1 for scope in self.scopes if not scope.held)


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthApps(Page):
    """The authorizations of the active organization. `may_revoke`: the reader may end them.
    `revoked` names the app whose authorization was just ended."""

    template: ClassVar[str] = "oauth_apps.html"
    rows: tuple[OAuthAppRow, ...]
    may_revoke: bool = True
    revoked: str | None = None

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Some, none, just revoked, somebody who may only look, many, and awkward names."""
        notifier = _row()
        flagged = replace(_row(2, "Cloud Cost Advisor", "Fathom"), scopes=_scopes(False), last_used_at=None)
        tested = replace(_row(3, "당직 알리미", "페이지웰"), standing="test", person=a.JIWOO)
        gone = replace(_row(4, "Deploy Tracker", "Shipyard"), person_disabled=True, api_keys=2)
        rows = (notifier, flagged, tested, gone)
        yield Sample("typical", cls(rows=rows))
        yield Sample("empty", cls(rows=()))
        yield Sample("revoked", cls(rows=rows[1:], revoked="On-call Notifier"))
        yield Sample("read_only", cls(rows=rows, may_revoke=False))
        yield Sample("many", cls(rows=tuple(_row(n, f"App {n}") for n in range(12))))
        awkward = [a.LONG, a.UNBROKEN, a.HOSTILE]
        people = [replace(_row(n, text, text), person=Person(text, text)) for n, text in enumerate(awkward)]
        yield Sample("awkward", cls(rows=tuple(people), revoked=a.HOSTILE))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRevoke(Page):
    """Asks before an authorization is revoked; posts to its own path."""

    template: ClassVar[str] = "confirm_revoke.html"
    row: OAuthAppRow

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """With and without keys that live on, and hostile names."""
        yield Sample("plain", cls(row=_row()))
        yield Sample("with_keys", cls(row=replace(_row(), api_keys=2)))
        yield Sample("hostile", cls(row=_row(9, a.HOSTILE, a.HOSTILE)))


def _row(number: int = 1, app_name: str = "On-call Notifier", partner: str = "Pagewell") -> OAuthAppRow:
    return OAuthAppRow(
        id=a.sample_id(number),
        app_name=app_name,
        partner=partner,
        standing="verified",
        person=a.MINA,
        created_at=a.before(days=40 + number),
        last_used_at=a.before(minutes=3 * number),
        scopes=_scopes(True),
    )


def _scopes(held: bool) -> tuple[ScopeLine, ...]:
    return scopes.READ_MONITORS, replace(scopes.WRITE_MONITORS, held=held), scopes.MAKE_KEYS
