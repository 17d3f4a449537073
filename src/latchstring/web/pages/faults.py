"""Pages that say what went wrong: one for a refused request, one for a site that cannot answer now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from latchstring.web.pages import sample_values as a
from latchstring.web.pages.page import Page, Sample
from latchstring.web.translations import Text, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage(Page):
    """What happened, the protocol's exact words where there are any, and what the reader can do.

    `explanation_url` is for the app's own developers. `status` is the HTTP status it is sent with.
    """

    template: ClassVar[str] = "error.html"
    status: int
    title: Words
    sentence: Words
    protocol_text: str | None = None
    what_to_do: tuple[Words, ...] = ()
    explanation_url: str | None = None

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """Faults of an authorization request, a page that is not there, and hostile words."""
        yield Sample("client_id", unknown_client(explanation_url="/explanations/01KJSAMPLE"))
        yield Sample("redirect_uri", mismatching_redirect_uri())
        yield Sample("not_found", not_found())
        yield Sample("form_expired", form_expired())
        yield Sample("not_allowed", not_allowed())
        yield Sample("failure", failure())
        yield Sample("hostile", cls(status=400, title=a.HOSTILE,
                                    sentence=Text("%(app)s has lost its access.", {"app": a.HOSTILE}),
                                    protocol_text=f"invalid_scope - {a.UNBROKEN} {a.HOSTILE}",
                                    what_to_do=(a.HOSTILE, a.LONG)))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable(Page):
    """The site cannot answer now (maintenance, database away): status 503, `retry_after` in seconds."""

    template: ClassVar[str] = "unavailable.html"
    retry_after: int | None = None

    @classmethod
    def samples(cls) -> Iterable[Sample]:
        """With and without a time to come back."""
        yield Sample("plain", cls())
        yield Sample("with_time", cls(retry_after=120))


def unknown_client(*, explanation_url: str | None = None) -> ErrorPage:
    """The client ID is unknown, or a test client's outside its organization: one answer for both (T2)."""
    return ErrorPage(
        status=400,
        title=Text("This app can’t be connected from here"),
        sentence=Text("The link that brought you here names an app that your organization can’t authorize."),
        protocol_text="invalid_request - Invalid client_id parameter value",
        what_to_do=(
            Text("Go back to the app and start connecting again."),
            Text("If you belong to several organizations, switch to the one the app is meant for."),
            Text("If it still fails, send the text above and the request ID to the people who make the app."),
        ),
        explanation_url=explanation_url,
    )


def mismatching_redirect_uri(*, explanation_url: str | None = None) -> ErrorPage:
    """The redirect URI is not one of the client's (T7)."""
    return ErrorPage(
        status=400,
        title=Text("This app asked to send you to an address it hasn’t registered"),
        sentence=Text(
            "To protect you, we don’t send anyone to an address that the app’s makers haven’t registered."
        ),
        protocol_text="invalid_request - Mismatching redirect URI",
        what_to_do=(
            Text("You did nothing wrong, and nothing was shared."),
            Text(
                "Send the text above and the request ID to the people who make the app; they can correct it."
            ),
        ),
        explanation_url=explanation_url,
    )


def invalid_request(protocol_text: str, *, explanation_url: str | None = None) -> ErrorPage:
    """An authorization request that cannot be read, where the redirect URI is not trusted yet."""
    return ErrorPage(
        status=400,
        title=Text("This request can’t be understood"),
        sentence=Text("The link that brought you here is incomplete or was changed on its way."),
        protocol_text=protocol_text,
        what_to_do=(
            Text("Go back to the app and start connecting again."),
            Text("If it still fails, send the text above and the request ID to the people who make the app."),
        ),
        explanation_url=explanation_url,
    )


def not_found() -> ErrorPage:
    """Nothing at this address, or nothing that the reader may know of."""
    return ErrorPage(
        status=404,
        title=Text("There is no page at this address"),
        sentence=Text("It may have moved, or it may belong to another organization."),
        what_to_do=(
            Text("Check the address for typing mistakes."),
            Text("If you belong to several organizations, switch to the one it belongs to."),
        ),
    )


def form_expired() -> ErrorPage:
    """The form's CSRF token is not this session's any more."""
    return ErrorPage(
        status=403,
        title=Text("This form has expired"),
        sentence=Text("You signed in again, or signed out, after the page was opened. Nothing was changed."),
        what_to_do=(Text("Go back, reload the page and try again."),),
    )


def not_allowed() -> ErrorPage:
    """The reader lacks the permission for a page or an action."""
    return ErrorPage(
        status=403,
        title=Text("You may not do this here"),
        sentence=Text(
            "Your role in this organization doesn’t include the permission for it. Nothing was changed."
        ),
        what_to_do=(
            Text("Ask an administrator of your organization to do it, or to give you the permission."),
            Text("If you belong to several organizations, switch to the one where you may."),
        ),
    )


def failure() -> ErrorPage:
    """A fault of ours."""
    return ErrorPage(
        status=500,
        title=Text("Something went wrong on our side"),
        sentence=Text("Your request was not carried out. The fault has been recorded."),
        what_to_do=(
            Text("Try again in a moment."),
            Text("If it still fails, send the request ID to support."),
        ),
    )
