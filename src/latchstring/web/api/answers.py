"""The envelopes of the administration API: `{"data": …}`, lists with a cursor, and error objects."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from starlette.responses import Response

from latchstring.accounts.refused import Conflict, Forbidden, Missing, Refused
from latchstring.web.http import NO_STORE, BadInput, Handler, Request, json_response

T = TypeVar("T")
_TITLES = {
    400: "Invalid input",
    403: "Forbidden",
    404: "Not found",
    409: "Conflict",
    413: "Too large",
    429: "Too many attempts",
}


class One(msgspec.Struct, Generic[T], frozen=True):
    """One resource."""

    data: T


class Meta(msgspec.Struct, frozen=True):
    """Where a list goes on: pass `next` as `page[after]`; null at the end."""

    next: str | None


class Many(msgspec.Struct, Generic[T], frozen=True):
    """A page of resources."""

    data: list[T]
    meta: Meta


class Source(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an error is about: a member of the body (JSON pointer) or a query parameter."""

    pointer: str | None = None
    parameter: str | None = None


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is wrong, and where."""

    title: str
    detail: str
    source: Source | None = None


class Problems(msgspec.Struct, frozen=True):
    """The body of every refusal. Those of the door itself (no credential, no such path) are plain words."""

    errors: list[Problem | str]


class BadQuery(BadInput):
    """A query parameter that can't be so."""


def one(value: object, status: int = 200) -> Response:
    """An answer with one resource."""
    return json_response({"data": value}, status, NO_STORE)


def many(found: Sequence[T], size: int, cursor: Callable[[T], object]) -> Response:
    """A page of at most `size` of what was found; the query asks for one more, to know whether it goes on."""
    shown = found[:size]
    following = str(cursor(shown[-1])) if len(found) > size else None
    return json_response({"data": shown, "meta": {"next": following}}, 200, NO_STORE)


def nothing() -> Response:
    """Done; there is nothing to say."""
    return Response(status_code=204, headers=NO_STORE)


def problem(
    status: int, detail: str, *, source: Source | None = None, retry_after_s: int | None = None
) -> Response:
    """A refusal."""
    headers = dict(NO_STORE)
    if retry_after_s is not None:
        headers["retry-after"] = str(retry_after_s)
    said = Problem(_TITLES.get(status, "Refused"), detail, source)
    return Response(msgspec.json.encode(Problems([said])), status, headers, "application/json")


def answering(handler: Handler) -> Handler:
    """The handler, its refusals told in this API's words and undone in the transaction that goes on."""

    async def answered(request: Request) -> Response:
        await request.tx.execute("SAVEPOINT asked")
        try:
            return await handler(request)
        except (Refused, BadInput) as refused:
            await request.tx.execute("ROLLBACK TO SAVEPOINT asked")
            return _told(refused)

    return answered


def _told(refused: Refused | BadInput) -> Response:
    source: Source | None = None
    if isinstance(refused, BadQuery):
        source = Source(parameter=refused.field)
    elif refused.field is not None:
        source = Source(pointer="/" + refused.field.replace("[", "/").replace("]", "").replace(".", "/"))
    return problem(_status(refused), refused.reason, source=source)


def _status(refused: Any) -> int:
    match refused:
        case Missing():
            return 404 if refused.field is None else 400
        case Conflict():
            return 409
        case Forbidden():
            return 403
        case BadInput():
            return refused.status
        case _:
            return 400
