"""Organization Settings → API Keys: the organization's keys by name, integration and last characters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from latchstring.web.pages import sample_values as a
from latchstring.web.pages.page import Page, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyRow:
    """One API key, without its value. `integration` is None for a key that a person made. `creator_gone`: who made it is
    disabled or has left. `orphaned`: its app has no live authorization any more. `blocked`: by the app policy."""

    id: str
    name: str
    integration: str | None
    last4: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None = None
    created_by: str = ""
    creator_gone: bool = False
    orphaned: bool = False
    blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeys(Page):
    """The keys that match `search` (a GET parameter). `revoked` is the name of the key just revoked."""

    template: ClassVar[str] = "api_keys.html"
    rows: tuple[ApiKeyRow, ...]
    search: str = ""
    may_revoke: bool = True
    revoked: str | None = None
    next: str | None = None
    continued: bool = False

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Some, none, none found, just revoked, and awkward names."""
        rows = (_key(1), replace(_key(2), last_used_at=None, integration=None, name="Staging agents"),
                replace(_key(3), integration="당직 알리미"),
                replace(_key(4), revoked_at=a.before(days=1)))  # fmt: skip
        yield Sample("typical", cls(rows=rows))
        flagged = (
            replace(_key(1), creator_gone=True),
            replace(_key(2), orphaned=True),
            replace(_key(3), blocked=True),
        )
        yield Sample(
            "flagged", cls(rows=flagged, next="/organization-settings/api-keys?after=x", continued=True)
        )
        yield Sample("empty", cls(rows=()))
        yield Sample("nothing_found", cls(rows=(), search=a.HOSTILE))
        yield Sample("revoked", cls(rows=rows, revoked="OAuth Client API Key"))
        awkward = [a.LONG, a.UNBROKEN, a.HOSTILE]
        yield Sample(
            "awkward", cls(rows=tuple(replace(_key(n), name=t, integration=t) for n, t in enumerate(awkward)))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmKeyRevoke(Page):
    """Asks before an API key is revoked; posts to its own path."""

    template: ClassVar[str] = "confirm_key_revoke.html"
    row: ApiKeyRow

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """A key of an integration, one of a person, hostile names."""
        yield Sample("integration", cls(row=_key(1)))
        yield Sample("personal", cls(row=replace(_key(2), integration=None, last_used_at=None)))
        yield Sample("hostile", cls(row=replace(_key(3), name=a.HOSTILE, integration=a.HOSTILE)))


def _key(number: int) -> ApiKeyRow:
    return ApiKeyRow(
        id=a.sample_id(number),
        name="OAuth Client API Key",
        integration="On-call Notifier",
        last4=f"{0xA3F0 + number:04x}",
        created_at=a.before(days=30 * number),
        last_used_at=a.before(seconds=40 * number),
        created_by="Mina Park",
    )
