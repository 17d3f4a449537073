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
from latchstring.web.pages.usage import UsageLine, sample_usage


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthAppRow:
    """One live authorization. `held` of a scope: its user may do that now. `api_keys`: live ones it made. `withheld`
    and `blocked`: what the organization's app policy says. `siblings`: how many live authorizations its app has here."""

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
    client_id: str = ""
    revision: int = 1
    withheld: frozenset[str] = frozenset()
    blocked: bool = False
    siblings: int = 1
    usage: tuple[UsageLine, ...] = ()
    total: UsageLine | None = None

    @property
    def lacking(self) -> int:
        """How many of the scopes its user has lost the permission for."""
        return sum(1 for scope in self.scopes if not scope.held)


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthApps(Page):
    """The authorizations of the active organization that match `search` (a GET parameter). `may_revoke`: the reader
    may end them. `revoked` names the app whose authorization was just ended; `next` is the path of the page after."""

    template: ClassVar[str] = "oauth_apps.html"
    rows: tuple[OAuthAppRow, ...]
    may_revoke: bool = True
    revoked: str | None = None
    search: str = ""
    next: str | None = None
    continued: bool = False

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
        many = tuple(_row(n, f"App {n}") for n in range(12))
        yield Sample("many", cls(rows=many, next="/organization-settings/oauth-apps?after=x", continued=True))
        yield Sample("nothing_found", cls(rows=(), search=a.HOSTILE))
        blocked = replace(_row(5), blocked=True, total=sample_usage("", 0))
        limited = replace(_row(6), withheld=frozenset({"monitors_write"}), siblings=3, revision=2)
        yield Sample("held_back", cls(rows=(blocked, limited)))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRevokeAll(Page):
    """Asks before all authorizations of an app are revoked; posts to its own path. `more`: there are more
    than those listed."""

    template: ClassVar[str] = "confirm_revoke_all.html"
    client_id: str
    app_name: str
    rows: tuple[OAuthAppRow, ...]
    more: bool = False

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """A few, many, hostile names."""
        rows = (_row(1), replace(_row(2), person=a.JIWOO, last_used_at=None), replace(_row(3), api_keys=1))
        yield Sample("some", cls(client_id=a.sample_id(7), app_name="On-call Notifier", rows=rows))
        yield Sample("many", cls(client_id=a.sample_id(7), app_name=a.LONG, rows=rows * 8, more=True))
        hostile = replace(_row(9, a.HOSTILE, a.HOSTILE), person=Person(a.HOSTILE, a.HOSTILE))
        yield Sample("hostile", cls(client_id=a.sample_id(7), app_name=a.HOSTILE, rows=(hostile,)))


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
        client_id=a.sample_id(7),
        usage=(
            sample_usage("Read monitors", 1_204),
            sample_usage("Write monitors", 0, "monitors_write"),
            sample_usage("Create API keys", 1, "api_keys_write"),
        ),
        total=sample_usage("", 1_205),
    )


def _scopes(held: bool) -> tuple[ScopeLine, ...]:
    return scopes.READ_MONITORS, replace(scopes.WRITE_MONITORS, held=held), scopes.MAKE_KEYS
