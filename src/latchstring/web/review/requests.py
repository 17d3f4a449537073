"""What partners ask of the host, answered."""

from starlette.responses import Response

from latchstring.accounts.refused import Forbidden, Missing, Refused
from latchstring.apps import partner_request_store as store
from latchstring.apps import partner_requests
from latchstring.apps.partner_request import PartnerRequest
from latchstring.publishing import reviewers
from latchstring.web.developer.reasons import told
from latchstring.web.http import Request, path_uuid, see_other
from latchstring.web.pages import faults
from latchstring.web.pages.paths import PATHS
from latchstring.web.pages.review.requests import RequestLine, ReviewRequests
from latchstring.web.review.desk import act_of, page
from latchstring.web.review.queue import cursor_of
from latchstring.web.routing import Route
from latchstring.web.show import show
from latchstring.web.signed_in import session_of

_SIZE = 30
_PATH = PATHS.review + "/requests"


async def index(request: Request) -> Response:
    """What is open, or what was answered, oldest first."""
    return show(request, await _listed(request))


async def answer(request: Request) -> Response:
    """Grant or decline, in force at once."""
    asked = await _asked(request)
    await request.tx.execute("SAVEPOINT asked")
    try:
        await reviewers.must_not_be_their_own(request.tx, session_of(request).user_id, asked.organization_id)
        await partner_requests.answer(
            request.tx, request.platform.contract, act_of(request), asked.organization_id, asked.id,
            granted=request.fields.get("verdict") == "granted", answer=request.fields.get("answer") or "",
        )  # fmt: skip
    except Forbidden:
        return show(request, faults.not_allowed(), 403, path=_PATH)
    except Refused as refused:
        await request.tx.execute("ROLLBACK TO SAVEPOINT asked")
        return show(request, await _listed(request, str(asked.id), refused), 400, path=_PATH)
    return see_other(f"{_PATH}?done=answered")


async def _listed(
    request: Request, wrong: str | None = None, refused: Refused | None = None
) -> ReviewRequests:
    answered = request.query_params.get("state") == "answered"
    after = cursor_of(request.query_params.get("after", ""))
    state = None if answered else "open"
    found = await store.page(request.tx, None, state=state, after=after, limit=_SIZE + 1)
    shown = [one for one in found[:_SIZE] if not answered or one.state != "open"]
    last = found[_SIZE - 1] if len(found) > _SIZE else None
    narrowed = "state=answered&" if answered else ""
    return ReviewRequests(
        rows=tuple([await _line(request, one) for one in shown]),
        answered=answered,
        older=f"{_PATH}?{narrowed}after={last.asked_at.isoformat().replace('+', '%2B')}~{last.id}"
        if last
        else None,
        wrong=wrong,
        problem=told(refused) if refused else None,
        done="answered" if request.query_params.get("done") == "answered" else None,
    )


async def _line(request: Request, asked: PartnerRequest) -> RequestLine:
    user_id = session_of(request).user_id
    return RequestLine(
        id=str(asked.id),
        partner=asked.partner_name,
        kind=asked.kind,
        subject=asked.subject,
        reason=asked.reason,
        state=asked.state,
        asked_by=asked.asked_by_name,
        asked_at=asked.asked_at,
        answer=asked.answer or "",
        own=await reviewers.is_their_own(request.tx, user_id, asked.organization_id),
    )


async def _asked(request: Request) -> PartnerRequest:
    request_id = path_uuid(request, "request_id")
    found = await store.find_any(request.tx, request_id) if request_id else None
    if found is None:
        raise Missing("request")
    return found


ROUTES: tuple[Route, ...] = (
    page("GET", "/requests", index),
    page("POST", "/requests/{request_id}/answer", answer),
)
