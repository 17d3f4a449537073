"""Organization Settings → Policies: which apps may do what, and what another policy would break."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Literal

from latchstring.web.pages import sample_scopes as scopes
from latchstring.web.pages import sample_values as a
from latchstring.web.pages.page import Page, Person, Sample
from latchstring.web.pages.scopes import ScopeGroup
from latchstring.web.translations import Words

#: What the policy says of an app: nothing, or a rule.
Said = Literal["none", "allow", "block"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppLine:
    """An app that the organization knows or has a rule for. `ceiling`: the scopes that it may use at most, or None for
    no limit of its own; `scopes` are those it asks for, by area. `live`: how many authorizations it has."""

    client_id: str
    name: str
    partner: str
    said: Said
    scopes: tuple[ScopeGroup, ...]
    ceiling: frozenset[str] | None = None
    live: int = 0
    looked_for: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies(Page):
    """A form that posts the whole policy to its own path, with `do=preview`. `may_change`: the reader may. `problem`
    says why it was not taken; `done`: it was saved. `search` finds apps that are not listed yet."""

    template: ClassVar[str] = "policies.html"
    listed_only: bool
    ceiling: frozenset[str] | None
    scopes: tuple[ScopeGroup, ...]
    apps: tuple[AppLine, ...]
    search: str = ""
    found_nothing: bool = False
    may_change: bool = True
    done: bool = False
    problem: Words | None = None

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Without a policy, with one, for somebody who may only look, saved, refused, awkward."""
        apps = (
            app_line(),
            replace(app_line(2, "Cloud Cost Advisor", "Fathom"), said="block", live=2),
            replace(
                app_line(3, "당직 알리미", "페이지웰"), said="allow", ceiling=frozenset({"monitors_read"})
            ),
        )
        some = (scopes.MONITORS_READ, scopes.DASHBOARDS)
        none = cls(listed_only=False, ceiling=None, scopes=some, apps=())
        full = cls(
            listed_only=True, ceiling=frozenset({"monitors_read"}), scopes=scopes.every_area(), apps=apps
        )
        yield Sample("none", none)
        yield Sample("full", full)
        yield Sample(
            "looked_for", replace(full, search="cost", apps=(replace(apps[0], looked_for=True), *apps[1:]))
        )
        yield Sample("nothing_found", replace(none, search=a.HOSTILE, found_nothing=True))
        yield Sample("read_only", replace(full, may_change=False))
        yield Sample("saved", replace(full, done=True))
        yield Sample("refused", replace(full, problem=a.HOSTILE))
        awkward = tuple(app_line(n, text, text) for n, text in enumerate([a.LONG, a.UNBROKEN, a.HOSTILE]))
        yield Sample("awkward", replace(full, apps=awkward))


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """An authorization that would change. `loses`, `regains`: titles of scopes. `breaks`: operations of the last thirty
    days that would be refused, and how often they were called."""

    app: str
    person: Person
    blocked: bool = False
    unblocked: bool = False
    loses: tuple[str, ...] = ()
    regains: tuple[str, ...] = ()
    breaks: tuple[tuple[str, int], ...] = ()
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedKey:
    """An API key that would be refused, or work again."""

    app: str
    name: str
    last4: str
    blocked: bool
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPreview(Page):
    """The dry run: what would break and what would work again; posts `fields` with `do=save`."""

    template: ClassVar[str] = "policy_preview.html"
    authorizations: int
    people: int
    api_keys: int
    affected: tuple[Affected, ...]
    keys: tuple[AffectedKey, ...]
    fields: tuple[tuple[str, str], ...]

    @property
    def broken(self) -> tuple[Affected, ...]:
        """Those that lose something."""
        return tuple(one for one in self.affected if one.blocked or one.loses)

    @property
    def mended(self) -> tuple[Affected, ...]:
        """Those that only gain."""
        return tuple(one for one in self.affected if not (one.blocked or one.loses))

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Much breaks, nothing changes, something works again, awkward."""
        mina = Affected(
            app="On-call Notifier", person=a.MINA, loses=("Write monitors",),
            breaks=(("Create a monitor", 1_204), ("Delete a monitor", 3)), last_used_at=a.before(minutes=2),
        )  # fmt: skip
        blocked = replace(mina, app="Cloud Cost Advisor", person=a.JIWOO, blocked=True, loses=())
        key = AffectedKey(app="Cloud Cost Advisor", name="OAuth Client API Key", last4="a3f1", blocked=True)
        fields = (("csrf", "sample-csrf-token"), ("mode", "allow_list"))
        full = cls(
            authorizations=241, people=17, api_keys=1, affected=(mina, blocked), keys=(key,), fields=fields
        )
        yield Sample("breaks", full)
        yield Sample(
            "nothing", cls(authorizations=0, people=0, api_keys=0, affected=(), keys=(), fields=fields)
        )
        mended = replace(mina, loses=(), regains=("Write monitors",), breaks=(), unblocked=True)
        yield Sample(
            "mends",
            replace(
                full, affected=(mended,), authorizations=1, people=1, keys=(replace(key, blocked=False),)
            ),
        )
        awkward = tuple(
            replace(mina, app=text, person=Person(text, text), loses=(text,), breaks=((text, 3),))
            for text in (a.LONG, a.UNBROKEN, a.HOSTILE)
        )
        yield Sample("awkward", replace(full, affected=awkward))


def app_line(number: int = 1, name: str = "On-call Notifier", partner: str = "Pagewell") -> AppLine:
    return AppLine(
        client_id=a.sample_id(number),
        name=name,
        partner=partner,
        said="none",
        scopes=(scopes.MONITORS_READ, ScopeGroup("Sending data", (scopes.MAKE_KEYS,))),
        live=3,
    )
