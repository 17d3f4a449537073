"""What the consent page and the choice of an organization show."""

from urllib.parse import urlsplit

from starlette.responses import Response

from latchstring.accounts.choices import Choice
from latchstring.accounts.sessions import BrowserSession
from latchstring.apps.lookup import Client
from latchstring.protocol.authorize import AuthorizationRequest
from latchstring.web.http import Request
from latchstring.web.pages.account import PickOrganization
from latchstring.web.pages.consent import Consent
from latchstring.web.pages.page import Person
from latchstring.web.pages.scopes import LackingPermission, OrganizationChoice
from latchstring.web.scopes import scope_groups
from latchstring.web.show import locale_of, show


def the_question(
    request: Request,
    client: Client,
    asked: AuthorizationRequest,
    session: BrowserSession,
    choices: tuple[Choice, ...],
    grantors: tuple[str, ...],
    hidden: tuple[tuple[str, str], ...],
) -> Consent:
    """The consent page: who asks, for what, as whom, and where the answer goes."""
    locale = locale_of(request)
    contract = request.platform.contract
    lacking = [scope for scope in asked.scopes if scope not in session.permissions]
    return Consent(
        app_name=client.name,
        partner=client.partner_name,
        standing="test" if client.kind == "test" else "verified",
        organization=session.organization_name or "",
        person=Person(session.user_name, session.email),
        groups=scope_groups(contract, asked.scopes, locale, session.permissions),
        redirect_host=urlsplit(asked.to.redirect_uri).netloc,
        action="/oauth2/v1/authorize",
        next=here(request),
        hidden=hidden,
        other_organizations=_others(choices, session),
        lacking=tuple(LackingPermission(contract.scopes[scope].title[locale], grantors) for scope in lacking),
    )


async def pick_organization(request: Request, client: Client, session: BrowserSession) -> Response:
    """Nothing can be allowed before it is clear for which organization."""
    choices = await request.platform.choices.get(session.user_id) or ()
    page = PickOrganization(choices=_others(choices, session), next=here(request), app_name=client.name)
    return show(request, page)


def here(request: Request) -> str:
    """This page's path and query, to come back to."""
    return request.target


def _others(choices: tuple[Choice, ...], session: BrowserSession) -> tuple[OrganizationChoice, ...]:
    return tuple(
        OrganizationChoice(str(choice.id), choice.name, choice.roles)
        for choice in choices
        if choice.id != session.organization_id
    )
