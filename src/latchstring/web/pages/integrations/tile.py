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
from latchstring.web.pages.page import Page, Person, Sample
from latchstring.web.pages.paths import PATHS
from latchstring.web.pages.scopes import LackingPermission, ScopeGroup
from latchstring.web.pages.usage import UsageLine, sample_usage

#: Why somebody can't connect an account; `ready`: they can.
Connecting = Literal["ready", "not_installed", "no_onboarding", "blocked", "lacking", "not_offered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TileHead:
    """What every page of an integration begins with. `manages`: the reader may install and uninstall."""

    name: str
    path: str
    tagline: str
    partner: str
    verified: bool
    logo: str | None = None
    categories: tuple[str, ...] = ()
    installed: bool = False
    offered: bool = True
    blocked: bool = False
    manages: bool = True


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
            tile=head(), overview=_TEXT, asks=asks, author="Pagewell Inc.", support="help@pagewell.example",
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
            empty, done=None, configuration=_TEXT, accounts=_accounts(), usage=usage, total=sample_usage("", 48_214),
            keys=(key_line(), replace(key_line(), blocked=True)),
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
            words=_TEXT,
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


def head(**changes: object) -> TileHead:
    tile = TileHead(
        name="On-call Notifier",
        path=f"{PATHS.integrations}/{a.sample_id(1)}",
        tagline="Tells whoever is on call what has gone wrong, wherever they are.",
        partner="Pagewell",
        verified=True,
        categories=("Alerting", "Incidents"),
    )
    return replace(tile, **changes)  # type: ignore[arg-type]


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


_TEXT = Markup(
    "<h3>Overview</h3><p>Pagewell reads your <strong>monitors</strong> and calls whoever is on duty.</p>"
    '<ul><li>One</li><li>Two, with <code>code</code> and <a href="https://pagewell.example" rel="noopener nofollow">a'
    " link</a></li></ul><pre><code>a long line of code that does not fit on a phone and therefore scrolls or breaks"
    "</code></pre><table><thead><tr><th>Metric</th><th>Unit</th></tr></thead><tbody><tr><td>pages</td><td>count</td></tr>"
    "</tbody></table>"
)
