"""The heads that pages of one app and of one client share; and the page for organizations that build no apps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from latchstring.apps.model import ClientKind
from latchstring.web.pages.page import Page, Sample


@dataclass(frozen=True, slots=True)
class AppHead:
    """An app at the top of its pages. `path` is that of its first tab, `logo` the URL path of its picture."""

    id: str
    name: str
    path: str
    stable: bool = False
    logo: str | None = None


@dataclass(frozen=True, slots=True)
class ClientHead:
    """A client at the top of its pages. `path` is that of its first page."""

    id: str
    name: str
    path: str
    kind: ClientKind = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSandbox(Page):
    """The active organization is a customer's: apps are built in a sandbox organization."""

    template: ClassVar[str] = "developer/not_sandbox.html"

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """The one page."""
        yield Sample("plain", cls())
