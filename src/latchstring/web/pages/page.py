"""What a page is: a frozen value that names its template and brings its samples; and the chrome around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, NamedTuple, TypeAlias

from latchstring.web.translations import Text

Theme: TypeAlias = Literal["auto", "light", "dark"]


class Page:
    """Everything one page shows, in the reader's language where it comes from data."""

    __slots__ = ()
    template: ClassVar[str]

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """The situations in which the page must look right. Tests render every one of them."""
        raise TypeError(f"{cls.__name__} has no samples")


class Sample(NamedTuple):
    """A page in one named situation."""

    name: str
    page: Page


class Place(NamedTuple):
    """Somewhere to go: its key, what it is called, and its path."""

    key: str
    label: Text
    path: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chrome:
    """What every page shows around its content. `csrf` is empty where no form may be offered (database away).

    `path` is the path and query of this page, to which a change of language or theme comes back;
    a page that answers a POST gives the path of its GET. `places` and `settings`: where the reader may go
    (the navigation on top, the tabs of Organization Settings).
    """

    csrf: str
    request_id: str
    path: str
    now: datetime
    theme: Theme = "auto"
    person: Person | None = None
    organization: str | None = None
    places: tuple[Place, ...] = ()
    settings: tuple[Place, ...] = ()
