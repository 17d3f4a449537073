"""Who is signed in and where, for handlers whose route says that somebody must be."""

from uuid import UUID

from latchstring.accounts.sessions import BrowserSession
from latchstring.web.http import BadInput, Request


def session_of(request: Request) -> BrowserSession:
    """The session; the route's need has made sure that there is one."""
    if request.signed_in is None:
        raise BadInput("sign in first", status=403)
    return request.signed_in


def organization_of(request: Request) -> tuple[BrowserSession, UUID]:
    """The session and its active organization."""
    session = session_of(request)
    if session.organization_id is None:
        raise BadInput("choose an organization first", status=403)
    return session, session.organization_id
