"""The tab Rehearsal of a test client: failures to play, what is expected then, and how it went."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from latchstring.protocol.rehearsal import KINDS, Kind
from latchstring.web.pages import sample_values as a
from latchstring.web.pages.developer import samples as s
from latchstring.web.pages.developer.head import AppHead, ClientHead
from latchstring.web.pages.developer.verdict import EXPECTED, PLAYED, TITLES, Verdict, sample_verdict
from latchstring.web.pages.page import Page, Sample
from latchstring.web.translations import Text, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """How a failure went when it was last rehearsed."""

    path: str
    started_at: datetime
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One failure that can be played."""

    kind: Kind
    last: Last | None = None
    plays: bool = False

    @property
    def title(self) -> Text:
        """What it is called."""
        return TITLES[self.kind]

    @property
    def played(self) -> Text:
        """What happens."""
        return PLAYED[self.kind]

    @property
    def expected(self) -> tuple[Text, ...]:
        """What a well-behaved integration does."""
        return tuple(text for name, text in EXPECTED.items() if name.startswith(f"{self.kind}."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """The failure that is played now."""

    title: Words
    path: str
    version: str
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalPage(Page):
    """All scenes, and the one that is played."""

    template: ClassVar[str] = "developer/client_rehearsal.html"
    app: AppHead
    client: ClientHead
    scenes: tuple[Scene, ...]
    now: Now | None = None

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Nothing rehearsed yet; and one that is played while others have been."""
        yield Sample("nothing yet", cls(app=s.HEAD, client=s.CLIENT, scenes=tuple(map(_scene, KINDS))))
        path = f"{s.CLIENT.path}/runs/{a.sample_id(5)}"
        well = Last(path=path, started_at=a.before(days=1), verdict=sample_verdict("well"))
        badly = Last(path=path, started_at=a.before(days=2), verdict=sample_verdict())
        still = Last(path=path, started_at=a.before(minutes=2), verdict=sample_verdict("open"))
        scenes = (
            Scene(kind="expired", last=well),
            Scene(kind="revoked", last=badly),
            Scene(kind="slow", last=still, plays=True),
        )
        now = Now(title=TITLES["slow"], path=path, version="0", ends_at=a.before(minutes=-3))
        yield Sample("played", cls(app=s.HEAD, client=s.CLIENT, scenes=scenes, now=now))


def _scene(kind: Kind) -> Scene:
    return Scene(kind=kind)
