"""The queue of submissions, and the published integrations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

from latchstring.web.pages import sample_values as a
from latchstring.web.pages import submissions as parts
from latchstring.web.pages.page import Page, Sample
from latchstring.web.pages.review.tabs import Choice
from latchstring.web.translations import Text

STATES = (
    Choice("submitted", Text("In review")),
    Choice("changes_requested", Text("Changes requested")),
    Choice("approved", Text("Approved")),
    Choice("withdrawn", Text("Withdrawn")),
    Choice("any", Text("Any state")),
)
KINDS = (Choice("client", Text("OAuth client")), Choice("integration", Text("Integration")))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewQueue(Page):
    """What partners have sent, the last first. `chosen`: what the list is narrowed to."""

    template: ClassVar[str] = "review/queue.html"
    rows: tuple[parts.SubmissionLine, ...] = ()
    parties: tuple[Choice, ...] = ()
    chosen: Mapping[str, str] = field(default_factory=dict)
    older: str | None = None
    first: str | None = None
    open_requests: int = 0

    @property
    def states(self) -> tuple[Choice, ...]:
        """The states that can be chosen."""
        return STATES

    @property
    def kinds(self) -> tuple[Choice, ...]:
        """The kinds that can be chosen."""
        return KINDS

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is chosen."""
        return any(self.chosen.values())

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """None, some, awkward names, nothing found."""
        line = parts.SubmissionLine(
            path="/review/submissions/1", app="On-call Notifier", partner="Pagewell", kind="client",
            state="submitted", sent_at=a.before(hours=3), waiting=(parts.PARTIES["security"],), failed=1,
        )  # fmt: skip
        parties = (Choice("security", parts.PARTIES["security"]), Choice("extra", a.HOSTILE))
        yield Sample("empty", cls(parties=parties))
        again = replace(line, again=True, failed=0, kind="integration", state="approved", waiting=())
        yield Sample(
            "typical", cls(rows=(line, again), parties=parties, older="/review?after=x", open_requests=2)
        )
        awkward = tuple(replace(line, app=text, partner=text) for text in (a.LONG, a.UNBROKEN, a.HOSTILE))
        yield Sample("awkward", cls(rows=awkward, parties=parties, first="/review"))
        yield Sample("nothing", cls(parties=parties, chosen={"search": a.HOSTILE}))


@dataclass(frozen=True, slots=True, kw_only=True)
class TileLine:
    """A published integration in the list."""

    path: str
    name: str
    partner: str
    audience: str
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedTiles(Page):
    """The tiles of this site."""

    template: ClassVar[str] = "review/tiles.html"
    rows: tuple[TileLine, ...] = ()
    older: str | None = None

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """None, and some."""
        line = TileLine(path="/review/integrations/1", name="On-call Notifier", partner="Pagewell",
                        audience="sandbox", updated_at=a.before(days=1))  # fmt: skip
        yield Sample("empty", cls())
        hostile = replace(line, name=a.HOSTILE, partner=a.UNBROKEN, audience="everyone")
        yield Sample("some", cls(rows=(line, replace(line, audience="named"), hostile), older="/review/x"))
