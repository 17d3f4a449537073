"""The OpenAPI document is served, complete and true: generated requests are answered as it says."""

import asyncio
import re
import warnings
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode
from tests.soak import SOAKING
from tests.web.api.conftest import V1, Caller, caller
from tests.world import ORIGIN, World

from latchstring.web.api.routes import ROUTES

load_all_checks()
EXAMPLES = 50 if SOAKING else 5
KEPT = [
    CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "allow_header_conformance",
    )
]


async def test_the_document_names_every_route_and_its_needs(world: World) -> None:
    """Served to anybody, and made from the same rows that are served."""
    answer = await Caller(world).get("/openapi.json")
    assert answer.status_code == 200
    document = answer.json()
    documented = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    rows = {(route.method, route.path) for route in ROUTES}
    assert documented == rows - {("GET", V1 + "/openapi.json")}
    ids = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(ids) == len(set(ids))
    assert (
        "apps_manage" in document["paths"][V1 + "/organizations/{organization_id}/apps"]["get"]["description"]
    )
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in document["components"]["schemas"])


@pytest.mark.row("R8", "B024", "B033")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
async def test_generated_requests_are_answered_as_the_document_says(
    world: World, mode: GenerationMode
) -> None:
    """schemathesis: no 5xx, and status, content type, headers and body as documented, for right and wrong input."""
    operator, real = await caller(world), await _things(world)
    document = (await operator.get("/openapi.json")).json()
    schema = schemathesis.openapi.from_dict(document)
    loop = asyncio.get_running_loop()

    def send(request: dict[str, Any]) -> httpx.Response:
        return asyncio.run_coroutine_threadsafe(_send(world, operator, request), loop).result()

    seen = await asyncio.to_thread(_try_all, schema, mode, real, send)
    made = {201} if mode is GenerationMode.POSITIVE or SOAKING else set()  # wrong input seldom makes anything
    assert {200, 204, 400, 404, 409} | made <= seen, "requests got past the door and did something"
    assert 401 not in seen


def _try_all(schema: Any, mode: GenerationMode, real: dict[str, str], send: Any) -> set[int]:
    """Try every operation; the statuses that were seen."""
    seen: set[int] = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        _try(operation.as_strategy(generation_mode=mode), real, send, seen)
    return seen


def _try(strategy: Any, real: dict[str, str], send: Any, seen: set[int]) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy, known=st.booleans())
    def answered_as_documented(case: Any, known: bool) -> None:
        if known:
            for name in set(case.path_parameters or {}) & set(real):
                case.path_parameters[name] = real[name]
        request = case.as_transport_kwargs(base_url=ORIGIN)
        answer = send(request)
        seen.add(answer.status_code)
        case.validate_response(answer, checks=KEPT)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        answered_as_documented()


async def _send(world: World, operator: Caller, request: dict[str, Any]) -> httpx.Response:
    transport = httpx.ASGITransport(app=world.door)
    kept = {
        name: value
        for name, value in (request.get("headers") or {}).items()
        if name.lower() != "authorization"
    }
    headers = {**kept, "authorization": f"Bearer {operator.value}"}
    sent = {
        name: request[name] for name in ("params", "json", "data", "cookies") if request.get(name) is not None
    }
    if isinstance(sent.get("data"), str | bytes):
        sent["content"] = sent.pop("data")
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.request(request["method"], request["url"], headers=headers, **sent)


async def _things(world: World) -> dict[str, str]:
    """Ids of things that exist."""
    partner = await world.partner()
    rows = await world.platform.database.fetch("SELECT id FROM roles WHERE name = 'Admin' LIMIT 1")
    return {
        "organization_id": str(partner.organization_id),
        "user_id": str(partner.developer.id),
        "app_id": str(partner.app_id),
        "client_id": partner.client_id,
        "role_id": str(rows[0]["id"]),
        "scope": "api_keys_write",
    }
