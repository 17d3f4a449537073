"""Coverage: which requested scopes the calls of an app's clients have exercised in the sandbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from latchstring.apps.coverage import Flag
from latchstring.apps.model import ClientKind
from latchstring.web.pages import sample_values as a
from latchstring.web.pages.developer import samples as s
from latchstring.web.pages.developer.head import AppHead
from latchstring.web.pages.page import Page, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationLine:
    """An operation that was called: its method and path, how often, and when."""

    method: str
    path: str
    calls: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeLine:
    """A requested scope. `flag` says what is odd about it, `instead` which scopes would do."""

    scope: str
    title: str
    writes: bool
    calls: int
    first_at: datetime | None
    last_at: datetime | None
    operations: tuple[OperationLine, ...] = ()
    flag: Flag | None = None
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCoverage:
    """A client of the app; `by_key` was sent in by its API key, `any_token` needs no scope."""

    name: str
    path: str
    kind: ClientKind
    scopes: tuple[ScopeLine, ...]
    any_token: tuple[OperationLine, ...] = ()
    by_key: tuple[OperationLine, ...] = ()

    @property
    def exercised(self) -> int:
        """How many of the scopes were exercised."""
        return sum(1 for line in self.scopes if line.calls)

    @property
    def flagged(self) -> int:
        """How many scopes the reader should look at."""
        return sum(1 for line in self.scopes if line.flag)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppCoverage(Page):
    """Coverage per client of an app."""

    template: ClassVar[str] = "developer/coverage.html"
    app: AppHead
    clients: tuple[ClientCoverage, ...]

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Every flag, all exercised, no calls yet, no scopes, no clients, awkward names."""
        lines = (
            _scope("monitors_read", "Read monitors", 1_204, "GET /api/v1/monitor"),
            replace(_scope("monitors_write", "Change monitors", 3, "GET /api/v1/monitor/{monitor_id}"), writes=True,
                    flag="reads_only", instead=("monitors_read",)),
            replace(_scope("events_read", "Read events", 2, "GET /api/v1/events"), flag="needless",
                    instead=("monitors_read",)),
            replace(_scope("dashboards_read", "Read dashboards", 0), flag="unused"),
            replace(_scope("mcp_read", "Read through agents", 0), flag="no_operation"),
        )  # fmt: skip
        client = ClientCoverage(
            name="On-call Notifier", path=s.CLIENT.path, kind="test", scopes=lines,
            any_token=(_operation("GET /api/v2/current_user", 4),), by_key=(_operation("POST /api/v2/logs", 90_210),),
        )  # fmt: skip
        good = replace(client, scopes=lines[:1], any_token=(), by_key=())
        idle = replace(good, scopes=lines[3:], kind="published")
        bare = replace(good, scopes=())
        awkward = replace(
            good, name=a.HOSTILE, scopes=(_scope(a.UNBROKEN, a.HOSTILE, 1, f"GET /{a.UNBROKEN}"),)
        )
        yield Sample("typical", cls(app=s.HEAD, clients=(client,)))
        yield Sample("all_exercised", cls(app=s.HEAD, clients=(good,)))
        yield Sample("no_calls", cls(app=s.HEAD, clients=(idle, bare)))
        yield Sample("no_clients", cls(app=s.HEAD, clients=()))
        yield Sample("awkward", cls(app=s.HEAD, clients=(awkward,)))


def _scope(name: str, title: str, calls: int, *operations: str) -> ScopeLine:
    return ScopeLine(
        scope=name,
        title=title,
        writes=False,
        calls=calls,
        first_at=a.before(days=9) if calls else None,
        last_at=a.before(minutes=4) if calls else None,
        operations=tuple(_operation(text, calls) for text in operations),
    )


def _operation(text: str, calls: int) -> OperationLine:
    method, _, path = text.partition(" ")
    return OperationLine(
        method=method, path=path, calls=calls, first_at=a.before(days=9), last_at=a.before(minutes=4)
    )
