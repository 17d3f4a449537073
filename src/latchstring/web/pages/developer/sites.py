"""The other sites of the host, and the sandbox that a partner has or asks for on each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from latchstring.apps.partner_request import State
from latchstring.web.pages import sample_values as a
from latchstring.web.pages.page import Page, Sample
from latchstring.web.translations import Text, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSite:
    """One site, and what was asked for there last. `state` is None where nothing was. `reason` is what is typed."""

    key: str
    name: str
    region: str
    app_origin: str
    state: State | None = None
    asked_at: datetime | None = None
    answer: str = ""
    reason: str = ""
    problem: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSites(Page):
    """Posts `site` and `reason` to its own path. `asked` names the site that was just asked for."""

    template: ClassVar[str] = "developer/other_sites.html"
    rows: tuple[OtherSite, ...] = ()
    asked: str | None = None
    problem: Words | None = None

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """No other site, every state of a request, refused, hostile words."""
        eu = OtherSite(key="eu1", name="Europe", region="Frankfurt", app_origin="https://app.eu.example.com")
        states = (
            eu,
            OtherSite(
                key="ap1",
                name="아시아",
                region="서울",
                app_origin="https://app.ap.example.com",
                state="open",
                asked_at=a.before(days=1),
            ),
            OtherSite(
                key="us3",
                name="US3",
                region="",
                app_origin="https://app.us3.example.com",
                state="granted",
                asked_at=a.before(days=9),
                answer="Pagewell Sandbox; dev@pagewell.example is invited.",
            ),
            OtherSite(
                key="gov",
                name="Gov",
                region="Ohio",
                app_origin="https://app.gov.example.com",
                state="declined",
                asked_at=a.before(days=30),
                answer="Only for agencies.",
            ),
        )
        yield Sample("one_site", cls())
        yield Sample("typical", cls(rows=states, asked="아시아"))
        problem = Text("Use at most %(limit)s characters.", {"limit": "1000"})
        hostile = OtherSite(
            key="eu1",
            name=a.HOSTILE,
            region=a.LONG,
            app_origin=f"https://{a.UNBROKEN}",
            state="declined",
            asked_at=a.NOW,
            answer=a.HOSTILE,
            reason=a.HOSTILE,
            problem=problem,
        )
        yield Sample("hostile", cls(rows=(hostile,), problem=problem))
