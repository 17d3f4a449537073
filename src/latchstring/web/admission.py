"""Whom a need lets in. Routes ask before a handler runs, the navigation before it shows the way there."""

from collections.abc import Iterable

from latchstring.accounts.sessions import BrowserSession
from latchstring.web.needs import Anyone, Need, Reviewer, SignedIn, Visitor
from latchstring.web.pages.navigation import PLACES, SETTINGS
from latchstring.web.pages.page import Place
from latchstring.web.pages.paths import PATHS
from latchstring.web.routing import Route


def admits(need: Need, session: BrowserSession | None) -> bool:
    """Whether somebody, with a session when signed in, may enter a page with this need."""
    match need:
        case SignedIn():
            return session is not None and need.all_of <= session.permissions
        case Reviewer():
            return session is not None and bool(session.reviews_for)
        case Visitor() | Anyone():
            return True
        case _:
            return False


def builds_apps(session: BrowserSession | None) -> bool:
    """Whether the Developer Platform is open to somebody: in a sandbox organization, to those who may build."""
    return session is not None and (
        session.organization_kind == "sandbox" and "apps_manage" in session.permissions
    )


class Navigation:
    """Where somebody may go, as the mounted routes say."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._needs = {route.path: route.needs for route in routes if route.method == "GET"}

    def settings(self, session: BrowserSession | None) -> tuple[Place, ...]:
        """The tabs of Organization Settings."""
        return tuple(place for place in SETTINGS if self._open(place, session))

    def places(self, session: BrowserSession | None) -> tuple[Place, ...]:
        """The navigation on top."""
        first = self.settings(session)[:1]
        return tuple(
            place._replace(path=first[0].path) if place.key == "organization" else place
            for place in PLACES
            if (first if place.key == "organization" else self._open(place, session))
        )

    def _open(self, place: Place, session: BrowserSession | None) -> bool:
        need = self._needs.get(place.path)
        if need is None or (place.path == PATHS.developer_apps and not builds_apps(session)):
            return False
        return admits(need, session)
