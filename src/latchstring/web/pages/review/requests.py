"""What partners ask of the host, and the answers; and one published integration with its revisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from latchstring.web.pages import sample_values as a
from latchstring.web.pages import submissions as parts
from latchstring.web.pages.page import Page, Sample
from latchstring.web.translations import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """A request of a partner. `own`: the reader belongs to the organization that asks."""

    id: str
    partner: str
    kind: str
    subject: str
    reason: str
    state: str
    asked_by: str
    asked_at: datetime
    answer: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRequests(Page):
    """What is open, oldest first, or what was answered. `problem` is of the request `wrong`."""

    template: ClassVar[str] = "review/requests.html"
    rows: tuple[RequestLine, ...] = ()
    answered: bool = False
    older: str | None = None
    wrong: str | None = None
    problem: Text | None = None
    done: str | None = None

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """None, each kind, answered, hostile words, refused."""
        line = RequestLine(
            id=a.sample_id(1), partner="Pagewell", kind="private_scope", subject="api_keys_write",
            reason="To send metrics", state="open", asked_by="Dev Eloper", asked_at=a.before(days=1),
        )  # fmt: skip
        secret = replace(line, id=a.sample_id(2), kind="published_secret", subject=a.sample_id(9), own=True)
        sandbox = replace(line, id=a.sample_id(3), kind="sandbox_elsewhere", subject="eu1", reason=a.HOSTILE)
        hostile = replace(line, id=a.sample_id(4), partner=a.HOSTILE, subject=a.HOSTILE, asked_by=a.UNBROKEN)
        yield Sample("empty", cls())
        rows = (line, secret, sandbox, hostile)
        yield Sample("open", cls(rows=rows, older="/review/requests?after=x", done="answered"))
        yield Sample("refused", cls(rows=rows, wrong=sandbox.id, problem=Text("This can’t be empty.")))
        gone = tuple(replace(one, state="declined", answer=a.HOSTILE) for one in rows)
        yield Sample("answered", cls(rows=gone, answered=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedTile(Page):
    """A published integration: who sees it, its revisions; it can be taken back, and rolled back by one revision."""

    template: ClassVar[str] = "review/tile.html"
    path: str
    name: str
    partner: str
    client_id: str
    reach: parts.Reached
    revisions: tuple[parts.RevisionLine, ...] = ()
    restores: int | None = None
    back: parts.ChangeLines | None = None
    own: bool = False
    problem: Text | None = None
    done: str | None = None

    @property
    def live(self) -> int:
        """The revision that is live."""
        return self.revisions[0].number if self.revisions else 0

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """In the sandbox, shown to all, one's own, hostile words."""
        tile = cls(path="/review/integrations/1", name="On-call Notifier", partner="Pagewell",
                   client_id=a.sample_id(9), reach=parts.Reached(audience="sandbox"),
                   revisions=parts.REVISIONS[2:])  # fmt: skip
        yield Sample("sandbox", tile)
        shown = replace(tile, reach=parts.Reached(audience="everyone"), revisions=parts.REVISIONS, restores=2,
                        back=parts.CHANGES)  # fmt: skip
        yield Sample("everyone", shown)
        yield Sample("own", replace(shown, own=True))
        yield Sample("hostile", replace(shown, name=a.HOSTILE, partner=a.HOSTILE, problem=Text("Say why."),
                                        reach=parts.Reached(audience="named", named=(a.HOSTILE,))))  # fmt: skip
