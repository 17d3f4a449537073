"""The Integrations page: installed tiles first, then what else there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from latchstring.web.pages import sample_values as a
from latchstring.web.pages.page import Page, Sample
from latchstring.web.pages.paths import PATHS


@dataclass(frozen=True, slots=True, kw_only=True)
class TileCard:
    """A tile in the list. `blocked`: the organization's app policy does not allow it."""

    path: str
    name: str
    tagline: str
    partner: str
    verified: bool = True
    categories: tuple[str, ...] = ()
    logo: str | None = None
    installed: bool = False
    blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrations(Page):
    """`installed` shows on the first page alone. `next` is the path of the page that follows, if one does."""

    template: ClassVar[str] = "integrations/tiles.html"
    installed: tuple[TileCard, ...]
    catalogue: tuple[TileCard, ...]
    categories: tuple[str, ...] = ()
    category: str | None = None
    search: str = ""
    next: str | None = None
    continued: bool = False

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Some installed, none at all, nothing found, many, and awkward names."""
        notifier, korean = (
            card(installed=True),
            card("당직 알리미", "페이지웰", "알림을 당직자에게 보냅니다.", installed=True),
        )
        others = (
            card("Cloud Cost Advisor", "Fathom", "Finds what costs more than it should.", verified=False),
            card("Deploy Tracker", "Shipyard", "Marks every deployment on your dashboards.", blocked=True),
            card("Status Page", "Pagewell", ""),
        )
        categories = ("Alerting", "Cloud", "Incidents")
        full = cls(installed=(notifier, korean), catalogue=others, categories=categories)
        yield Sample("typical", full)
        yield Sample("empty", cls(installed=(), catalogue=()))
        yield Sample("nothing_installed", replace(full, installed=()))
        yield Sample("nothing_found", replace(full, installed=(), catalogue=(), search=a.HOSTILE))
        yield Sample("of_a_category", replace(full, category="Cloud", next="/integrations?after=x"))
        many = tuple(card(f"Integration {number}", f"Partner {number}") for number in range(47))
        yield Sample("many", cls(installed=(), catalogue=many, next="/integrations?after=x", continued=True))
        awkward = [a.LONG, a.UNBROKEN, a.HOSTILE]
        cards = tuple(replace(card(text, text, text), categories=(text,)) for text in awkward)
        yield Sample(
            "awkward", cls(installed=cards, catalogue=cards, categories=tuple(awkward), category=a.HOSTILE)
        )


def card(
    name: str = "On-call Notifier",
    partner: str = "Pagewell",
    tagline: str = "Tells whoever is on call what has gone wrong, wherever they are.",
    **changes: bool,
) -> TileCard:
    tile = TileCard(
        path=f"{PATHS.integrations}/{a.sample_id(1)}",
        name=name,
        tagline=tagline,
        partner=partner,
        categories=("Alerting", "Incidents"),
    )
    return replace(tile, **changes)  # type: ignore[arg-type]
