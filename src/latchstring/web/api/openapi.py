"""The OpenAPI document of the administration API, made from the same rows that are served."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from latchstring.web.api.answers import Problems
from latchstring.web.api.rows import PREFIX
from latchstring.web.http import Handler, Request
from latchstring.web.needs import Anyone, PlatformCredential
from latchstring.web.routing import Document, Route

_PARAMETER = re.compile(r"{([a-z_]+)}")
_REFUSALS = {
    "400": "The input can't be so; the field is named.",
    "401": "There is no valid credential in `Authorization: Bearer`.",
    "403": "The credential may not do this.",
    "404": "There is no such resource, or it is somebody else's.",
    "409": "The resource is in a state in which this can't be done, or would be there twice.",
    "413": "The body is too large.",
    "429": "Too many wrong passwords; `Retry-After` says when to try again.",
    "503": "The database is away; `Retry-After` says when to try again.",
}


def document(routes: Iterable[Route]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the routes that say something of themselves."""
    documented = [(route, route.document) for route in routes if route.document is not None]
    types = {type_ for _, said in documented for type_ in (said.request, said.answer) if type_ is not None}
    ordered = sorted([*types, Problems], key=str)
    schemas, components = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")
    by_type = dict(zip(ordered, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route, said in documented:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, said, by_type)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Latchstring administration", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"credential": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"credential": []}],
    }


def served(routes: Iterable[Route]) -> Route:
    """The row that serves the document of these routes."""
    content = msgspec.json.encode(document(routes))

    async def read_document(request: Request) -> Response:
        return Response(content, media_type="application/json")

    handler: Handler = read_document
    return Route("GET", PREFIX + "/openapi.json", handler, Anyone())


def _operation(route: Route, said: Document, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": said.summary,
        "parameters": [*_path_parameters(route.path), *_query_parameters(said.query)],
        "responses": {str(said.status): _answer(said, schemas), **_refusals(schemas)},
    }
    if (needed := _needed(route)) is not None:
        operation["description"] = needed
    if said.request is not None:
        operation["requestBody"] = {"required": True, "content": _json(schemas[said.request])}
    return operation


def _operation_id(route: Route) -> str:
    nouns = [part.strip("{}") for part in route.path.removeprefix(PREFIX).split("/") if part]
    return "_".join([route.method.lower(), *nouns])


def _needed(route: Route) -> str | None:
    match route.needs:
        case PlatformCredential(operator=True):
            return "For operators."
        case PlatformCredential(reviewer=True):
            return "For operators and reviewers."
        case PlatformCredential(all_of=names) if names:
            return "For operators and members with " + ", ".join(f"`{name}`" for name in sorted(names)) + "."
        case _:
            return None


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "uuid"} if name.endswith("_id") else {"type": "string"},
        }
        for name in _PARAMETER.findall(path)
    ]


def _query_parameters(query: Mapping[str, Any]) -> list[dict[str, Any]]:
    sizes = {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}
    return [
        {"name": name, "in": "query", "schema": sizes if type_ is int else {"type": "string"}}
        for name, type_ in query.items()
    ]


def _answer(said: Document, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    if said.answer is None:
        return {"description": "Done."}
    texts = {media_type: {"schema": {"type": "string"}} for media_type in said.files}
    return {"description": said.summary, "content": _json(schemas[said.answer]) | texts}


def _refusals(schemas: Mapping[Any, Any]) -> dict[str, Any]:
    content = _json(schemas[Problems])
    return {status: {"description": why, "content": content} for status, why in _REFUSALS.items()}


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
