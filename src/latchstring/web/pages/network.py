"""The network page, with every endpoint of a site, and the page on which people pick theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from latchstring.web.pages import sample_values as a
from latchstring.web.pages.page import Page, Sample
from latchstring.web.translations import Text, Words

AREAS: dict[str, Words] = {
    "pages": Text("Pages"),
    "oauth": "OAuth",
    "api": "API",
    "intake": Text("Intake"),
    "metadata": Text("Metadata"),
    "more": Text("More addresses"),
}
PURPOSES: dict[str, Words] = {
    "pages": Text("Pages, sign-in and consent"),
    "documentation": Text("Documentation for partners"),
    "authorize": Text("Authorization requests"),
    "token": Text("Codes for tokens, and refreshing"),
    "revoke": Text("Revocation"),
    "introspect": Text("Introspection"),
    "api": Text("API calls with an access token"),
    "platform_api": Text("JSON API of this platform"),
    "intake": Text("Metrics, events and logs, with an API key"),
    "server_metadata": Text("Of the authorization server"),
    "resource_metadata": Text("Of the protected resource"),
    "metrics": Text("Metrics"),
    "events": Text("Events"),
    "logs": Text("Logs"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteChoice:
    """A site to choose. `current`: it is the one that is shown, or the one that was chosen last."""

    key: str
    name: str
    region: str
    domain: str
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkLine:
    """One endpoint. A purpose that the host made up is shown in its own words."""

    purpose: Words
    method: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkArea:
    """Endpoints that belong together."""

    title: Words
    lines: tuple[NetworkLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network(Page):
    """Every endpoint of one site. `neutral`: where a flow begins that knows no site; `status`: where reviewers see how
    copying between the sites goes."""

    template: ClassVar[str] = "network.html"
    sites: tuple[SiteChoice, ...]
    areas: tuple[NetworkArea, ...]
    neutral: str | None = None
    status: str | None = None

    @property
    def site(self) -> SiteChoice:
        """The one that is shown."""
        return next(site for site in self.sites if site.current)

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Several sites, one alone, and awkward names."""
        neutral = "https://app.example.com/oauth2/v1/authorize"
        yield Sample("typical", cls(sites=_SITES, areas=_AREAS, neutral=neutral))
        yield Sample("reviewer", cls(sites=_SITES, areas=_AREAS, status="/review/sites"))
        yield Sample("one_site", cls(sites=_SITES[:1], areas=_AREAS))
        yield Sample("awkward", cls(sites=_AWKWARD, areas=_AWKWARD_AREAS, neutral=f"https://{a.UNBROKEN}/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PickSite(Page):
    """Which site the authorization request goes on to. `query` is the request's own, as it came."""

    template: ClassVar[str] = "pick_site.html"
    sites: tuple[SiteChoice, ...]
    query: str

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Never chosen before, chosen before, many, and awkward names."""
        query = "client_id=1&scope=a%20b&state=x%26y"
        yield Sample("first", cls(sites=(replace(_SITES[0], current=False), *_SITES[1:]), query=query))
        yield Sample("again", cls(sites=_SITES, query=query))
        many = tuple(
            SiteChoice(key=f"eu{n}", name=f"EU{n}", region="", domain=f"eu{n}.example.com") for n in range(9)
        )
        yield Sample("many", cls(sites=many, query=query))
        yield Sample("awkward", cls(sites=_AWKWARD, query=a.HOSTILE))


_SITES = (
    SiteChoice(
        key="us1", name="US1", region="Virginia, United States", domain="us1.example.com", current=True
    ),
    SiteChoice(key="eu1", name="EU1", region="Frankfurt, Germany", domain="eu1.example.com"),
    SiteChoice(key="ap1", name="AP1", region="대한민국 서울", domain="ap1.example.com"),
)
_AREAS = (
    NetworkArea(
        title=AREAS["oauth"],
        lines=(
            NetworkLine(
                purpose=PURPOSES["token"],
                method="POST",
                address="https://api.us1.example.com/oauth2/v1/token",
            ),
        ),
    ),
    NetworkArea(
        title=AREAS["intake"],
        lines=(
            NetworkLine(
                purpose=PURPOSES["logs"], method="", address="https://http-intake.logs.us1.example.com"
            ),
        ),
    ),
    NetworkArea(
        title=AREAS["more"],
        lines=(NetworkLine(purpose="Webhooks are sent from", method="", address="192.0.2.0/24"),),
    ),
)
_AWKWARD = (
    SiteChoice(key="x1", name=a.LONG, region=a.LONG, domain=f"{a.UNBROKEN}.example.com", current=True),
    SiteChoice(key="x2", name=a.HOSTILE, region=a.HOSTILE, domain="x2.example.com"),
    SiteChoice(key="x3", name="서울", region=a.KOREAN, domain="x3.example.com"),
)
_AWKWARD_AREAS = (
    NetworkArea(
        title=AREAS["more"],
        lines=(NetworkLine(purpose=a.HOSTILE, method="", address=f"https://{a.UNBROKEN}.example.com"),),
    ),
)
