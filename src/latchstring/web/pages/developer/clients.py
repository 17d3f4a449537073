"""OAuth clients of an app: the list, a new one, its secret that is shown once, its details, and its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Final

from latchstring.apps.hints import Hint
from latchstring.web.pages import sample_values as a
from latchstring.web.pages.developer import samples as s
from latchstring.web.pages.developer.apps import Goes, Problems
from latchstring.web.pages.developer.head import AppHead, ClientHead
from latchstring.web.pages.developer.picker import Picker, sample_picker
from latchstring.web.pages.page import Page, Sample
from latchstring.web.translations import Text, Words

#: What a developer should know of an address that looks wrong.
HINTS: Final[Mapping[Hint, Text]] = {
    "wildcard": Text(
        "A wildcard never matches: redirect URIs are compared to the character. Register every address whole."
    ),
    "fragment": Text("What follows # never reaches a server. Leave it out."),
    "customer_subdomain": Text(
        "An address for each customer is not supported. Register one address for all, and carry the customer"
        " in “state”."
    ),
    "plain_http": Text("Use https://. Plain http is only for your own computer (localhost), while you test."),
    "slash_twin": Text(
        "Another address differs only by the slash at its end. They are two addresses here: register the one"
        " that your code sends."
    ),
    "loopback": Text("Fine while you test on your own computer. A published client needs https://."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientLine:
    """A client in the list."""

    head: ClientHead
    scopes: int
    redirect_uris: int
    secret_created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AppClients(Page):
    """The tab OAuth & Permissions. `deleted` names the client that was just deleted."""

    template: ClassVar[str] = "developer/app_clients.html"
    app: AppHead
    rows: tuple[ClientLine, ...] = ()
    deleted: str | None = None

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """None yet, some, and awkward names."""
        line = ClientLine(head=s.CLIENT, scopes=3, redirect_uris=1, secret_created_at=a.before(days=3))
        published = replace(line, head=replace(s.CLIENT, id=a.sample_id(8), kind="published"))
        yield Sample("empty", cls(app=s.HEAD))
        yield Sample("typical", cls(app=s.HEAD, rows=(line, published)))
        awkward = tuple(
            replace(line, head=replace(s.CLIENT, name=text)) for text in (a.LONG, a.UNBROKEN, a.HOSTILE)
        )
        yield Sample("awkward", cls(app=replace(s.HEAD, name=a.HOSTILE), rows=awkward, deleted=a.HOSTILE))


@dataclass(frozen=True, slots=True, kw_only=True)
class UriRow:
    """One redirect URI in a form, what is wrong with it, or what looks wrong about it."""

    value: str = ""
    problem: Words | None = None
    hint: Hint | None = None

    @property
    def advice(self) -> Text | None:
        """The hint in words."""
        return HINTS[self.hint] if self.hint else None

    @property
    def harmless(self) -> bool:
        """Whether the hint is only to be known."""
        return self.hint == "loopback"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientForm:
    """The fields of a client as they are typed; the last of `uris` is empty, for one more."""

    name: str = ""
    description: str = ""
    uris: tuple[UriRow, ...] = (UriRow(),)
    onboarding_url: str = ""
    caution: Words | None = None
    problems: Problems = field(default_factory=dict)

    @property
    def wrong(self) -> bool:
        """Whether anything can't be so."""
        return bool(self.problems) or any(row.problem for row in self.uris)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClientPage(Page):
    """Posts the form, `csrf` and `client_id` (promised to this form) to `…/clients`."""

    template: ClassVar[str] = "developer/new_client.html"
    app: AppHead
    form: ClientForm
    client_id: str
    csrf: str
    unsaved: bool = False

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Empty, refused, hostile words."""
        empty = cls(app=s.HEAD, form=ClientForm(), client_id=a.sample_id(9), csrf=a.CHROME.csrf)
        yield Sample("empty", empty)
        yield Sample("refused", replace(empty, form=_refused(), unsaved=True))
        hostile = replace(_form(), name=a.HOSTILE, uris=(UriRow(value=a.HOSTILE, hint="wildcard"), UriRow()))
        yield Sample("hostile", replace(empty, form=hostile, app=replace(s.HEAD, name=a.HOSTILE)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSecretOnce(Page):
    """A client's new secret, shown this once. `renewed`: it took the place of another, which is dead."""

    template: ClassVar[str] = "developer/client_secret.html"
    app: AppHead
    client: ClientHead
    secret: str
    renewed: bool = False

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """The first one, and another one."""
        secret = "lscs_us1_EXAMPLE0EXAMPLE0EXAMPLE0EXAMPLE0EXAMPLE0"
        yield Sample("first", cls(app=s.HEAD, client=s.CLIENT, secret=secret))
        hostile = replace(s.CLIENT, name=a.HOSTILE)
        yield Sample("hostile", cls(app=s.HEAD, client=hostile, secret=secret, renewed=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How far a client has come on its way to a working flow, as it is stored."""

    addresses: bool = False
    scopes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDetails(Page):
    """A test client: posts details and scopes with `do` to its own path; Test Authorization and a new secret
    are forms of their own. `unsaved`: what is shown is not what is stored. `way`: what is left until the first
    flow works; None once one did."""

    template: ClassVar[str] = "developer/client_details.html"
    app: AppHead
    client: ClientHead
    form: ClientForm
    picker: Picker
    secret_created_at: datetime
    unsaved: bool = False
    done: str | None = None
    may_test: bool = True
    way: Way | None = None

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """New, with scopes, searching, refused, awkward."""
        new = cls(app=s.HEAD, client=s.CLIENT, form=ClientForm(name="On-call Notifier"), picker=sample_picker(()),
                  secret_created_at=a.before(minutes=2), may_test=False, way=Way())  # fmt: skip
        typical = replace(
            new, form=_form(), picker=sample_picker(("monitors_read",)), may_test=True, way=None
        )
        yield Sample("new", new)
        yield Sample("ready", replace(typical, way=Way(addresses=True, scopes=True)))
        yield Sample("typical", replace(typical, done="saved"))
        yield Sample("searching", replace(typical, picker=sample_picker((), "send logs"), unsaved=True))
        yield Sample("nothing_found", replace(typical, picker=sample_picker((), a.HOSTILE), unsaved=True))
        yield Sample("refused", replace(typical, form=_refused(), unsaved=True))
        yield Sample("hostile", replace(typical, client=replace(s.CLIENT, name=a.HOSTILE)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedClient(Page):
    """A published client, which can't be edited here."""

    template: ClassVar[str] = "developer/client_published.html"
    app: AppHead
    client: ClientHead
    form: ClientForm
    picker: Picker
    revision: int = 1

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """The one page."""
        published = replace(s.CLIENT, kind="published")
        yield Sample(
            "typical",
            cls(app=s.HEAD, client=published, form=_form(), picker=sample_picker(("monitors_read",))),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmSecret(Page):
    """Asks before a secret is regenerated; posts `seen` (when the dying one was made) to its own path."""

    template: ClassVar[str] = "developer/confirm_secret.html"
    app: AppHead
    client: ClientHead
    goes: Goes
    secret_created_at: datetime
    seen: str

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """The question, and hostile words."""
        goes = Goes(name="On-call Notifier", kind="test", authorizations=2, api_keys=1)
        asked = cls(app=s.HEAD, client=s.CLIENT, goes=goes, secret_created_at=a.before(days=3), seen="2026")
        yield Sample("typical", asked)
        yield Sample("hostile", replace(asked, client=replace(s.CLIENT, name=a.HOSTILE)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmClientDelete(Page):
    """Asks before a test client is deleted; posts to its own path."""

    template: ClassVar[str] = "developer/confirm_client_delete.html"
    app: AppHead
    client: ClientHead
    goes: Goes

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """The question, and hostile words."""
        goes = Goes(name="On-call Notifier", kind="test", authorizations=2, api_keys=1, last_used_at=a.NOW)
        yield Sample("typical", cls(app=s.HEAD, client=s.CLIENT, goes=goes))
        hostile = replace(s.CLIENT, name=a.HOSTILE)
        yield Sample("hostile", cls(app=s.HEAD, client=hostile, goes=replace(goes, name=a.HOSTILE)))


def _form() -> ClientForm:
    return ClientForm(
        name="On-call Notifier",
        description="Tells whoever is on call.",
        uris=(UriRow(value="https://notifier.example/callback"),
              UriRow(value="http://localhost:8200/callback", hint="loopback"), UriRow()),
        onboarding_url="https://notifier.example/start",
    )  # fmt: skip


def _refused() -> ClientForm:
    uris = (
        UriRow(value="https://*.example.com/cb", hint="wildcard",
               problem=Text("An address can’t have a wildcard (*).")),
        UriRow(value="https://notifier.example/callback/", hint="slash_twin"),
        UriRow(),
    )  # fmt: skip
    problems = {"name": Text("This can’t be empty."), "onboarding_url": Text("It must begin with https://.")}
    return replace(_form(), name="", uris=uris, problems=problems)
