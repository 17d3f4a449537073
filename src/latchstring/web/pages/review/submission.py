"""One submission: decision first, what is asked and why, what changed, what the checks say, what is unusual."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from latchstring.publishing.model import Kind, State
from latchstring.web.pages import sample_values as a
from latchstring.web.pages import submissions as parts
from latchstring.web.pages.page import Page, Sample
from latchstring.web.pages.review.tabs import Choice
from latchstring.web.translations import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFacts:
    """What would be published, as it is written."""

    client_id: str
    name: str
    description: str
    redirect_uris: tuple[str, ...]
    onboarding_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TileFacts:
    """What the tile would say, in the partner's own words."""

    name: str
    tagline: str
    categories: tuple[str, ...]
    overview: str
    configuration: str
    uninstallation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSubmission(Page):
    """A submission. `read` names the version that is shown: a decision counts for it alone. `own`: the reviewer
    belongs to the organization that asks."""

    template: ClassVar[str] = "review/submission.html"
    path: str
    app: str
    app_id: str
    partner: str
    partner_verified: bool
    kind: Kind
    state: State
    sent_by: str
    sent_at: datetime
    read: str
    parties: tuple[Choice, ...] = ()
    own: bool = False
    scopes: tuple[parts.AskedScope, ...] = ()
    changes: parts.ChangeLines | None = None
    checks: tuple[parts.CheckLine, ...] = ()
    unusual: tuple[Text, ...] = ()
    words: parts.Words = parts.SILENCE
    client: ClientFacts | None = None
    tile: TileFacts | None = None
    reach: parts.Reached | None = None
    typed: str = ""
    problem: Text | str | None = None
    done: str | None = None

    @property
    def decidable(self) -> bool:
        """Whether the reader may decide."""
        return self.state == "submitted" and bool(self.parties) and not self.own

    @property
    def added(self) -> int:
        """How many scopes are new."""
        return sum(scope.news == "added" for scope in self.scopes)

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """To decide, one's own, decided, refused, an integration, hostile words."""
        first = cls(
            path="/review/submissions/1", app="On-call Notifier", app_id=a.sample_id(1), partner="Pagewell",
            partner_verified=True, kind="client", state="submitted", sent_by="Dev Eloper",
            sent_at=a.before(hours=3), read=a.before(hours=3).isoformat(),
            parties=(Choice("security", parts.PARTIES["security"]),), scopes=parts.SCOPES, checks=parts.CHECKS,
            client=ClientFacts(client_id=a.sample_id(9), name="On-call Notifier", description="Tells who is on call",
                               redirect_uris=("https://notifier.example/cb",),
                               onboarding_url="https://notifier.example/start"),
            words=parts.WORDS,
        )  # fmt: skip
        yield Sample("first", first)
        two = replace(first, parties=(*first.parties, Choice("partnerships", parts.PARTIES["partnerships"])))
        unusual = (Text("A redirect URI is on another host than before: %(host)s", {"host": a.HOSTILE}),)
        yield Sample("again", replace(two, changes=parts.CHANGES, unusual=unusual))
        yield Sample("own", replace(first, own=True))
        refused = Text("Say what is to be changed.")
        yield Sample("refused", replace(first, problem=refused, typed=a.HOSTILE))
        tile = TileFacts(name=a.HOSTILE, tagline=a.HOSTILE, categories=(a.HOSTILE,), overview=a.HOSTILE,
                         configuration=a.UNBROKEN, uninstallation="")  # fmt: skip
        client = ClientFacts(client_id=a.sample_id(9), name=a.HOSTILE, description=a.HOSTILE,
                             redirect_uris=(a.UNBROKEN, a.HOSTILE), onboarding_url=a.HOSTILE)  # fmt: skip
        yield Sample("hostile", replace(
            first, app=a.HOSTILE, partner=a.HOSTILE, sent_by=a.HOSTILE, tile=tile, client=client,
            state="approved", done="approved",
        ))  # fmt: skip
        yield Sample("integration", replace(
            first, kind="integration", client=None, scopes=(), checks=(),
            reach=parts.Reached(audience="sandbox", asked="named", asked_named=("Acme", a.HOSTILE)),
        ))  # fmt: skip
