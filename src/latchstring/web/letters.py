"""What letters say. Each is sentences, facts and one link; the page of it is `templates/letter.html`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from latchstring.web.pages.paths import PATHS
from latchstring.web.translations import Text, Words

_REVIEW: Final = "/review"
_YOU_REVIEW: Final = Text("You receive this because you review submissions.")
_YOU_BUILD: Final = Text("You receive this because you may manage this app.")
_YOU_ASKED: Final = Text("You receive this because it was you who sent it.")
_YOU_ADMINISTER: Final = Text(
    "You receive this because you may decide in this organization which apps have access."
)

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter in no language yet. `link`: what its button says, and a path of this site."""

    subject: Text
    sentences: tuple[Text, ...]
    facts: tuple[tuple[Text, Words], ...] = ()
    link: tuple[Text, str] | None = None
    because: Text


def letter_of(event: str, facts: Facts) -> Letter:
    """The letter for what happened."""
    return _LETTERS[event](facts)


def _arrived(facts: Facts) -> Letter:
    return _for_reviewers(
        facts,
        Text("%(app)s was submitted for review", _only(facts, "app")),
        Text("%(partner)s has sent %(app)s for review.", _only(facts, "app", "partner")),
    )


def _again(facts: Facts) -> Letter:
    return _for_reviewers(
        facts,
        Text("%(app)s was sent again for review", _only(facts, "app")),
        Text(
            "%(partner)s has changed its submission of %(app)s and sent it again. It is judged anew.",
            _only(facts, "app", "partner"),
        ),
    )


def _for_reviewers(facts: Facts, subject: Text, sentence: Text) -> Letter:
    return Letter(
        subject=subject,
        sentences=(sentence,),
        facts=((Text("Asked for"), _KIND.get(str(facts.get("kind")), "")),),
        link=(Text("Review it"), f"{_REVIEW}/submissions/{_part(facts, 'submission')}"),
        because=_YOU_REVIEW,
    )


def _decided(facts: Facts) -> Letter:
    approved = facts.get("outcome") == "approved"
    app = _only(facts, "app")
    if approved:
        subject, sentence = (
            Text("%(app)s is approved", app),
            Text("Your submission of %(app)s is approved. What you asked for is in force.", app),
        )
    else:
        subject, sentence = (
            Text("%(app)s needs changes", app),
            Text("The reviewers of %(app)s ask for changes. Their comments are on the submission.", app),
        )
    link = f"{PATHS.developer_apps}/{_part(facts, 'app_id')}/publishing"
    return Letter(
        subject=subject,
        sentences=(sentence,),
        link=(Text("Open the submission"), link),
        because=_YOU_ASKED,
    )


def _answered(facts: Facts) -> Letter:
    subject = _only(facts, "subject")
    granted = facts.get("state") == "granted"
    answer = str(facts.get("answer") or "")
    return Letter(
        subject=Text("Your request about %(subject)s is granted", subject)
        if granted
        else Text("Your request about %(subject)s is declined", subject),
        sentences=(
            Text("The host has granted what you asked for.")
            if granted
            else Text("The host has declined what you asked for."),
        ),
        facts=((Text("Asked for"), subject["subject"]), *(((Text("Answer"), answer),) if answer else ())),
        link=(Text("Open your apps"), PATHS.developer_apps),
        because=_YOU_ASKED,
    )


def _paused(facts: Facts) -> Letter:
    return Letter(
        subject=Text("The webhook of %(client)s is paused", _only(facts, "client")),
        sentences=(
            Text("Your endpoint has failed too often in a row, so we have paused its webhook."),
            Text(
                "Events are kept for five days. We try one now and then, and go on by ourselves as soon as your"
                " endpoint answers with a status from 200 to 299."
            ),
        ),
        facts=((Text("Endpoint"), str(facts.get("url") or "")),),
        link=(Text("See what went wrong"), f"{_client(facts)}/webhooks"),
        because=_YOU_BUILD,
    )


def _reused(facts: Facts) -> Letter:
    return Letter(
        subject=Text("A refresh token of %(client)s was used twice", _only(facts, "client")),
        sentences=(
            Text(
                "A refresh token that had been replaced was presented again, after its successor had been used."
                " That looks like theft, so the authorization and all of its tokens are revoked."
            ),
            Text(
                "If nobody has broken in, two of your processes refresh with the same token: keep the newest one"
                " where all of them read it."
            ),
        ),
        facts=((Text("Authorization"), str(facts.get("authorization") or "")),),
        link=(
            Text("See the refused request"),
            f"{PATHS.developer_apps}/{_part(facts, 'app_id')}/requests",
        ),
        because=_YOU_BUILD,
    )


def _installed(facts: Facts) -> Letter:
    named = _only(facts, "integration", "organization")
    return Letter(
        subject=Text("%(integration)s was installed in %(organization)s", named),
        sentences=(
            Text(
                "It has no access yet: each authorization is asked for on its own and appears under OAuth Apps."
            ),
        ),
        facts=((Text("Installed by"), _person(facts)),),
        link=(Text("See OAuth Apps"), PATHS.oauth_apps),
        because=_YOU_ADMINISTER,
    )


def _uninstalled(facts: Facts) -> Letter:
    named = _only(facts, "integration", "organization")
    return Letter(
        subject=Text("%(integration)s was uninstalled from %(organization)s", named),
        sentences=(Text("Its authorizations are revoked and its API keys are disabled, all at once."),),
        facts=((Text("Uninstalled by"), _person(facts)),),
        link=(Text("See the audit log"), PATHS.audit),
        because=_YOU_ADMINISTER,
    )


def _keys_left(facts: Facts) -> Letter:
    return Letter(
        subject=Text(
            "API keys of a disabled user are still live in %(organization)s", _only(facts, "organization")
        ),
        sentences=(
            Text(
                "Somebody who made API keys in this organization is disabled. Their keys go on sending data until"
                " you revoke them."
            ),
        ),
        facts=((Text("User"), _person(facts)), (Text("Live keys"), str(facts.get("keys", "")))),
        link=(Text("See API Keys"), PATHS.api_keys),
        because=_YOU_ADMINISTER,
    )


def _risky(facts: Facts) -> Letter:
    named = _only(facts, "client", "organization")
    scopes = ", ".join(str(scope) for scope in facts.get("scopes", ()))
    return Letter(
        subject=Text("%(client)s was given far-reaching access in %(organization)s", named),
        sentences=(Text("Somebody has let this app do what can do much harm in the wrong hands."),),
        facts=(
            (Text("App"), f"{facts.get('client', '')} ({facts.get('partner', '')})"),
            (Text("Allowed by"), _person(facts)),
            (Text("Far-reaching scopes"), scopes),
        ),
        link=(Text("See OAuth Apps"), PATHS.oauth_apps),
        because=_YOU_ADMINISTER,
    )


def _only(facts: Facts, *names: str) -> dict[str, str]:
    return {name: str(facts.get(name) or "") for name in names}


def _part(facts: Facts, name: str) -> str:
    return quote(str(facts.get(name) or ""), safe="")


def _client(facts: Facts) -> str:
    return f"{PATHS.developer_apps}/{_part(facts, 'app_id')}/clients/{_part(facts, 'client_id')}"


def _person(facts: Facts) -> str:
    name, email = str(facts.get("person") or ""), str(facts.get("email") or "")
    return f"{name} <{email}>" if email else name


_KIND: Final[Mapping[str, Text]] = {
    "client": Text("Publication of an OAuth client"),
    "integration": Text("Publication of an integration"),
}
_LETTERS: Final[Mapping[str, Callable[[Facts], Letter]]] = {
    "submission_arrived": _arrived,
    "submission_again": _again,
    "submission_decided": _decided,
    "request_answered": _answered,
    "webhook_paused": _paused,
    "refresh_reused": _reused,
    "integration_installed": _installed,
    "integration_uninstalled": _uninstalled,
    "keys_of_disabled_user": _keys_left,
    "risky_authorization": _risky,
}
