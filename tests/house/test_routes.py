"""Every URL is in one table, and says what it needs."""

import importlib
import pkgutil

import pytest
from tests.world import World

import latchstring.web
from latchstring.web.api.routes import ROUTES as API_ROUTES
from latchstring.web.needs import Anyone, Machine, PlatformCredential, Reviewer, SignedIn, Visitor
from latchstring.web.routes import PLATFORM_ROUTES
from latchstring.web.routing import Route

TABLE: tuple[Route, ...] = (*PLATFORM_ROUTES, *API_ROUTES)
#: The only paths that are open to the world; adding one is a decision.
OPEN = {
    "/network.json",
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-protected-resource",
    "/healthz",
    "/readyz",
    "/metrics",
    "/static/{file}",
    "/schemas/app-manifest.v1.json",
    "/platform/v1/openapi.json",
}
MACHINES = {"/oauth2/v1/token", "/oauth2/v1/revoke", "/oauth2/v1/introspect", "/oauth2/v1/misdirected"}


def rows_of_all_modules() -> set[tuple[str, str]]:
    """Every route that any module of `web` holds in a tuple."""
    found: set[tuple[str, str]] = set()
    for info in pkgutil.walk_packages(latchstring.web.__path__, "latchstring.web."):
        module = importlib.import_module(info.name)
        for value in vars(module).values():
            if isinstance(value, tuple):
                found |= {(row.method, row.path) for row in value if isinstance(row, Route)}
            elif isinstance(value, Route):
                found.add((value.method, value.path))
    return found


def test_every_route_says_what_it_needs() -> None:
    """There is no route without a need."""
    for route in TABLE:
        assert isinstance(
            route.needs, Anyone | Machine | Visitor | SignedIn | Reviewer | PlatformCredential
        ), route.path


def test_only_named_paths_are_open_to_the_world() -> None:
    """What needs nothing is listed here by name, or is the documentation."""
    opened = {route.path for route in TABLE if isinstance(route.needs, Anyone)}
    assert {path for path in opened if not path.startswith("/documentation")} <= OPEN


def test_only_the_protocols_endpoints_authenticate_by_themselves() -> None:
    """Handlers that see to their own authentication are the protocol's."""
    assert {route.path for route in TABLE if isinstance(route.needs, Machine)} == MACHINES


def test_no_route_is_twice_in_the_table() -> None:
    """One method and path, one handler."""
    rows = [(route.method, route.path) for route in TABLE]
    assert len(rows) == len(set(rows))


def test_no_module_keeps_routes_outside_the_table() -> None:
    """What a module calls its routes is served."""
    assert rows_of_all_modules() == {(route.method, route.path) for route in TABLE}


@pytest.mark.parametrize("route", API_ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_the_json_api_needs_a_credential(route: Route) -> None:
    """All of the JSON API but its own description takes a credential."""
    assert isinstance(route.needs, PlatformCredential) or route.path.endswith("/openapi.json")


async def test_routes_of_the_table_never_hide_the_hosts_operations(world: World) -> None:
    """No path of ours begins like a path of the host's API."""
    firsts = {operation.path.split("/")[1] for operation in world.platform.contract.operations.values()}
    assert not [route.path for route in TABLE if route.path.split("/")[1] in firsts]
