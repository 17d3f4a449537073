"""The gallery: every component of the design system with samples, for whoever builds a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from latchstring.web.pages import sample_values as a
from latchstring.web.pages.consent import Consent
from latchstring.web.pages.page import Page, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery(Page):
    """Components, each in the states it can be in."""

    template: ClassVar[str] = "gallery.html"
    consent: Consent
    calls: tuple[int, ...] = (3, 8, 5, 13, 21, 18, 30, 24, 12, 16, 9, 27)
    hostile: str = a.HOSTILE

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """The one gallery."""
        consents = {sample.name: sample.page for sample in Consent.samples()}
        consent = consents["lacking"]
        if isinstance(consent, Consent):
            yield Sample("all", cls(consent=consent))
