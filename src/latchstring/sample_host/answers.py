"""What a handler gives back: an answer, or a refusal in the error body of its family of operations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus

import msgspec

_encode = msgspec.json.Encoder(decimal_format="number").encode
_JSON = (b"content-type", b"application/json")
Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body in JSON, and headers beyond its type and length."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def wire_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers as ASGI wants them."""
        extra = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        return [_JSON, (b"content-length", str(len(self.body)).encode()), *extra]


class ErrorShape(Enum):
    """How a family of operations words its refusals."""

    STRINGS = "errors as strings"
    OBJECTS = "errors as objects with status, title and detail (JSON:API)"
    CODE = "code and message"


class Refused(Exception):
    """What was asked can't be done; says why, naming the parameter or field. Nothing was changed."""

    def __init__(self, status: int, reason: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = headers or {}


def invalid(reason: str) -> Refused:
    """400: what was sent can't be read or isn't allowed."""
    return Refused(400, reason)


def missing(what: str) -> Refused:
    """404: nothing in this organization has that id."""
    return Refused(404, f"{what} not found")


def ok(value: object, status: int = 200) -> Answer:
    """An answer in JSON."""
    return Answer(status, _encode(value))


def refusal(refused: Refused, shape: ErrorShape) -> Answer:
    """The refusal in the error body of its family."""
    return Answer(refused.status, _encode(_error_body(refused, shape)), refused.headers)


def _error_body(refused: Refused, shape: ErrorShape) -> object:
    if shape is ErrorShape.CODE:
        return {"code": refused.status, "message": refused.reason}
    if shape is ErrorShape.OBJECTS:
        title = HTTPStatus(refused.status).phrase
        return {"errors": [{"status": str(refused.status), "title": title, "detail": refused.reason}]}
    return {"errors": [refused.reason]}
