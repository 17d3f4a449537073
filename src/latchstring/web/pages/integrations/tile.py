"""The pages of one integration: what it is, how it is connected and what it does, and how it ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Literal

from markupsafe import Markup

from latchstring.integrations.accounts import Standing
from latchstring.web.pages import sample_scopes as scopes
from latchstring.web.pages import sample_values as a
from latchstring.web.pages.integrations.head import PARTNER_TEXT, TileHead, head
from latchstring.web.pages.page import Page, Person, Sample
from latchstring.web.pages.scopes import LackingPermission, ScopeGroup
from latchstring.web.pages.usage import UsageLine, sample_usage

#: Why somebody can't connect an account; `ready`: they can.
Connecting = Literal["ready", "not_installed", "no_onboarding", "blocked", "lacking", "not_offered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TileOverview(Page):
    """`asks` is what its client asks for. `withheld`: how many of its scopes the organization does not allow.
    `removed` is the path of the receipt, when it has just been uninstalled; `refused` says why it was not installed."""

    template: ClassVar[str] = "integrations/overview.html"
    tile: TileHead
    overview: Markup | None
    asks: tuple[ScopeGroup, ...]
    withheld: int = 0
    author: str = ""
    support: str = ""
    homepage: str = ""
    installed_by: str | None = None
    installed_at: datetime | None = None
    may_limit: bool = False
    client_id: str = ""

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Installed and not, for somebody who may only look, blocked, no longer offered, awkward."""
        asks = (scopes.MONITORS_READ, ScopeGroup("Sending data", (scopes.MAKE_KEYS,)))
        plain = cls(
            tile=head(), overview=PARTNER_TEXT, asks=asks, author="Pagewell Inc.", support="help@pagewell.example",
            homepage="https://pagewell.example", may_limit=True, client_id=a.sample_id(7),
        )  # fmt: skip
        there = replace(
            plain, tile=head(installed=True), installed_by="Mina Park", installed_at=a.before(days=3)
        )
        yield Sample("new", plain)
        yield Sample("installed", there)
        yield Sample("read_only", replace(plain, tile=head(manages=False), may_limit=False))
        yield Sample("blocked", replace(plain, tile=head(blocked=True), withheld=1))
        yield Sample("not_offered", replace(there, tile=head(installed=True, offered=False)))
        yield Sample("without_words", replace(plain, overview=None, author="", support="", homepage=""))
        hostile = head(name=a.HOSTILE, tagline=a.HOSTILE, partner=a.HOSTILE, categories=(a.HOSTILE,))
        yield Sample(
            "hostile",
            replace(there, tile=hostile, author=a.HOSTILE, support=a.HOSTILE, installed_by=a.HOSTILE),
        )
        yield Sample(
            "long", replace(there, tile=head(name=a.UNBROKEN, tagline=a.LONG, partner=a.LONG, installed=True))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """A connected account. `lacking`: titles of the permissions that its person lacks; `added`: of the scopes that wait
    for consent."""

    person: Person
    standing: Standing
    connected_at: datetime
    last_used_at: datetime | None
    revision: int
    calls: int
    lacking: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """An API key that it made and that lives."""

    name: str
    last4: str
    created_at: datetime
    last_used_at: datetime | None
    blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TileConfiguration(Page):
    """`accounts` are those that the reader may see; `sees_all`: everybody's. `done`: `installed` when it just was."""

    template: ClassVar[str] = "integrations/configuration.html"
    tile: TileHead
    connecting: Connecting
    configuration: Markup | None = None
    lacking: tuple[LackingPermission, ...] = ()
    accounts: tuple[AccountLine, ...] = ()
    sees_all: bool = True
    keys: tuple[KeyLine, ...] = ()
    usage: tuple[UsageLine, ...] = ()
    total: UsageLine | None = None
    host: str = ""
    done: str | None = None

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Just installed, connected, every state of an account, lacking permissions, and each way of not connecting."""
        empty = cls(
            tile=head(installed=True), connecting="ready", host="notifier.pagewell.example", done="installed"
        )
        usage = (
            sample_usage("Read monitors", 48_213),
            sample_usage("Create API keys", 1),
            sample_usage("Read events", 0),
        )
        full = replace(
            empty, done=None, configuration=PARTNER_TEXT, accounts=_accounts(), usage=usage,
            total=sample_usage("", 48_214), keys=(key_line(), replace(key_line(), blocked=True)),
        )  # fmt: skip
        lacking = (
            LackingPermission("Write monitors", ("Dana Alvarez", "Tom Okafor")),
            LackingPermission("Create API keys", ()),
        )
        yield Sample("fresh", empty)
        yield Sample("connected", full)
        yield Sample(
            "own_only", replace(full, sees_all=False, accounts=_accounts()[:1], keys=(), usage=(), total=None)
        )
        yield Sample("lacking", replace(empty, done=None, connecting="lacking", lacking=lacking))
        yield Sample("not_installed", replace(empty, tile=head(), connecting="not_installed", done=None))
        yield Sample("blocked", replace(full, tile=head(installed=True, blocked=True), connecting="blocked"))
        yield Sample("no_onboarding", replace(empty, connecting="no_onboarding", done=None))
        yield Sample(
            "not_offered", replace(full, tile=head(installed=True, offered=False), connecting="not_offered")
        )
        awkward = tuple(
            replace(line, person=Person(text, text), added=(text,), lacking=(text,))
            for line, text in zip(_accounts(), [a.LONG, a.UNBROKEN, a.HOSTILE], strict=False)
        )
        yield Sample(
            "awkward", replace(full, accounts=awkward, usage=(sample_usage(a.HOSTILE, 3, operations=1),))
        )


def key_line() -> KeyLine:
    return KeyLine(
        name="OAuth Client API Key",
        last4="a3f1",
        created_at=a.before(days=40),
        last_used_at=a.before(seconds=50),
    )


def _accounts() -> tuple[AccountLine, ...]:
    mina = AccountLine(
        person=a.MINA,
        standing="active",
        connected_at=a.before(days=2),
        last_used_at=a.before(minutes=2),
        revision=3,
        calls=48_000,
        own=True,
    )
    return (
        mina,
        replace(
            mina, person=a.JIWOO, standing="lacking", lacking=("Write monitors", "Create API keys"), own=False
        ),
        replace(mina, standing="behind", added=("Read dashboards",), revision=2),
        replace(mina, standing="replaced", last_used_at=None, calls=0),
        replace(mina, standing="gone", own=False),
        replace(mina, standing="blocked", own=False),
    )
