"""Refused requests explained to the owner of the app, over JSON."""

from datetime import datetime

from msgspec import Struct
from starlette.responses import Response

from latchstring.accounts.refused import Missing
from latchstring.audit.explanations import explain
from latchstring.audit.request_log import Kept, find
from latchstring.web.api.answers import One, one
from latchstring.web.api.rows import holding, row
from latchstring.web.http import Request
from latchstring.web.routing import Route
from latchstring.web.show import locale_of


class Explained(Struct, frozen=True):
    """A refused request: why, and what to do. `noted` says what was received and expected, never a secret."""

    request_id: str
    at: datetime
    client_id: str
    client_name: str
    endpoint: str
    status: int
    cause: str
    why: str
    remedy: str
    noted: dict[str, str]


async def read_explanation(request: Request) -> Response:
    """Nobody but the owner of the app learns that the request existed; operators may read all."""
    request_id = str(request.path_params["request"])
    owner = None if request.credential.is_operator else request.credential.organization_id
    kept = await find(request.tx, request_id, owner=owner) if request_id.isalnum() else None
    if kept is None:
        raise Missing("refused request")
    return one(_explained(kept, request))


def _explained(kept: Kept, request: Request) -> Explained:
    refused, told = kept.refused, explain(kept.refused.cause, locale_of(request))
    return Explained(
        request_id=refused.request_id,
        at=refused.at,
        client_id=str(refused.client_id),
        client_name=kept.client_name,
        endpoint=refused.endpoint,
        status=refused.status,
        cause=refused.cause,
        why=told.why,
        remedy=told.remedy,
        noted=dict(refused.noted),
    )


ROUTES: tuple[Route, ...] = (
    row("GET", "/requests/{request}", read_explanation, holding("apps_manage"),
        "Explain a refused request of one's own apps, by its X-Request-Id, in the language of Accept-Language",
        gives=One[Explained]),
)  # fmt: skip
