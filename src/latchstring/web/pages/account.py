"""Pages of one person: home, organization switch, password, sessions; and the page after signing out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

from latchstring.web.pages import sample_values as a
from latchstring.web.pages.page import Page, Sample
from latchstring.web.pages.scopes import OrganizationChoice
from latchstring.web.translations import Text, Words

PasswordField: TypeAlias = Literal["current_password", "new_password", "repeat_password"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Home(Page):
    """Where somebody who signed in lands. A count is None when the person may not see that page."""

    template: ClassVar[str] = "home.html"
    oauth_apps: int | None = None
    api_keys: int | None = None
    organizations: int = 1
    developer_apps: int | None = None

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """An administrator, somebody who may see little, a new organization, a developer."""
        yield Sample("developer", cls(oauth_apps=1, api_keys=1, developer_apps=3))
        yield Sample("administrator", cls(oauth_apps=4, api_keys=12, organizations=3))
        yield Sample("little", cls())
        yield Sample("new", cls(oauth_apps=0, api_keys=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut(Page):
    """After signing out. `everywhere`: on every device."""

    template: ClassVar[str] = "signed_out.html"
    everywhere: bool = False

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Here, and everywhere."""
        yield Sample("here", cls())
        yield Sample("everywhere", cls(everywhere=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class PickOrganization(Page):
    """Posts `organization` (an ID) and `next` to the active organization's path. An app may be waiting."""

    template: ClassVar[str] = "pick_organization.html"
    choices: tuple[OrganizationChoice, ...]
    next: str
    app_name: str | None = None

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Several, one, none, and awkward names."""
        acme = OrganizationChoice(a.sample_id(1), "Acme", "Admin", current=True)
        korean = OrganizationChoice(a.sample_id(2), a.KOREAN, "Standard")
        yield Sample(
            "several",
            cls(choices=(acme, korean, OrganizationChoice(a.sample_id(3), "Hooli", "Read Only")), next="/"),
        )
        yield Sample("for_app", cls(choices=(acme, korean), next=a.NEXT, app_name="On-call Notifier"))
        yield Sample("one", cls(choices=(acme,), next="/"))
        yield Sample("none", cls(choices=(), next="/"))
        awkward = (a.LONG, a.UNBROKEN, a.HOSTILE)
        yield Sample(
            "awkward", cls(choices=tuple(OrganizationChoice(n, n, n) for n in awkward), next=a.HOSTILE)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassword(Page):
    """Posts `current_password`, `new_password` and `repeat_password`. `changed`: it has just been done."""

    template: ClassVar[str] = "change_password.html"
    problems: Mapping[PasswordField, Words] = field(default_factory=dict)
    changed: bool = False
    shortest: int = 12

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Empty, refused and done."""
        yield Sample("plain", cls())
        yield Sample(
            "refused",
            cls(problems={"current_password": WRONG_PASSWORD, "repeat_password": DIFFERENT_PASSWORDS}),
        )
        yield Sample("short", cls(problems={"new_password": too_short(12)}))
        yield Sample("changed", cls(changed=True))


WRONG_PASSWORD = Text("This is not your current password.")
SAME_PASSWORD = Text("This is the password you have now. Choose a new one.")
COMMON_PASSWORD = Text("This password is easy to guess. Choose one that you use nowhere else.")
DIFFERENT_PASSWORDS = Text("The two new passwords are not the same.")


def too_short(shortest: int) -> Text:
    """The new password has fewer characters than `shortest`."""
    return Text("Use at least %(count)s characters.", {"count": str(shortest)})


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A browser session: a readable name of the browser, and where it was last seen from."""

    browser: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions(Page):
    """The person's own sessions. Posts to the sessions path to sign out everywhere."""

    template: ClassVar[str] = "sessions.html"
    rows: tuple[SessionRow, ...]

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """One session, several, and a hostile user agent."""
        here = SessionRow(browser="Firefox 140, Linux", address="203.0.113.7", created_at=a.before(hours=2),
                          last_seen_at=a.NOW, current=True)  # fmt: skip
        phone = SessionRow(browser="Safari, iPhone", address="2001:db8::8a2e:370:7334",
                           created_at=a.before(days=9), last_seen_at=a.before(days=1))  # fmt: skip
        odd = SessionRow(
            browser=a.HOSTILE,
            address=a.UNBROKEN,
            created_at=a.before(days=99),
            last_seen_at=a.before(days=90),
        )
        yield Sample("one", cls(rows=(here,)))
        yield Sample("several", cls(rows=(here, phone)))
        yield Sample("hostile", cls(rows=(here, odd)))
