"""What every page of an integration begins with, and the samples' words of a partner."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from markupsafe import Markup

from latchstring.web.pages import sample_values as a
from latchstring.web.pages.paths import PATHS


@dataclass(frozen=True, slots=True, kw_only=True)
class TileHead:
    """What every page of an integration begins with. `manages`: the reader may install and uninstall."""

    name: str
    path: str
    tagline: str
    partner: str
    verified: bool
    logo: str | None = None
    categories: tuple[str, ...] = ()
    installed: bool = False
    offered: bool = True
    blocked: bool = False
    manages: bool = True


def head(**changes: object) -> TileHead:
    tile = TileHead(
        name="On-call Notifier",
        path=f"{PATHS.integrations}/{a.sample_id(1)}",
        tagline="Tells whoever is on call what has gone wrong, wherever they are.",
        partner="Pagewell",
        verified=True,
        categories=("Alerting", "Incidents"),
    )
    return replace(tile, **changes)  # type: ignore[arg-type]


PARTNER_TEXT: Final = Markup(
    "<h3>Overview</h3><p>Pagewell reads your <strong>monitors</strong> and calls whoever is on duty.</p>"
    '<ul><li>One</li><li>Two, with <code>code</code> and <a href="https://pagewell.example" rel="noopener nofollow">a'
    " link</a></li></ul><pre><code>a long line of code that does not fit on a phone and therefore scrolls or breaks"
    "</code></pre><table><thead><tr><th>Metric</th><th>Unit</th></tr></thead><tbody><tr><td>pages</td><td>count</td></tr>"
    "</tbody></table>"
)
