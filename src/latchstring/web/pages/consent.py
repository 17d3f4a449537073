"""The consent page: who asks, for what, as whom, and how to say no."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import ClassVar

from latchstring.integrations.circumstances import Hindrance
from latchstring.web.pages import sample_scopes as scopes
from latchstring.web.pages import sample_values as a
from latchstring.web.pages.page import Page, Person, Sample
from latchstring.web.pages.scopes import LackingPermission, OrganizationChoice, ScopeGroup, Standing
from latchstring.web.translations import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(Page):
    """Posts the `hidden` fields and `decision=allow|deny` to its own path.

    `hidden` carries the CSRF token too. `next` is the authorization request as path and query, to come back
    to after a change of user or organization. `lacking` with `may_allow` warns; without, there is no Allow.
    `cautions`: what is doubtful about the names. `already_granted` not empty makes this a revision: `groups` is
    then only what is new. `hindrance` says why nobody (a policy) or not this person (`lacking`) may allow it;
    `withheld` are the titles of what the policy leaves out.
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
    logo: str | None = None
    cautions: tuple[Words, ...] = ()
    other_organizations: tuple[OrganizationChoice, ...] = ()
    lacking: tuple[LackingPermission, ...] = ()
    may_allow: bool = True
    already_granted: tuple[ScopeGroup, ...] = ()
    hindrance: Hindrance | None = None
    withheld: tuple[str, ...] = ()
    policy_makers: tuple[str, ...] = ()
    asked: int = field(init=False)
    changes: int = field(init=False)
    risky: int = field(init=False)
    only_reads: bool = field(init=False)
    makes_keys: bool = field(init=False)

    def __post_init__(self) -> None:
        asked = [scope for group in self.groups for scope in group.scopes]
        held = asked + [scope for group in self.already_granted for scope in group.scopes]
        set_once = partial(object.__setattr__, self)
        set_once("asked", len(asked))
        set_once("changes", sum(scope.access == "write" for scope in asked))
        set_once("risky", sum(scope.risk == "high" for scope in asked))
        set_once("only_reads", all(scope.access == "read" for scope in held))
        set_once("makes_keys", any(scope.name == "api_keys_write" for scope in held))

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Every variant, with short, long, Korean and hostile names."""
        typical = _typical()
        lacking = (
            LackingPermission("Monitors Write", ("Dana Alvarez", "Tom Okafor")),
            LackingPermission("API Keys Write", ()),
        )
        yield Sample("typical", typical)
        yield Sample("read_only", replace(typical, groups=(scopes.MONITORS_READ,)))
        yield Sample("test_client", replace(typical, standing="test", redirect_host="localhost:8200"))
        yield Sample("many_organizations", replace(typical, other_organizations=scopes.ORGANIZATIONS))
        yield Sample("lacking", replace(typical, groups=(scopes.MONITORS_LACKING,), lacking=lacking))
        refused = replace(typical, groups=(scopes.MONITORS_LACKING,), may_allow=False)
        yield Sample("refused", replace(refused, lacking=lacking, hindrance="lacking"))
        blocked = replace(refused, policy_makers=("Dana Alvarez", "Tom Okafor"))
        yield Sample("blocked", replace(blocked, hindrance="blocked"))
        yield Sample("not_listed", replace(blocked, hindrance="not_listed", policy_makers=()))
        yield Sample("beyond_limit", replace(blocked, hindrance="beyond_limit", withheld=("Write monitors",)))
        yield Sample("limited", replace(typical, withheld=("Write monitors", "Read events")))
        yield Sample(
            "revision", replace(typical, groups=(scopes.DASHBOARDS,), already_granted=(scopes.MONITORS_READ,))
        )
        yield Sample(
            "full", replace(typical, groups=scopes.every_area(), other_organizations=scopes.ORGANIZATIONS)
        )
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
        yield Sample("doubtful", replace(typical, app_name=a.DOUBTFUL, cautions=(a.MIXED,)))
        yield Sample("hostile", _hostile(typical))


def _typical() -> Consent:
    return Consent(
        app_name="On-call Notifier",
        partner="Pagewell",
        standing="verified",
        organization="Acme",
        person=a.MINA,
        groups=(
            ScopeGroup("Monitors", (scopes.READ_MONITORS, scopes.WRITE_MONITORS)),
            ScopeGroup(
                "Events",
                (
                    scopes.scope_line(
                        "events_read",
                        "Read events",
                        "See the events of your organization and search through them",
                    ),
                ),
            ),
            ScopeGroup("Sending data", (scopes.MAKE_KEYS,)),
        ),
        redirect_host="notifier.pagewell.example",
        action="/oauth2/v1/authorize",
        next=a.NEXT,
        hidden=(("csrf", "sample-csrf-token"), ("request", "sealed-authorization-request")),
        other_organizations=scopes.ORGANIZATIONS[:1],
    )


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
                    scopes.scope_line(
                        "monitors_read",
                        "모니터 읽기",
                        "모니터와 현재 상태, 설정된 다운타임을 볼 수 있습니다.",
                    ),
                    scopes.scope_line(
                        "monitors_write",
                        "모니터 쓰기",
                        "모니터를 만들고, 바꾸고, 영구히 삭제할 수 있습니다.",
                        "write",
                        "high",
                    ),
                ),
            ),
            ScopeGroup(
                "API 키",
                (
                    scopes.scope_line(
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
    scope = scopes.scope_line(a.HOSTILE, a.HOSTILE, a.HOSTILE, "write", "high")
    return replace(
        typical,
        app_name=a.HOSTILE,
        partner=a.HOSTILE,
        organization=a.HOSTILE,
        person=Person(a.HOSTILE, a.HOSTILE),
        groups=(ScopeGroup(a.HOSTILE, (scope,)),),
        redirect_host="xn--80ak6aa92e.example",
        next=a.HOSTILE,
        hidden=(*typical.hidden, (a.HOSTILE, a.HOSTILE)),
        other_organizations=(OrganizationChoice(a.HOSTILE, a.HOSTILE, a.HOSTILE),),
        lacking=(LackingPermission(a.HOSTILE, (a.HOSTILE,)),),
    )
