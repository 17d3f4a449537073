"""The sign-in page, alone or on the way to a consent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from latchstring.web.pages import sample_values as a
from latchstring.web.pages.page import Page, Sample

SignInProblem: TypeAlias = Literal["wrong", "throttled", "disabled", "expired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn(Page):
    """Posts `email`, `password`, `next` and `csrf` to the sign-in path.

    `app_name` is set when an app's authorization request brought the reader here. `retry_after` (seconds)
    goes with the problem `throttled`. `expired` says that an earlier session or form has run out. `other_site` is
    where another site is picked for the very same request; `site` is the name of this one.
    """

    template: ClassVar[str] = "sign_in.html"
    next: str
    email: str = ""
    app_name: str | None = None
    problem: SignInProblem | None = None
    retry_after: int | None = None
    site: str = ""
    other_site: str = ""

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Plain, for an app, and each problem."""
        yield Sample("plain", cls(next="/"))
        yield Sample("for_app", cls(next=a.NEXT, app_name="On-call Notifier"))
        yield Sample(
            "wrong", cls(next=a.NEXT, email=a.MINA.email, app_name="On-call Notifier", problem="wrong")
        )
        yield Sample("throttled", cls(next="/", email=a.MINA.email, problem="throttled", retry_after=90))
        yield Sample("disabled", cls(next="/", email=a.MINA.email, problem="disabled"))
        yield Sample("expired", cls(next="/", problem="expired"))
        picker = "https://app.example.com/oauth2/v1/authorize?client_id=1&state=2"
        yield Sample("sites", cls(next=a.NEXT, app_name="On-call Notifier", site="US1", other_site=picker))
        yield Sample("long", cls(next="/", email=f"{a.UNBROKEN}@acme.example", app_name=a.LONG))
        yield Sample("korean", cls(next="/", app_name="당직 알리미"))
        yield Sample("hostile", cls(next=a.HOSTILE, email=a.HOSTILE, app_name=a.HOSTILE, problem="wrong"))
