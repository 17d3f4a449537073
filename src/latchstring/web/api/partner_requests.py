"""What partners ask of the host, and the host's answers, over JSON."""

from uuid import UUID

from msgspec import Struct
from starlette.responses import Response

from latchstring.accounts.refused import Forbidden
from latchstring.apps import partner_request_store as store
from latchstring.apps import partner_requests
from latchstring.apps.partner_request import Kind, PartnerRequest
from latchstring.web.api.answers import BadQuery, Many, One, many, one
from latchstring.web.api.asking import act_of, id_of, organization_of, paging_of, query_of
from latchstring.web.api.review import REVIEWER, not_their_own
from latchstring.web.api.rows import PAGE, holding, row
from latchstring.web.http import Request
from latchstring.web.routing import Route

_STATES = ("open", "granted", "declined")


class NewPartnerRequest(Struct, forbid_unknown_fields=True):
    """What the partner needs of the host, and why: a private `scope`, another secret of its published client
    `client_id`, or a sandbox on another `site`."""

    scope: str = ""
    reason: str = ""
    kind: Kind = "private_scope"
    client_id: UUID | None = None
    site: str = ""


class Answer(Struct, forbid_unknown_fields=True):
    """The host's answer; its words are shown to the partner."""

    granted: bool
    answer: str = ""


async def list_all(request: Request) -> Response:
    page = paging_of(request)
    found = await store.page(
        request.tx, None, state=_state(request), after=page.after_moment, limit=page.size + 1
    )
    return many(found, page.size, _cursor)


async def list_own(request: Request) -> Response:
    page, organization_id = paging_of(request), await organization_of(request)
    found = await store.page(
        request.tx, organization_id, state=_state(request), after=page.after_moment, limit=page.size + 1
    )
    return many(found, page.size, _cursor)


async def ask(request: Request) -> Response:
    """A person asks: an operator approves a scope without being asked."""
    organization_id, user_id = await organization_of(request), request.credential.user_id
    if user_id is None:
        raise Forbidden("an operator approves a private scope directly")
    asked = await request.json_as(NewPartnerRequest)
    return one(await _asked(request, asked, organization_id, user_id), 201)


async def _asked(
    request: Request, asked: NewPartnerRequest, organization_id: UUID, user_id: UUID
) -> PartnerRequest:
    platform, reason = request.platform, asked.reason
    asking = (platform.entropy, act_of(request), organization_id, user_id)
    match asked.kind:
        case "published_secret":
            return await partner_requests.ask_for_secret(
                request.tx, *asking, client_id=asked.client_id, reason=reason
            )
        case "sandbox_elsewhere":
            return await partner_requests.ask_for_sandbox(
                request.tx, *asking, site=asked.site, sites=platform.other_sites, reason=reason
            )
        case _:
            return await partner_requests.ask_for_scope(
                request.tx, platform.contract, *asking, scope=asked.scope, reason=reason
            )


async def read_request(request: Request) -> Response:
    organization_id = await organization_of(request)
    return one(await partner_requests.get(request.tx, organization_id, id_of(request, "request_id")))


async def answer(request: Request) -> Response:
    """What is granted is in force when the answer is sent. Nobody answers what their own organization asks."""
    organization_id, request_id = id_of(request, "organization_id"), id_of(request, "request_id")
    await not_their_own(request, organization_id)
    said = await request.json_as(Answer)
    answered = await partner_requests.answer(
        request.tx,
        request.platform.contract,
        act_of(request),
        organization_id,
        request_id,
        granted=said.granted,
        answer=said.answer,
    )
    return one(answered)


def _state(request: Request) -> str | None:
    asked = query_of(request, "state")
    if asked is not None and asked not in _STATES:
        raise BadQuery(f"must be one of {', '.join(_STATES)}", field="state")
    return asked


def _cursor(request: PartnerRequest) -> str:
    return f"{request.asked_at.isoformat()}~{request.id}"


_OWN = "/organizations/{organization_id}/partner_requests"
_QUERY = {**PAGE, "state": str}

ROUTES: tuple[Route, ...] = (
    row("GET", "/partner_requests", list_all, REVIEWER, "List what partners ask of the host, oldest first",
        gives=Many[PartnerRequest], query=_QUERY),
    row("GET", _OWN, list_own, holding("apps_manage"), "List what an organization has asked of the host",
        gives=Many[PartnerRequest], query=_QUERY),
    row("POST", _OWN, ask, holding("apps_manage"),
        "Ask the host for a private scope, another secret, or a sandbox on another site",
        takes=NewPartnerRequest, gives=One[PartnerRequest], status=201),
    row("GET", _OWN + "/{request_id}", read_request, holding("apps_manage"), "Read a request and its answer",
        gives=One[PartnerRequest]),
    row("POST", _OWN + "/{request_id}/answer", answer, REVIEWER,
        "Grant a request, in force at once, or decline it", takes=Answer, gives=One[PartnerRequest]),
)  # fmt: skip
