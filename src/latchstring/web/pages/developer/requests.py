"""Requests: the log of an app's refused requests, and one of them explained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from latchstring.audit.explained import explained
from latchstring.audit.explanations import explain
from latchstring.audit.refusals import Refused
from latchstring.audit.request_log import FAMILIES
from latchstring.web.pages import sample_values as a
from latchstring.web.pages.developer import samples as s
from latchstring.web.pages.developer.difference import Shown, shown
from latchstring.web.pages.developer.head import AppHead
from latchstring.web.pages.page import Page, Sample
from latchstring.web.translations import Text, Words

#: What endpoints are called, by family.
FAMILY_NAMES: Mapping[str, Text] = {
    "authorize": Text("Authorization requests"),
    "token": Text("Token requests"),
    "revoke": Text("Revocation"),
    "introspect": Text("Introspection"),
    "api": Text("API calls"),
}
#: How far back, by the value in the query.
PERIODS: Mapping[str, Text] = {
    "1h": Text("Last hour"),
    "24h": Text("Last 24 hours"),
    "7d": Text("Last 7 days"),
}
_FACTS: Mapping[str, Text] = {
    "operation": Text("Operation"),
    "late_s": Text("Seconds too late"),
    "behind_s": Text("Seconds that the sender’s clock is behind"),
    "wait_s": Text("Seconds to wait"),
    "length": Text("Length received"),
    "expected_length": Text("Length expected"),
    "form": Text("Looks like"),
    "position": Text("Position of the first wrong character"),
    "character": Text("First wrong character"),
    "missing": Text("Missing"),
    "parameter": Text("Parameter"),
    "problem": Text("Problem"),
    "because": Text("Reason"),
    "belongs_to": Text("Belongs to"),
    "refused_at": Text("Refused at the site"),
    "call": Text("API of the site that the token belongs to"),
    "regenerated_at": Text("Secret made"),
    "other_at": Text("Consent in the other flow"),
    "revoked_at": Text("Revoked"),
}


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a filter."""

    value: str
    label: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """A refused request in the log; `why` is a sentence in the reader's language."""

    path: str
    at: datetime
    endpoint: str
    why: str
    status: int
    client: str
    proven: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRequests(Page):
    """The log, newest first. `chosen` are the filters in force; `older` and `first` the paths of other pages."""

    template: ClassVar[str] = "developer/requests.html"
    app: AppHead
    rows: tuple[RequestLine, ...]
    clients: tuple[Option, ...] = ()
    causes: tuple[Option, ...] = ()
    families: tuple[Option, ...] = tuple(Option(name, FAMILY_NAMES[name]) for name in FAMILIES)
    periods: tuple[Option, ...] = tuple(Option(name, text) for name, text in PERIODS.items())
    chosen: Mapping[str, str]
    older: str | None = None
    first: str | None = None
    days: int = 30

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is in force."""
        return any(self.chosen.values())

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Some, nothing yet, nothing found, a page in the middle, hostile endpoints."""
        causes = ("redirect_uri_mismatch", "code_used", "scope_missing", "client_secret_hashed")
        rows = tuple(_line(number, cause) for number, cause in enumerate(causes))
        options = tuple(Option(cause, explain(cause, "en").why) for cause in causes)
        two = (Option(a.sample_id(7), "On-call Notifier"), Option(a.sample_id(8), a.LONG))
        yield Sample("typical", cls(app=s.HEAD, rows=rows, clients=two, causes=options, chosen={}))
        yield Sample("empty", cls(app=s.HEAD, rows=(), chosen={}))
        yield Sample("nothing_found", cls(app=s.HEAD, rows=(), causes=options, chosen={"cause": "code_used"}))
        path = f"{s.APP_PATH}/requests"
        yield Sample(
            "middle",
            cls(app=s.HEAD, rows=rows, clients=two, causes=options, chosen={"endpoint": "token"},
                older=path + "?after=x", first=path),
        )  # fmt: skip
        hostile = replace(rows[0], endpoint=f"GET /{a.UNBROKEN}{a.HOSTILE}", client=a.HOSTILE, proven=False)
        yield Sample("hostile", cls(app=s.HEAD, rows=(hostile,), chosen={}))


@dataclass(frozen=True, slots=True)
class Fact:
    """Something else that is known: a label, and a value or a time."""

    label: Words
    value: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedRequest(Page):
    """One refused request: what was received against what was expected, the rule, the cause, and the remedy."""

    template: ClassVar[str] = "developer/request.html"
    app: AppHead
    request_id: str
    at: datetime
    endpoint: str
    status: int
    cause: str
    client: str
    client_path: str
    proven: bool
    why: str
    remedy: str
    rule: str
    reference: str
    against: Shown | None
    fix: str | None
    facts: tuple[Fact, ...]
    documentation: str

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Differing URIs, scopes, plain values, no comparison, not proven, hostile values."""
        uri = "https://notifier.example/oauth/callback"
        yield Sample("uri", _sample("redirect_uri_mismatch", received=uri + "/ ", expected=f"{uri}\n{uri}/b"))
        needed = {
            "received": "events_read monitors_read",
            "expected": "dashboards_read",
            "missing": "dashboards_read",
        }
        yield Sample("scopes", _sample("scope_missing", operation="ListDashboards", **needed))
        yield Sample(
            "values", _sample("content_type_wrong", received="text/plain", expected="application/json")
        )
        yield Sample("facts", _sample("verifier_malformed", length="44", position="44", character="="))
        yield Sample(
            "times", _sample("client_secret_regenerated", regenerated_at="2026-03-01T09:30:00+00:00")
        )
        named = replace(_sample("test_client_outside_its_organization"), proven=False)
        yield Sample("named", named)
        yield Sample("hostile", _sample("redirect_uri_mismatch", received=a.HOSTILE, expected=uri))
        yield Sample("long", _sample("redirect_uri_mismatch", received="https://" + a.UNBROKEN, expected=uri))


def facts_of(noted: Mapping[str, str]) -> tuple[Fact, ...]:
    """What else is known, in the order in which it is told."""
    return tuple(
        Fact(text, noted[name], _moment(name, noted[name])) for name, text in _FACTS.items() if name in noted
    )


def _moment(name: str, value: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if name.endswith("_at") else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def _line(number: int, cause: str) -> RequestLine:
    return RequestLine(
        path=f"{s.APP_PATH}/requests/{number}",
        at=a.before(minutes=7 * number),
        endpoint="POST /oauth2/v1/token",
        why=explain(cause, "en").why,
        status=400,
        client="On-call Notifier",
        proven=number != 2,
    )


def _sample(cause: str, **noted: str) -> ExplainedRequest:
    refused = Refused(
        UUID(a.sample_id(1)), "01" * 12, UUID(a.sample_id(7)), a.before(hours=2), "POST /oauth2/v1/token", cause,
        400, noted,
    )  # fmt: skip
    told = explained(refused, "en")
    return ExplainedRequest(
        app=s.HEAD,
        request_id=refused.request_id,
        at=refused.at,
        endpoint=refused.endpoint,
        status=400,
        cause=cause,
        client="On-call Notifier",
        client_path=s.CLIENT.path,
        proven=True,
        why=told.why,
        remedy=told.remedy,
        rule=told.rule,
        reference=told.reference,
        against=shown(told.against),
        fix=told.fix,
        facts=facts_of(told.facts),
        documentation="/docs/troubleshooting#t7",
    )
