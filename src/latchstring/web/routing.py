"""One row of the route table: a method and a path, who answers it, what must hold before, and what it says of itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from latchstring.protocol.parameters import Parameters
from latchstring.web.http import Handler
from latchstring.web.needs import Need


@dataclass(frozen=True, slots=True)
class Document:
    """What the OpenAPI document says of an operation of the JSON API."""

    summary: str
    #: The type of the JSON body, or None when there is none.
    request: Any = None
    #: The type of the answer's JSON body, or None when there is none.
    answer: Any = None
    status: int = 200
    #: Query parameters: name to type.
    query: Mapping[str, Any] = field(default_factory=dict)
    #: Media types in which the answer is to be had besides.
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """A row of the table. There is no default for `needs`: forgetting it is a type error."""

    method: str
    path: str
    handler: Handler
    needs: Need
    document: Document | None = None
    #: What the CSRF token of this route's form is for, from the form's fields; most need no own purpose.
    purpose: Callable[[Parameters], str] | None = None
    #: How many bytes of one file this route's form may carry; such a form is `multipart/form-data`.
    upload: int | None = None
