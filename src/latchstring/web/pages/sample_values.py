"""The people, organizations and awkward texts that the samples of the pages are made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from latchstring.web.pages.navigation import PLACES, SETTINGS
from latchstring.web.pages.page import Chrome, Person
from latchstring.web.translations import Text

NOW: Final = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MINA: Final = Person("Mina Park", "mina.park@acme.example")
JIWOO: Final = Person("김지우", "jiwoo.kim@hangang.example")
SHORT: Final = "Jo"
LONG: Final = (
    "Observability Platform Engineering and Incident Response Coordination Tooling for Enterprises (Europe)"
)
UNBROKEN: Final = "Supercalifragilisticexpialidocious" * 3
DOUBTFUL: Final = "P\u0430gewell Notifier"
MIXED: Final = Text(
    "“%(name)s” mixes alphabets: %(letters)s", {"name": DOUBTFUL, "letters": "\u0430 (Cyrillic)"}
)
KOREAN: Final = "한강온라인서비스 주식회사"
HOSTILE: Final = (
    '<script>alert(1)</script>\u202etxt.exe {{7*7}} "><img src=x onerror=alert(1)> ${7*7} {% raw %}'
)
CHROME: Final = Chrome(
    csrf="sample-csrf-token",
    request_id="01KJSAMPLE0REQUEST0ID0000",
    path="/oauth2/v1/authorize?client_id=1&scope=a%20b",
    now=NOW,
    person=MINA,
    organization="Acme",
    places=PLACES,
    settings=SETTINGS,
)
STRANGER: Final = Chrome(
    csrf="sample-csrf-token",
    request_id=CHROME.request_id,
    path="/sign-in",
    now=NOW,
    places=tuple(place for place in PLACES if place.key in {"network", "documentation"}),
)
NEXT: Final = "/oauth2/v1/authorize?client_id=0b2f&state=x%26y"


def sample_id(number: int) -> str:
    """A UUID that is the same in every run."""
    return str(UUID(int=0x5A << 96 | number))


def before(**distance: int) -> datetime:
    """A time before the samples' now, such as `before(hours=3)`."""
    return NOW - timedelta(**distance)
