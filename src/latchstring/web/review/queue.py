"""The queue: what partners have sent, narrowed and page by page."""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import Response

from latchstring.apps import partner_request_store
from latchstring.protocol.client_authentication import uuid_of
from latchstring.publishing import decide, revisions, store
from latchstring.publishing.model import Submission
from latchstring.publishing.store import Narrowed
from latchstring.web.http import Request
from latchstring.web.pages.paths import PATHS
from latchstring.web.pages.review.queue import KINDS, STATES, ReviewQueue
from latchstring.web.pages.review.tabs import Choice
from latchstring.web.pages.submissions import SubmissionLine
from latchstring.web.review.desk import page
from latchstring.web.routing import Route
from latchstring.web.show import show
from latchstring.web.submission_view import party_name

_SIZE = 30
_MOST_REQUESTS = 99
_FILTERS = ("state", "kind", "party", "search")


async def index(request: Request) -> Response:
    """A page of the queue; without a filter, what waits for review."""
    chosen = {name: request.query_params.get(name, "").strip()[:100] for name in _FILTERS}
    before = cursor_of(request.query_params.get("after", ""))
    found = await store.page(request.tx, _narrowed(chosen), before=before, limit=_SIZE + 1)
    requests = await partner_request_store.page(
        request.tx, None, state="open", after=None, limit=_MOST_REQUESTS
    )
    answer = ReviewQueue(
        rows=tuple([await _line(request, one) for one in found[:_SIZE]]),
        parties=tuple(Choice(party, party_name(party)) for party in request.platform.house.parties),
        chosen=chosen,
        older=_onward(chosen, found[_SIZE - 1]) if len(found) > _SIZE else None,
        first=_onward(chosen, None) if before else None,
        open_requests=len(requests),
    )
    return show(request, answer)


def _narrowed(chosen: Mapping[str, str]) -> Narrowed:
    state = chosen["state"] or "submitted"
    known = {choice.value for choice in STATES} - {"any"}
    kinds = {choice.value for choice in KINDS}
    return Narrowed(
        state=state if state in known else None,  # type: ignore[arg-type]
        kind=chosen["kind"] if chosen["kind"] in kinds else None,  # type: ignore[arg-type]
        undecided_by=chosen["party"] or None,
        search=chosen["search"] or None,
        sent=True,
    )


async def _line(request: Request, submission: Submission) -> SubmissionLine:
    house = request.platform.house
    waits = submission.state == "submitted"
    waiting = await decide.waiting(request.tx, house, submission) if waits else []
    live = await revisions.latest(request.tx, house.site, submission.client_id)
    return SubmissionLine(
        path=submission_path(submission),
        app=submission.app_name,
        partner=submission.partner_name,
        kind=submission.kind,
        state=submission.state,
        sent_at=submission.submitted_at or submission.created_at,
        waiting=tuple(map(party_name, waiting)),
        failed=sum(check["outcome"] == "failed" for check in submission.checks),
        # What is approved knows which revision it became; the first one followed nothing.
        again=submission.revision > 1 if submission.revision is not None else live is not None,
    )


def submission_path(submission: Submission) -> str:
    """The page of a submission."""
    return f"{PATHS.review}/submissions/{submission.id}"


def cursor_of(text: str) -> tuple[datetime, UUID] | None:
    """Where a list goes on; what is no cursor begins at the beginning."""
    moment, _, number = text.partition("~")
    found = uuid_of(number)
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)), found) if found else None


def _onward(chosen: Mapping[str, str], last: Submission | None) -> str:
    query = {name: value for name, value in chosen.items() if value}
    if last is not None:
        query["after"] = f"{(last.submitted_at or last.created_at).isoformat()}~{last.id}"
    return f"{PATHS.review}?{urlencode(query)}" if query else PATHS.review


ROUTES: tuple[Route, ...] = (page("GET", "", index),)
