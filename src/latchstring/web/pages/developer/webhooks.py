"""The tab Webhooks of a client: address, events, the secret that is shown once, and the delivery log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Final

from latchstring.messages.model import EVENTS, TEST_EVENT, Event, State
from latchstring.web.pages import sample_values as a
from latchstring.web.pages.developer import samples as s
from latchstring.web.pages.developer.apps import Problems
from latchstring.web.pages.developer.head import AppHead, ClientHead
from latchstring.web.pages.page import Page, Sample
from latchstring.web.translations import Text, Words

#: What each event tells.
MEANINGS: Final[Mapping[Event, Text]] = {
    "authorization.created": Text("A customer has connected: a code was exchanged for tokens."),
    "authorization.revoked": Text("An authorization has ended, whoever ended it."),
    "integration.installed": Text("An organization has installed your integration."),
    "integration.uninstalled": Text("An organization has uninstalled it."),
    "api_key.created": Text("An API key was created for your app."),
    "api_key.disabled": Text("An API key of your app was revoked."),
    "submission.decided": Text("The reviewers have decided on your submission."),
    "scopes.changed": Text("The scopes of the published client have changed."),
}
#: Why a try failed, where it was not the status of the answer.
PROBLEMS: Final[Mapping[str, Text]] = {
    "address_refused": Text("The name leads to a private or reserved address, where nothing is sent."),
    "name_unknown": Text("The name could not be resolved."),
    "connect_timeout": Text("The server did not take the connection within 5 seconds."),
    "timeout": Text("There was no whole answer within 10 seconds."),
    "no_connection": Text("The connection was refused, or TLS failed."),
    "not_http": Text("What answered does not speak HTTP."),
    "connection_lost": Text("The connection was lost."),
    "no_webhook": Text("The webhook was removed."),
    "no_signing_key": Text("The key behind the signing secret is gone. Regenerate the secret."),
}


def problem_of(status: int | None, problem: str) -> Words | None:
    """Why a try failed, in words; None when it did not, or when the status says it all."""
    if status is not None and 300 <= status < 400:
        return Text("Redirects are not followed. Write the address that they lead to.")
    return PROBLEMS.get(problem)


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event to tick."""

    name: Event
    meaning: Text
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookForm:
    """Address and events as they are typed."""

    url: str = ""
    events: tuple[EventRow, ...] = ()
    problems: Problems = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookState:
    """A webhook that there is."""

    secret_created_at: datetime
    former_secret_until: datetime | None = None
    paused_at: datetime | None = None
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """A line of the delivery log."""

    path: str
    event: str
    state: State
    attempts: int
    at: datetime
    next_attempt_at: datetime | None = None
    status: int | None = None
    problem: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhooks(Page):
    """Posts address and events to its own path; a test event, a resumption, another secret and the removal are
    forms and pages of their own below it. `webhook` is None before there is one."""

    template: ClassVar[str] = "developer/webhooks.html"
    app: AppHead
    client: ClientHead
    form: WebhookForm
    webhook: WebhookState | None = None
    rows: tuple[DeliveryLine, ...] = ()
    older: str | None = None
    first: str | None = None
    done: str | None = None
    days: int = 30
    failures_to_pause: int = 10

    @property
    def path(self) -> str:
        """The path of this page."""
        return f"{self.client.path}/webhooks"

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """None yet, refused, at work, paused, hostile."""
        none = cls(app=s.HEAD, client=s.CLIENT, form=_form())
        refused = replace(
            _form("http://10.0.0.1/hooks"), problems={"url": Text("It must begin with https://.")}
        )
        there = WebhookState(secret_created_at=a.before(days=3))
        rows = _lines()
        working = replace(none, form=_form("https://notifier.example/hooks"), webhook=there, rows=rows)
        paused = replace(there, paused_at=a.before(hours=2), retry_at=a.NOW, former_secret_until=a.NOW)
        yield Sample("none", none)
        yield Sample("refused", replace(none, form=refused))
        yield Sample("working", replace(working, done="tested", older="?after=x"))
        yield Sample("quiet", replace(working, rows=()))
        yield Sample("paused", replace(working, webhook=paused))
        published = replace(s.CLIENT, kind="published")
        yield Sample("published", replace(working, client=published))
        hostile = tuple(replace(row, event=a.HOSTILE) for row in rows)
        yield Sample("hostile", replace(working, form=_form(a.HOSTILE), rows=hostile))


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSecretOnce(Page):
    """The signing secret, shown this once. `renewed`: the one before signs too until `former_until`."""

    template: ClassVar[str] = "developer/webhook_secret.html"
    app: AppHead
    client: ClientHead
    secret: str
    former_until: datetime | None = None

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """The first one, and another one."""
        first = cls(app=s.HEAD, client=s.CLIENT, secret="whsec_RVhBTVBMRUVYQU1QTEVFWEFNUExFRVhBTVBMRUVYQQ==")
        yield Sample("first", first)
        yield Sample("renewed", replace(first, former_until=a.NOW))
        yield Sample("hostile", replace(first, client=replace(s.CLIENT, name=a.HOSTILE)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One attempt of a delivery."""

    number: int
    at: datetime
    milliseconds: int
    status: int | None
    problem: Words | None
    answer: str = ""
    ok: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDelivery(Page):
    """One message: what was sent, and every attempt; posts to its own path to send it again."""

    template: ClassVar[str] = "developer/webhook_delivery.html"
    app: AppHead
    client: ClientHead
    line: DeliveryLine
    message_id: str
    payload: str
    tries: tuple[Try, ...] = ()
    may_send_again: bool = True
    done: str | None = None

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Sent, failed after many tries, waiting, hostile."""
        sent, failed, waiting, _ = _lines()
        one = Try(
            number=1, at=a.before(minutes=4), milliseconds=83, status=200, problem=None, ok=True, answer="ok"
        )
        late = Try(number=2, at=a.before(minutes=9), milliseconds=10_004, status=None,
                   problem=PROBLEMS["timeout"])  # fmt: skip
        bad = Try(number=1, at=a.before(minutes=10), milliseconds=120, status=500, problem=None,
                  answer='{"error": "no database"}')  # fmt: skip
        page = cls(app=s.HEAD, client=s.CLIENT, line=sent, message_id="msg_" + a.sample_id(5).replace("-", ""),
                   payload='{\n  "type": "authorization.created"\n}', tries=(one,))  # fmt: skip
        yield Sample("sent", page)
        yield Sample("failed", replace(page, line=failed, tries=(late, bad)))
        yield Sample("waiting", replace(page, line=waiting, tries=(), may_send_again=False, done="again"))
        hostile = replace(bad, answer=a.HOSTILE)
        yield Sample("hostile", replace(page, payload=a.HOSTILE, tries=(hostile,)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmWebhookSecret(Page):
    """Asks before another signing secret is made; posts `seen` to its own path."""

    template: ClassVar[str] = "developer/confirm_webhook_secret.html"
    app: AppHead
    client: ClientHead
    seen: str

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """The question."""
        yield Sample("typical", cls(app=s.HEAD, client=s.CLIENT, seen="2026"))
        yield Sample("hostile", cls(app=s.HEAD, client=replace(s.CLIENT, name=a.HOSTILE), seen="2026"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmWebhookRemoval(Page):
    """Asks before a webhook is removed; posts to its own path."""

    template: ClassVar[str] = "developer/confirm_webhook_removal.html"
    app: AppHead
    client: ClientHead
    url: str

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """The question."""
        asked = cls(app=s.HEAD, client=s.CLIENT, url="https://notifier.example/hooks")
        yield Sample("typical", asked)
        yield Sample("hostile", replace(asked, client=replace(s.CLIENT, name=a.HOSTILE), url=a.HOSTILE))


def _form(url: str = "") -> WebhookForm:
    rows = tuple(EventRow(event, MEANINGS[event], place < 3 or not url) for place, event in enumerate(EVENTS))
    return WebhookForm(url=url, events=rows)


def _lines() -> tuple[DeliveryLine, ...]:
    line = DeliveryLine(path=s.CLIENT.path, event="authorization.created", state="sent", attempts=1,
                        at=a.before(minutes=4), status=200)  # fmt: skip
    return (
        line,
        replace(
            line,
            event="api_key.disabled",
            state="failed",
            attempts=8,
            status=None,
            problem=PROBLEMS["timeout"],
        ),
        replace(
            line, event="scopes.changed", state="waiting", attempts=0, status=None, next_attempt_at=a.NOW
        ),
        replace(line, event=TEST_EVENT, state="waiting", attempts=2, status=503, next_attempt_at=a.NOW),
    )
