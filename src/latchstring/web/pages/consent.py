"""The consent page: who asks, for what, as whom, and how to say no."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal, TypeAlias

from latchstring.contract.model import Access, Risk
from latchstring.web.pages import sample_values as a
from latchstring.web.pages.page import Page, Person, Sample

Standing: TypeAlias = Literal["verified", "test"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeLine:
    """One scope in the reader's language. `held`: the user has every permission that it stands for."""

    name: str
    title: str
    sentence: str
    access: Access = "read"
    risk: Risk = "low"
    held: bool = True


@dataclass(frozen=True, slots=True)
class ScopeGroup:
    """The scopes of one area of the host's API; `area` is its title."""

    area: str
    scopes: tuple[ScopeLine, ...]


@dataclass(frozen=True, slots=True)
class LackingPermission:
    """A permission that the user lacks, and the names of those who could grant it."""

    title: str
    grantors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrganizationChoice:
    """An organization of the user's that can be made the active one. `role` is the user's role there."""

    id: str
    name: str
    role: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(Page):
    """Posts the `hidden` fields and `decision=allow|deny` to its own path.

    `hidden` carries the CSRF token too. `next` is the authorization request as path and query, to come back to
    after a change of user or organization. `lacking` with `may_allow` warns; without it, Allow is not offered.
    `already_granted` not empty makes this a revision: `groups` is then only what is new.
    """

    template: ClassVar[str] = "consent.html"
    app_name: str
    partner: str
    standing: Standing
    organization: str
    person: Person
    groups: tuple[ScopeGroup, ...]
    redirect_host: str
    action: str
    next: str
    hidden: tuple[tuple[str, str], ...] = ()
    other_organizations: tuple[OrganizationChoice, ...] = ()
    lacking: tuple[LackingPermission, ...] = ()
    may_allow: bool = True
    already_granted: tuple[ScopeGroup, ...] = ()
    only_reads: bool = field(init=False)
    makes_keys: bool = field(init=False)

    def __post_init__(self) -> None:
        scopes = [scope for group in (*self.groups, *self.already_granted) for scope in group.scopes]
        object.__setattr__(self, "only_reads", all(scope.access == "read" for scope in scopes))
        object.__setattr__(self, "makes_keys", any(scope.name == "api_keys_write" for scope in scopes))

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Every variant, with short, long, Korean and hostile names."""
        typical = _typical()
        lacking = (
            LackingPermission("Monitors Write", ("Dana Alvarez", "Tom Okafor")),
            LackingPermission("API Keys Write", ()),
        )
        yield Sample("typical", typical)
        yield Sample("read_only", replace(typical, groups=(_MONITORS_READ,)))
        yield Sample("test_client", replace(typical, standing="test", redirect_host="localhost:8200"))
        yield Sample("many_organizations", replace(typical, other_organizations=_ORGANIZATIONS))
        yield Sample("lacking", replace(typical, groups=(_MONITORS_LACKING,), lacking=lacking))
        yield Sample(
            "refused", replace(typical, groups=(_MONITORS_LACKING,), lacking=lacking, may_allow=False)
        )
        yield Sample("revision", replace(typical, groups=(_DASHBOARDS,), already_granted=(_MONITORS_READ,)))
        yield Sample("full", replace(typical, groups=_full(), other_organizations=_ORGANIZATIONS))
        yield Sample("korean", _korean())
        yield Sample(
            "long",
            replace(
                typical,
                app_name=a.LONG,
                partner=a.LONG,
                organization=a.UNBROKEN,
                person=Person(a.LONG, f"{a.UNBROKEN}@acme.example"),
                redirect_host=f"{a.UNBROKEN.lower()}.example.com",
            ),
        )
        yield Sample("hostile", _hostile(typical))


def _scope(name: str, title: str, sentence: str, access: Access = "read", risk: Risk = "low") -> ScopeLine:
    return ScopeLine(name=name, title=title, sentence=sentence, access=access, risk=risk)


_READ_MONITORS = _scope("monitors_read", "Read monitors", "See your monitors, their current state and the downtimes set on them")
_WRITE_MONITORS = _scope("monitors_write", "Write monitors", "Create, change and permanently delete your monitors", "write", "high")
_MAKE_KEYS = _scope(
    "api_keys_write",
    "Create API keys",
    "Create an API key in your organization so that it can send metrics, events and logs",
    "write",
    "high",
)
_MONITORS_READ = ScopeGroup("Monitors", (_READ_MONITORS,))
_MONITORS_LACKING = ScopeGroup("Monitors", (_READ_MONITORS, replace(_WRITE_MONITORS, held=False)))
_DASHBOARDS = ScopeGroup(
    "Dashboards",
    (
        _scope("dashboards_read", "Read dashboards", "See dashboards and what is on them"),
        _scope(
            "dashboards_public_share",
            "Share dashboards",
            "Share dashboards with anyone who has the link",
            "write",
            "high",
        ),
    ),
)
_ORGANIZATIONS = (
    OrganizationChoice(a.sample_id(1), "Acme Staging", "Standard"),
    OrganizationChoice(a.sample_id(2), a.KOREAN, "Admin"),
    OrganizationChoice(a.sample_id(3), a.LONG, "Read Only"),
)


def _typical() -> Consent:
    return Consent(
        app_name="On-call Notifier",
        partner="Pagewell",
        standing="verified",
        organization="Acme",
        person=a.MINA,
        groups=(
            ScopeGroup("Monitors", (_READ_MONITORS, _WRITE_MONITORS)),
            ScopeGroup(
                "Events", (_scope("events_read", "Read events", "See the events of your organization and search through them"),)
            ),
            ScopeGroup("Sending data", (_MAKE_KEYS,)),
        ),
        redirect_host="notifier.pagewell.example",
        action="/oauth2/v1/authorize",
        next=a.NEXT,
        hidden=(("csrf", "sample-csrf-token"), ("request", "sealed-authorization-request")),
        other_organizations=_ORGANIZATIONS[:1],
    )


def _full() -> tuple[ScopeGroup, ...]:
    areas = (
        "Monitors",
        "Dashboards",
        "Events",
        "Metrics",
        "Incidents",
        "Hosts",
        "Service catalog",
        "Cases",
        "Users",
        "Usage",
    )
    return tuple(
        ScopeGroup(
            area,
            (
                _scope(f"{number}_read", f"Read {area}", f"See {area.lower()} and their settings"),
                _scope(
                    f"{number}_write", f"Write {area}", f"Create, change and delete {area.lower()}", "write"
                ),
            ),
        )
        for number, area in enumerate(areas)
    ) + (ScopeGroup("Sending data", (_MAKE_KEYS,)),)


def _korean() -> Consent:
    return replace(
        _typical(),
        app_name="당직 알리미",
        partner="페이지웰",
        organization=a.KOREAN,
        person=a.JIWOO,
        groups=(
            ScopeGroup(
                "모니터",
                (
                    _scope("monitors_read", "모니터 읽기", "모니터와 현재 상태, 설정된 다운타임을 볼 수 있습니다."),
                    _scope("monitors_write", "모니터 쓰기", "모니터를 만들고, 바꾸고, 영구히 삭제할 수 있습니다.", "write", "high"),
                ),
            ),
            ScopeGroup(
                "API 키",
                (
                    _scope(
                        "api_keys_write",
                        "API 키 만들기",
                        "조직에 API 키를 만들어 메트릭, 이벤트, 로그를 보낼 수 있습니다.",
                        "write",
                        "high",
                    ),
                ),
            ),
        ),
        other_organizations=(OrganizationChoice(a.sample_id(4), "한강 스테이징", "Standard"),),
    )


def _hostile(typical: Consent) -> Consent:
    scope = _scope(a.HOSTILE, a.HOSTILE, a.HOSTILE, "write", "high")
    return replace(
        typical,
        app_name=a.HOSTILE,
        partner=a.HOSTILE,
        organization=a.HOSTILE,
        person=Person(a.HOSTILE, a.HOSTILE),
        groups=(ScopeGroup(a.HOSTILE, (scope,)),),
        redirect_host="xn--80ak6aa92e.example",
        next=a.HOSTILE,
        hidden=((a.HOSTILE, a.HOSTILE),),
        other_organizations=(OrganizationChoice(a.HOSTILE, a.HOSTILE, a.HOSTILE),),
        lacking=(LackingPermission(a.HOSTILE, (a.HOSTILE,)),),
    )
