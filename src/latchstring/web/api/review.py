"""Review over JSON: for the host's reviewers with their personal credentials, and for its operators."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from starlette.responses import Response

from latchstring.accounts.refused import Forbidden, Missing
from latchstring.publishing import decide, proposal, reviewers, revisions, roll_back, send, store, tiles
from latchstring.publishing.decide import Said
from latchstring.publishing.model import Audience, Reviewer, Revision, Submission, Verdict
from latchstring.publishing.proposal import Reach
from latchstring.publishing.store import Narrowed
from latchstring.publishing.tiles import Tile
from latchstring.web.api.answers import BadQuery, Many, One, many, nothing, one
from latchstring.web.api.asking import act_of, id_of, paging_of, query_of
from latchstring.web.api.rows import OPERATOR, PAGE, row
from latchstring.web.api.submission_parts import (
    NewComment,
    SubmissionDetail,
    cursor,
    detail,
    kind_of,
    member_of,
    state_of,
)
from latchstring.web.http import Request
from latchstring.web.needs import PlatformCredential
from latchstring.web.routing import Route

#: Operators, and everybody who reviews for the host.
REVIEWER = PlatformCredential(reviewer=True)


class NewDecision(Struct, forbid_unknown_fields=True):
    """What a party says of the submission that was read; `submitted_at` is that submission's."""

    party: str
    verdict: Verdict
    submitted_at: datetime
    comment: str = ""


class NewReach(Struct, forbid_unknown_fields=True):
    """Who sees the tile: `everyone`, or the organizations that are `named`."""

    audience: Audience
    organizations: tuple[UUID, ...] = ()


class Reason(Struct, forbid_unknown_fields=True):
    """Why; the partner reads it."""

    reason: str


class RollBack(Struct, forbid_unknown_fields=True):
    """Which revision is live, as it was read, and why the one before is to be restored."""

    live: int
    reason: str


async def list_submissions(request: Request) -> Response:
    page = paging_of(request)
    narrowed = Narrowed(
        state=state_of(request),
        kind=kind_of(request),
        undecided_by=query_of(request, "undecided_by"),
        search=query_of(request, "search"),
        sent=True,
    )
    found = await store.page(request.tx, narrowed, before=page.after_moment, limit=page.size + 1)
    return many(found, page.size, cursor)


async def read_submission(request: Request) -> Response:
    return one(await detail(request, await _any(request)))


async def decide_submission(request: Request) -> Response:
    asked = await request.json_as(NewDecision)
    said = Said(asked.party, asked.verdict, asked.comment, asked.submitted_at)
    decided = await decide.decide(
        request.tx, request.platform.house, act_of(request), member_of(request),
        id_of(request, "submission_id"), said,
    )  # fmt: skip
    return one(await detail(request, decided))


async def comment(request: Request) -> Response:
    asked, submission = await request.json_as(NewComment), await _any(request)
    await reviewers.must_not_be_their_own(request.tx, member_of(request), submission.organization_id)
    await decide.comment(
        request.tx, request.platform.entropy, act_of(request), member_of(request), submission, asked.text,
        is_reviewer=True,
    )  # fmt: skip
    return one(await detail(request, submission), 201)


async def list_reviewers(request: Request) -> Response:
    page = paging_of(request)
    found = await reviewers.page(request.tx, _after(page.after), page.size + 1)
    return many(found, page.size, lambda reviewer: f"{reviewer.user_id}~{reviewer.party}")


async def appoint(request: Request) -> Response:
    parties = frozenset(request.platform.house.parties)
    appointed = await reviewers.appoint(
        request.tx, parties, act_of(request), id_of(request, "user_id"), request.path_params["party"]
    )
    return one(appointed)


async def dismiss(request: Request) -> Response:
    await reviewers.dismiss(
        request.tx, act_of(request), id_of(request, "user_id"), request.path_params["party"]
    )
    return nothing()


async def list_integrations(request: Request) -> Response:
    page = paging_of(request)
    found = await tiles.page(request.tx, request.platform.site.key, None, page.after_id, page.size + 1)
    return many(found, page.size, lambda tile: tile.id)


async def read_integration(request: Request) -> Response:
    return one(await tiles.get(request.tx, request.platform.site.key, None, id_of(request, "integration_id")))


async def show_integration(request: Request) -> Response:
    asked, integration_id = await request.json_as(NewReach), id_of(request, "integration_id")
    reach = proposal.checked_reach(Reach(asked.audience, asked.organizations))
    site = request.platform.site.key
    return one(await tiles.show(request.tx, site, act_of(request), None, integration_id, reach))


async def take_back(request: Request) -> Response:
    asked, integration_id = await request.json_as(Reason), id_of(request, "integration_id")
    site = request.platform.site.key
    tile = await tiles.get(request.tx, site, None, integration_id)
    await not_their_own(request, tile.organization_id)
    return one(await tiles.take_back(request.tx, site, act_of(request), None, integration_id, asked.reason))


async def restore(request: Request) -> Response:
    asked, client_id = await request.json_as(RollBack), id_of(request, "client_id")
    owner = await revisions.owner_of(request.tx, request.platform.site.key, client_id)
    if owner is None:
        raise Missing("published client")
    await not_their_own(request, owner)
    restored = await roll_back.roll_back(
        request.tx, request.platform.house, act_of(request), owner, client_id,
        live=asked.live, reason=asked.reason,
    )  # fmt: skip
    return one(restored, 201)


async def not_their_own(request: Request, organization_id: UUID) -> None:
    """Refuse a reviewer who belongs to the organization; an operator is nobody's.

    Raises:
        Forbidden: they do.
    """
    if request.credential.user_id is not None:
        await reviewers.must_not_be_their_own(request.tx, request.credential.user_id, organization_id)
    elif not request.credential.is_operator:
        raise Forbidden("this needs a reviewer")


def _after(text: str | None) -> tuple[UUID, str] | None:
    user_id, _, party = (text or "").partition("~")
    try:
        return (UUID(user_id), party) if text else None
    except ValueError:
        raise BadQuery("is not a cursor of this list", field="page[after]") from None


async def _any(request: Request) -> Submission:
    submission = await send.get(request.tx, None, id_of(request, "submission_id"))
    if submission.submitted_at is None:
        raise Missing("submission")
    return submission


_ONE = "/submissions/{submission_id}"
_REVIEWER = "/reviewers/{user_id}/{party}"
_TILE = "/integrations/{integration_id}"
_QUERY = {**PAGE, "state": str, "kind": str, "undecided_by": str, "search": str}

ROUTES: tuple[Route, ...] = (
    row("GET", "/submissions", list_submissions, REVIEWER, "List what partners have submitted, the last first",
        gives=Many[Submission], query=_QUERY),
    row("GET", _ONE, read_submission, REVIEWER, "Read a submission with decisions and comments",
        gives=One[SubmissionDetail]),
    row("POST", _ONE + "/decisions", decide_submission, REVIEWER,
        "Approve for a party, or ask for changes; the last approval publishes",
        takes=NewDecision, gives=One[SubmissionDetail]),
    row("POST", _ONE + "/comments", comment, REVIEWER, "Say something to the partner",
        takes=NewComment, gives=One[SubmissionDetail], status=201),
    row("GET", "/reviewers", list_reviewers, OPERATOR, "List who reviews, for which party",
        gives=Many[Reviewer], query=PAGE),
    row("PUT", _REVIEWER, appoint, OPERATOR, "Let somebody decide for a party", gives=One[Reviewer]),
    row("DELETE", _REVIEWER, dismiss, OPERATOR, "Let somebody decide for a party no more, at once", status=204),
    row("GET", "/integrations", list_integrations, REVIEWER, "List the tiles of this site",
        gives=Many[Tile], query=PAGE),
    row("GET", _TILE, read_integration, REVIEWER, "Read a tile", gives=One[Tile]),
    row("PUT", _TILE + "/audience", show_integration, OPERATOR,
        "Show a tile to everyone, or to some organizations first", takes=NewReach, gives=One[Tile]),
    row("POST", _TILE + "/withdrawal", take_back, REVIEWER,
        "Show a tile to its partner's sandbox alone again", takes=Reason, gives=One[Tile]),
    row("POST", "/published_clients/{client_id}/restorations", restore, REVIEWER,
        "Roll back: restore the revision before the live one, as a new revision",
        takes=RollBack, gives=One[Revision], status=201),
)  # fmt: skip
