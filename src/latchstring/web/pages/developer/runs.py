"""Recorded runs of a test client: the list, and one run as a line of steps that moves by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from latchstring.apps.run_store import RunKind
from latchstring.apps.run_timeline import State
from latchstring.audit.differences import Piece
from latchstring.audit.explained import TextAgainst
from latchstring.web.pages import sample_values as a
from latchstring.web.pages.developer import samples as s
from latchstring.web.pages.developer.difference import Shown, shown
from latchstring.web.pages.developer.head import AppHead, ClientHead
from latchstring.web.pages.developer.verdict import Verdict, sample_verdict
from latchstring.web.pages.page import Page, Sample
from latchstring.web.translations import Text, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that was received, or expected."""

    label: Words
    value: str
    wrong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a step failed: cause and remedy in the reader's language, and the page that explains it."""

    why: str
    remedy: str
    url: str
    request_id: str
    against: Shown | None = None
    fix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One expected step. `hint` says how it comes about while it was not seen yet."""

    key: str
    title: Words
    state: State
    hint: Words
    at: datetime | None = None
    facts: tuple[Fact, ...] = ()
    failure: Failure | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """A run in the list. `subject` is what a rehearsal plays."""

    path: str
    kind: RunKind
    subject: Words
    started_at: datetime
    ends_at: datetime
    goes_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRuns(Page):
    """The tab Recorded runs: all that are kept."""

    template: ClassVar[str] = "developer/client_runs.html"
    app: AppHead
    client: ClientHead
    rows: tuple[RunLine, ...] = ()
    may_test: bool = True

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """None yet; one that goes on, one of yesterday, and a rehearsal."""
        yield Sample("empty", cls(app=s.HEAD, client=s.CLIENT))
        yield Sample("no onboarding URL", cls(app=s.HEAD, client=s.CLIENT, may_test=False))
        rows = (
            _line(started_at=a.before(minutes=4), ends_at=a.before(minutes=-26), goes_on=True),
            _line(kind="rehearsal", subject=Text("Access token expired")),
            _line(),
        )
        yield Sample("typical", cls(app=s.HEAD, client=s.CLIENT, rows=rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage(Page):
    """One run. `version` changes whenever there is more to show; `events` tells when. A rehearsal has a verdict."""

    template: ClassVar[str] = "developer/client_run.html"
    app: AppHead
    client: ClientHead
    line: RunLine
    version: str
    steps: tuple[StepLine, ...] = ()
    verdict: Verdict | None = None
    may_test: bool = True

    @property
    def events(self) -> str:
        """The path of the stream."""
        return f"{self.line.path}/events"

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(1 for step in self.steps if step.state == "done")

    @property
    def failed(self) -> int:
        """How many steps failed."""
        return sum(1 for step in self.steps if step.state == "failed")

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Just begun, in the middle with a failure, over; and a rehearsal."""
        going = _line(started_at=a.before(minutes=4), ends_at=a.before(minutes=-26), goes_on=True)
        page = cls(app=s.HEAD, client=s.CLIENT, line=going, version="0", steps=_WAITING)
        yield Sample("begun", page)
        yield Sample("failed", replace(page, steps=_FAILED))
        yield Sample("over", replace(page, line=_line(), steps=(_DONE, *_WAITING)))
        rehearsed = _line(kind="rehearsal", subject=Text("Access token expired"))
        yield Sample("rehearsal", replace(page, line=rehearsed, steps=(), verdict=sample_verdict()))


def _line(
    kind: RunKind = "test",
    subject: Words = "",
    started_at: datetime | None = None,
    ends_at: datetime | None = None,
    goes_on: bool = False,
) -> RunLine:
    return RunLine(
        path=f"{s.CLIENT.path}/runs/{a.sample_id(5)}",
        kind=kind,
        subject=subject,
        started_at=started_at or a.before(days=1),
        ends_at=ends_at or a.before(hours=23),
        goes_on=goes_on,
    )


_DONE = StepLine(
    key="authorize",
    title=Text("Authorization request arrived"),
    state="done",
    hint="",
    at=a.before(minutes=3),
    facts=(
        Fact(label=Text("redirect URI"), value="https://notifier.example/callback"),
        Fact(label=Text("characters of state"), value="0", wrong=True),
        Fact(label="user_agent", value=a.HOSTILE),
    ),
    failures=1,
)
_WAITING = (
    StepLine(
        key="exchanged",
        title=Text("Code exchanged for tokens"),
        state="waiting",
        hint=Text("Your server posts the code and the code verifier to the token endpoint."),
    ),
)
_EXPECTED = (Piece("https://notifier.example/callback", True),)
_RECEIVED = (*_EXPECTED, Piece("/", False))
_FAILED = (
    _DONE,
    StepLine(
        key="exchanged",
        title=Text("Code exchanged for tokens"),
        state="failed",
        hint="",
        at=a.before(minutes=2),
        failure=Failure(
            why="The redirect URI of the token request is not the one of the authorization request.",
            remedy="Send the same redirect URI in both.",
            against=shown(TextAgainst(_RECEIVED, _EXPECTED)),
            fix="https://notifier.example/callback",
            url=f"{s.HEAD.path}/requests/0123456789abcdef01234567",
            request_id="0123456789abcdef01234567",
        ),
    ),
)
