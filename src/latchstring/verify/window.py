"""How a person comes to decide: in their own browser, or driven with a test user's password."""

import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from latchstring.verify.browser import Browser
from latchstring.verify.listener import wait_for_answer
from latchstring.verify.scenario import SiteScenario, is_loopback
from latchstring.verify.verdicts import Skipped


class Window(Protocol):
    """Where authorization requests are opened."""

    @property
    def driven(self) -> Browser | None:
        """The browser, when it is ours to drive."""

    def decide(self, url: str, decision: str) -> str:
        """Where the browser is sent once the person has decided."""


@dataclass(frozen=True, slots=True)
class Driven:
    """Signs in and decides by itself."""

    site: SiteScenario
    driven: Browser

    def decide(self, url: str, decision: str) -> str:
        """See `Window.decide`."""
        return self.driven.decide(url, self.site.redirect_uri, decision)


@dataclass(frozen=True, slots=True)
class ByHand:
    """Shows the address, opens it if wished, and waits at the redirect URI, or asks for what came there."""

    site: SiteScenario
    say: Callable[[str], None]
    ask: Callable[[str], str]
    opens: bool
    patience_s: float

    @property
    def driven(self) -> Browser | None:
        """See `Window.driven`."""
        return None

    def decide(self, url: str, decision: str) -> str:
        """See `Window.decide`."""
        if decision != "allow":
            raise Skipped("only with --drive: nobody is asked to deny by hand")

        def invite() -> None:
            self.say(f"{self.site.key}: sign in and choose Allow at\n{url}")
            if self.opens:
                webbrowser.open(url)

        if is_loopback(self.site.redirect_uri):
            return wait_for_answer(self.site.redirect_uri, invite, self.patience_s)
        invite()
        return self.ask(f"The address that {self.site.redirect_uri} was called with: ").strip()
