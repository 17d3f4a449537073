"""The question that the consent page puts: what was asked, less what the organization withholds, and who may say yes."""

from dataclasses import dataclass, replace

from starlette.responses import Response

from latchstring.accounts.choices import holders_of
from latchstring.accounts.sessions import BrowserSession
from latchstring.apps.lookup import Client
from latchstring.integrations.circumstances import Case, Circumstances, circumstances
from latchstring.protocol import faults
from latchstring.protocol.authorize import AuthorizationRequest
from latchstring.protocol.faults import Refusal
from latchstring.web.consent.view import Names, the_question
from latchstring.web.http import BadInput, Request
from latchstring.web.show import show


@dataclass(frozen=True, slots=True)
class Question:
    """A judged request before a person, in the circumstances of their organization."""

    client: Client
    asked: AuthorizationRequest
    session: BrowserSession
    around: Circumstances

    @property
    def refusal(self) -> Refusal:
        """What the app's owner is told when it is not allowed."""
        if self.around.is_policy:
            return Refusal(faults.BLOCKED_BY_POLICY)
        return Refusal(faults.PERMISSIONS_LACKING if self.around.hindrance else faults.ACCESS_DENIED)


async def weigh(
    request: Request, client: Client, asked: AuthorizationRequest, session: BrowserSession
) -> Question:
    """The question as it is now: policy, tile and earlier consents are looked up each time."""
    if session.organization_id is None:
        raise BadInput("choose an organization first", status=403)
    case = Case(session.organization_id, session.user_id, client.id, asked.scopes)
    around = circumstances(case, await request.platform.circumstances(case), session.permissions)
    return Question(client, replace(asked, scopes=around.scopes), session, around)


async def put_question(
    request: Request, question: Question, hidden: tuple[tuple[str, str], ...], status: int = 200
) -> Response:
    """The consent page, with the names of those who could help where something is in the way."""
    session, around = question.session, question.around
    choices = await request.platform.choices.get(session.user_id) or ()
    lacks = not session.permissions.issuperset(question.asked.scopes)
    names = Names(
        grantors=await _holders(request, session, "members_manage") if lacks else (),
        policy_makers=await _holders(request, session, "organization_manage") if around.is_policy else (),
    )
    page = the_question(request, question, choices, names, hidden)
    return show(request, page, status, form_targets=(question.asked.to.redirect_uri,), path=page.next)


async def _holders(request: Request, session: BrowserSession, permission: str) -> tuple[str, ...]:
    if session.organization_id is None:
        return ()
    return await holders_of(request.platform.database, session.organization_id, permission)
