"""What the consent page and the choice of an organization show."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from starlette.responses import Response

from latchstring.accounts.choices import Choice
from latchstring.accounts.sessions import BrowserSession
from latchstring.apps.lookup import Client
from latchstring.web.consent.logo import logo_path
from latchstring.web.http import Request
from latchstring.web.names import caution_about
from latchstring.web.pages.account import PickOrganization
from latchstring.web.pages.consent import Consent
from latchstring.web.pages.page import Person
from latchstring.web.pages.scopes import LackingPermission, OrganizationChoice
from latchstring.web.scopes import scope_groups
from latchstring.web.show import locale_of, show

if TYPE_CHECKING:
    from latchstring.web.consent.question import Question


@dataclass(frozen=True, slots=True)
class Names:
    """Some of those who could help: who may grant permissions, and who may change the app policy."""

    grantors: tuple[str, ...]
    policy_makers: tuple[str, ...]


def the_question(
    request: Request,
    question: "Question",
    choices: tuple[Choice, ...],
    names: Names,
    hidden: tuple[tuple[str, str], ...],
) -> Consent:
    """The consent page: who asks, for what, as whom, and where the answer goes."""
    locale, contract, session = locale_of(request), request.platform.contract, question.session
    client, asked, around = question.client, question.asked, question.around
    lacking = [scope for scope in asked.scopes if scope not in session.permissions]
    new = around.new or asked.scopes
    known = tuple(scope for scope in asked.scopes if scope not in new)
    return Consent(
        app_name=client.name,
        partner=client.partner_name,
        standing="test" if client.kind == "test" else "verified",
        organization=session.organization_name or "",
        person=Person(session.user_name, session.email),
        groups=scope_groups(contract, new, locale, session.permissions),
        already_granted=scope_groups(contract, known, locale, session.permissions),
        redirect_host=urlsplit(asked.to.redirect_uri).netloc,
        action="/oauth2/v1/authorize",
        next=asking_again(request, hidden),
        hidden=hidden,
        cautions=tuple(filter(None, map(caution_about, (client.name, client.partner_name)))),
        other_organizations=_others(choices, session),
        lacking=tuple(
            LackingPermission(contract.scopes[scope].title[locale], names.grantors) for scope in lacking
        ),
        may_allow=around.hindrance is None,
        hindrance=around.hindrance,
        withheld=tuple(contract.scopes[scope].title[locale] for scope in around.withheld),
        policy_makers=names.policy_makers,
        logo=logo_path(client.id, around.logo_version),
    )


async def pick_organization(request: Request, client: Client, session: BrowserSession) -> Response:
    """Nothing can be allowed before it is clear for which organization."""
    choices = await request.platform.choices.get(session.user_id) or ()
    page = PickOrganization(choices=_others(choices, session), next=here(request), app_name=client.name)
    return show(request, page)


def asking_again(request: Request, hidden: tuple[tuple[str, str], ...]) -> str:
    """The authorization request as path and query, also where it came back in a form."""
    if request.method == "GET":
        return here(request)
    query = urlencode([(name, value) for name, value in hidden if name not in ("shown", "csrf")])
    return f"{request.url.path}?{query}"


def here(request: Request) -> str:
    """This page's path and query, to come back to."""
    return request.target


def _others(choices: tuple[Choice, ...], session: BrowserSession) -> tuple[OrganizationChoice, ...]:
    return tuple(
        OrganizationChoice(str(choice.id), choice.name, choice.roles)
        for choice in choices
        if choice.id != session.organization_id
    )
