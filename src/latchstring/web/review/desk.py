"""What every page of the review begins with: a reviewer, and whom they act for."""

from starlette.responses import Response

from latchstring.accounts.refused import Missing
from latchstring.audit.entries import Act
from latchstring.publishing import reviewers
from latchstring.web.http import Handler, Request
from latchstring.web.needs import Reviewer
from latchstring.web.pages import faults
from latchstring.web.pages.paths import PATHS
from latchstring.web.pages.review.tabs import Choice
from latchstring.web.routing import Route
from latchstring.web.show import show
from latchstring.web.signed_in import session_of
from latchstring.web.submission_view import party_name


def page(method: str, path: str, handler: Handler) -> Route:
    """A row of the review; `path` is below `/review`."""
    return Route(method, PATHS.review + path, finding(handler), Reviewer())


def finding(handler: Handler) -> Handler:
    """The handler; what does not exist is a page that says so."""

    async def found(request: Request) -> Response:
        try:
            return await handler(request)
        except Missing:
            return show(request, faults.not_found(), 404, path=PATHS.review)

    return found


def act_of(request: Request) -> Act:
    """Who does it, now, in this request."""
    return Act(f"user:{session_of(request).user_id}", request.platform.clock.now(), request.id)


async def parties_of(request: Request) -> tuple[Choice, ...]:
    """The required parties that the reviewer decides for."""
    own = await reviewers.parties_of(request.tx, session_of(request).user_id)
    return tuple(Choice(party, party_name(party)) for party in request.platform.house.parties if party in own)
