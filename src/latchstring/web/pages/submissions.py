"""What pages of both sides, the partner's and the reviewers', show of a submission."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from latchstring.audit.differences import Piece, Pieces
from latchstring.contract.model import Access, Risk
from latchstring.publishing.check import Outcome
from latchstring.publishing.model import Kind, State, Verdict
from latchstring.web.pages import sample_values as a
from latchstring.web.translations import Text

#: The parties that hosts usually have; another one is called by its own name.
PARTIES = {
    "partnerships": Text("Partnerships"),
    "security": Text("Security"),
    "legal": Text("Legal"),
    "product": Text("Product"),
}


News = Literal["added", "kept", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """A check and how it came out, in the reader's language; `more` are lines to read exactly."""

    title: str
    outcome: Outcome
    text: str
    more: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedScope:
    """A scope that is asked for, and why. `calls`: how often the sandbox has used it; None where nobody counted."""

    name: str
    title: str
    sentence: str
    reason: str = ""
    access: Access = "read"
    risk: Risk = "low"
    private: bool = False
    asked: bool = True
    news: News = "kept"
    calls: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """What a party says, or that it is still waited for."""

    party: Text | str
    verdict: Verdict | None = None
    by: str = ""
    comment: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentLine:
    """A word between the two sides."""

    by: str
    text: str
    at: datetime
    is_reviewer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """A field that differs, both in pieces."""

    label: Text
    before: Pieces
    after: Pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChange:
    """A list that differs."""

    label: Text
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLines:
    """What differs from the revision that is live; empty when nothing does."""

    revision: int = 0
    texts: tuple[TextChange, ...] = ()
    lists: tuple[ListChange, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether nothing differs."""
        return not self.texts and not self.lists


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionLine:
    """A revision of a published client."""

    number: int
    name: str
    scopes: int
    published_at: datetime
    restores: int | None = None
    live: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Who sees the tile, and what is asked for it; `named`: the organizations by name, or their ids."""

    audience: str
    named: tuple[str, ...] = ()
    asked: str | None = None
    asked_named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What each party and both sides say."""

    decisions: tuple[DecisionLine, ...] = ()
    comments: tuple[CommentLine, ...] = ()
    note: str = ""
    link: str = ""


SILENCE = Words()


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionLine:
    """A submission in a list."""

    path: str
    app: str
    partner: str
    kind: Kind
    state: State
    sent_at: datetime
    waiting: tuple[Text | str, ...] = field(default_factory=tuple)
    failed: int = 0
    again: bool = False


CHECKS = (
    CheckLine(title="README tells how to uninstall", outcome="passed", text="It does.", file="README.md", line=35),
    CheckLine(title="manifest.json refers to it", outcome="warning", text="Move it directly beneath “support”."),
    CheckLine(title="The file says what is registered", outcome="failed", text="The file differs.",
              more="name: “Other” ≠ “Pagewell”\nscopes: + events_read", file="assets/oauth_clients.json"),
)  # fmt: skip
SCOPES = (
    AskedScope(name="monitors_read", title="Monitors Read", sentence="Read monitors", reason="To page", calls=12),
    AskedScope(name="monitors_write", title="Monitors Write", sentence="Change monitors", access="write",
               risk="high", news="added", calls=0),
    AskedScope(name="api_keys_write", title="API Keys Write", sentence="Create API keys", access="write",
               private=True, asked=False, news="removed", reason=a.HOSTILE),
)  # fmt: skip
WORDS = Words(
    decisions=(
        DecisionLine(party=PARTIES["partnerships"], verdict="approved", by=a.MINA.name, at=a.before(hours=2)),
        DecisionLine(party=PARTIES["security"]),
    ),
    comments=(CommentLine(by=a.MINA.name, text=a.HOSTILE, at=a.before(hours=1), is_reviewer=True),),
    note=a.HOSTILE,
    link="https://git.example/integrations/pull/7",
)
CHANGES = ChangeLines(
    revision=2,
    texts=(TextChange(label=Text("Name"), before=(Piece("Page", True), Piece("r", False)),
                      after=(Piece("Page", True), Piece("well", False))),),
    lists=(ListChange(label=Text("Redirect URIs"), added=("https://new.example/cb",), removed=(a.UNBROKEN,), kept=1),
           ListChange(label=Text("Scopes"), added=("monitors_write",), kept=2)),
)  # fmt: skip
REVISIONS = (
    RevisionLine(
        number=3, name="On-call Notifier", scopes=3, published_at=a.before(days=1), restores=1, live=True
    ),
    RevisionLine(number=2, name=a.HOSTILE, scopes=4, published_at=a.before(days=2)),
    RevisionLine(number=1, name="On-call Notifier", scopes=3, published_at=a.before(days=90)),
)
