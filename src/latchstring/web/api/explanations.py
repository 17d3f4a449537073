"""Refused requests explained to the owner of the app, over JSON."""

from datetime import UTC, datetime

from msgspec import Struct
from starlette.responses import Response

from latchstring.accounts.refused import Missing
from latchstring.apps import apps
from latchstring.audit import request_log
from latchstring.audit.differences import Pieces
from latchstring.audit.explained import ScopesAgainst, TextAgainst
from latchstring.audit.refusals import Refused
from latchstring.audit.request_log import FAMILIES, Cursor, Family, Narrowed
from latchstring.protocol.client_authentication import uuid_of
from latchstring.web.api.answers import BadQuery, Many, One, many, one
from latchstring.web.api.asking import id_of, organization_of, paging_of, query_of
from latchstring.web.api.rows import PAGE, holding, row
from latchstring.web.explaining import documentation_of, explanation_of
from latchstring.web.http import Request
from latchstring.web.routing import Route
from latchstring.web.show import locale_of


class Piece(Struct, frozen=True):
    """A part of a text; `same`: the other text has it too, here."""

    text: str
    same: bool


class Differences(Struct, frozen=True):
    """Both texts in pieces, or, where scopes were compared, those that were too many and too few."""

    received: list[Piece] = []
    expected: list[Piece] = []
    extra_scopes: list[str] = []
    missing_scopes: list[str] = []


class Explained(Struct, frozen=True):
    """A refused request: the rule that it broke, why, and what to do. `noted` says what was received and expected,
    never a secret; `proven` is false when the request names the client and nothing proves that it sent it; `fix` is
    the value that would have been right."""

    request_id: str
    at: datetime
    client_id: str
    client_name: str
    proven: bool
    endpoint: str
    status: int
    cause: str
    rule: str
    reference: str
    why: str
    remedy: str
    fix: str | None
    documentation: str
    noted: dict[str, str]
    differences: Differences | None


async def read_explanation(request: Request) -> Response:
    """Nobody but the owner of the app learns that the request existed; operators may read all."""
    request_id = str(request.path_params["request"])
    owner = None if request.credential.is_operator else request.credential.organization_id
    kept = await request_log.find(request.tx, request_id, owner=owner) if request_id.isalnum() else None
    if kept is None:
        raise Missing("refused request")
    return one(_explained(kept.refused, kept.client_name, request))


async def list_requests(request: Request) -> Response:
    """The log of an app, newest first."""
    page, organization_id = paging_of(request), await organization_of(request)
    app = await apps.get(request.tx, organization_id, id_of(request, "app_id"))
    clients = {
        client.id: client.name for client in await request_log.clients_of(request.tx, organization_id, app.id)
    }
    if (asked := query_of(request, "client_id")) is not None:
        clients = {client_id: name for client_id, name in clients.items() if client_id == uuid_of(asked)}
    narrowed = Narrowed(_family(request), query_of(request, "cause"), None, _cursor(page.after))
    found = await request_log.page(request.tx, organization_id, list(clients), narrowed, page.size + 1)
    told = [_explained(refused, clients[refused.client_id], request) for refused in found]
    return many(told, page.size, lambda line: f"{line.at.isoformat()}~{line.request_id}")


def _family(request: Request) -> Family | None:
    asked = query_of(request, "endpoint")
    found = next((family for family in FAMILIES if family == asked), None)
    if asked is not None and found is None:
        raise BadQuery(f"must be one of {', '.join(FAMILIES)}", field="endpoint")
    return found


def _cursor(after: str | None) -> Cursor | None:
    if not after:
        return None
    moment, _, request_id = after.partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        raise BadQuery("is not a cursor of this list", field="page[after]") from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)), request_id


def _explained(refused: Refused, client_name: str, request: Request) -> Explained:
    told = explanation_of(refused, request.platform.contract, locale_of(request))
    return Explained(
        request_id=refused.request_id,
        at=refused.at,
        client_id=str(refused.client_id),
        client_name=client_name,
        proven=refused.proven,
        endpoint=refused.endpoint,
        status=refused.status,
        cause=refused.cause,
        rule=told.rule,
        reference=told.reference,
        why=told.why,
        remedy=told.remedy,
        fix=told.fix,
        documentation=documentation_of(refused),
        noted=dict(refused.noted),
        differences=_differences(told.against),
    )


def _differences(against: object) -> Differences | None:
    match against:
        case TextAgainst(received, expected):
            return Differences(_pieces(received), _pieces(expected))
        case ScopesAgainst():
            return Differences(extra_scopes=sorted(against.extra), missing_scopes=sorted(against.missing))
        case _:
            return None


def _pieces(pieces: Pieces) -> list[Piece]:
    return [Piece(piece.text, piece.same) for piece in pieces]


_MANAGE = holding("apps_manage")

ROUTES: tuple[Route, ...] = (
    row("GET", "/requests/{request}", read_explanation, _MANAGE,
        "Explain a refused request of one's own apps, by its X-Request-Id, in the language of Accept-Language",
        gives=One[Explained]),
    row("GET", "/organizations/{organization_id}/apps/{app_id}/requests", list_requests, _MANAGE,
        "List the refused requests of an app's clients, newest first, each explained",
        gives=Many[Explained], query={**PAGE, "client_id": str, "endpoint": str, "cause": str}),
)  # fmt: skip
