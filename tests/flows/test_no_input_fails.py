"""No input of any kind is answered with a failure of ours: every route, every parameter, generated."""

import json
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.world import REDIRECT, Partner, Person, World

from latchstring.accounts import credentials, sessions
from latchstring.contract.load import load_contract, shipped_contract_path
from latchstring.sample_host.handlers import HANDLERS, handler_key
from latchstring.web import cookies
from latchstring.web.api.routes import ROUTES as API_ROUTES
from latchstring.web.routes import PLATFORM_ROUTES
from latchstring.web.show import FORM

pytestmark = [pytest.mark.row("B023", "B024", "B033", "R8")]
_ROUTES = [(route.method, route.path) for route in (*PLATFORM_ROUTES, *API_ROUTES)]
_NAMES = (
    "client_id", "client_secret", "redirect_uri", "response_type", "scope", "state", "code_challenge",
    "code_challenge_method", "decision", "csrf", "next", "email", "password", "code", "code_verifier", "grant_type",
    "refresh_token", "token", "search", "q", "page", "limit", "cursor", "after", "filter[query]", "name", "kind", "id",
    "organization", "request_id", "locale", "theme", "api_key", "from", "to", "query", "start", "end",
)  # fmt: skip
_NASTY = (
    "", " ", "\x00", "%00", "\ud800", "\U0010ffff", "a" * 70_000, "-1", "0", "99999999999999999999", "1e309", "NaN",
    "null", "true", "[]", "{}", "'", '"', "\\", "../..", "..%2f", "\r\nX: y", "lsat_us1_", "lsrt_us1_" + "0" * 140,
    "00000000-0000-0000-0000-000000000000", "authorization_code", "refresh_token", "code", "S256", "allow", REDIRECT,
    "2026-02-30T00:00:00Z", "now-1h", "*", "%", "_", "\u202e", "ﷺ", "Basic eDp5", "Basic ====", "Bearer ",
)  # fmt: skip
_VALUES = st.one_of(
    st.sampled_from(_NASTY), st.text(max_size=40), st.integers().map(str), st.uuids().map(str)
)
_FIELDS = st.lists(st.tuples(st.one_of(st.sampled_from(_NAMES), st.text(max_size=10)), _VALUES), max_size=7)
_JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _VALUES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_NAMES) | st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)
_TYPES = (
    "application/x-www-form-urlencoded",
    "application/json",
    "text/plain",
    "multipart/form-data; boundary=x",
    "",
)
_HEADERS = ("authorization", "dd-api-key", "cookie", "host", "accept", "accept-language", "content-encoding", "origin",
            "x-forwarded-for", "if-none-match", "range", "user-agent", "content-type")  # fmt: skip
_TIMES = settings(
    max_examples=150, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


def encoded(text: str) -> bytes:
    """Text as bytes, lone surrogates and all."""
    return text.encode("utf-8", "surrogatepass")


@st.composite
def requests(draw: st.DrawFn, routes: list[tuple[str, str]]) -> dict[str, Any]:
    """A request of one of the routes, more or less."""
    method, path = draw(st.sampled_from(routes))
    method = draw(
        st.sampled_from((method, method, method, "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
    )
    segments = []
    for segment in path.split("/"):
        value = draw(_VALUES) if segment.startswith("{") else segment
        segments.append(value[:200] if value == segment else quote(encoded(value)[:200], safe="%"))
    headers = {"content-type": draw(st.sampled_from(_TYPES))}
    for name, value in draw(st.lists(st.tuples(st.sampled_from(_HEADERS), _VALUES), max_size=3)):
        headers[name] = value
    return {
        "method": method,
        "target": "/".join(segments),
        "query": [(encoded(name), encoded(value[:2000])) for name, value in draw(_FIELDS)],
        "fields": [(encoded(name), encoded(value)) for name, value in draw(_FIELDS)],
        "json": draw(st.none() | _JSON),
        "headers": {name: encoded(value)[:4000].replace(b"\r\n", b"") for name, value in headers.items()},
        "as_whom": draw(st.sampled_from(("nobody", "client", "person", "token", "operator"))),
    }


class Stranger:
    """Sends what was generated, as one of several people and machines."""

    def __init__(self, world: World, person: Person, partner: Partner, token: str, operator: str) -> None:
        self.world, self.person, self.partner, self.token, self.operator = (
            world,
            person,
            partner,
            token,
            operator,
        )

    async def send(self, asked: dict[str, Any]) -> httpx.Response:
        """Send it."""
        fields = list(asked["fields"])
        headers: dict[str, bytes] = dict(asked["headers"])
        client = self.world.machine
        if asked["as_whom"] == "client":
            fields += [(b"client_id", self.partner.client_id.encode())]
            fields += [(b"client_secret", self.partner.client_secret.encode())]
        elif asked["as_whom"] == "token":
            headers["authorization"] = f"Bearer {self.token}".encode()
        elif asked["as_whom"] == "operator":
            headers["authorization"] = f"Bearer {self.operator}".encode()
        elif asked["as_whom"] == "person":
            client = self.person.browser
            fields += [(b"csrf", self.csrf().encode())]
            headers["content-type"] = b"application/x-www-form-urlencoded"
        body = urlencode(fields).encode()
        if asked["json"] is not None and asked["as_whom"] != "person":
            body = json.dumps(asked["json"]).encode()
        path = asked["target"] + ("?" + urlencode(asked["query"]) if asked["query"] else "")
        url = httpx.URL("http://localhost:8100").copy_with(raw_path=path.encode() or b"/")
        pairs = [(name.encode(), value) for name, value in headers.items()]
        return await client.request(asked["method"], url, content=body, headers=pairs)

    def csrf(self) -> str:
        """The token that makes the door believe that our own form was sent."""
        platform = self.world.platform
        cookie = self.person.browser.cookies.get(cookies.name_of(cookies.SESSION, platform.site), "")
        bound: bytes | str = sessions.digest_of(platform.keys, cookie) if cookie else ""
        return sessions.csrf_token(platform.keys, bound, FORM)


@pytest.fixture
async def stranger(world: World) -> Stranger:
    """Everybody who may send something."""
    scopes = tuple(sorted(scope for scope in world.platform.contract.scopes))
    partner = await world.publish(await world.partner(scopes=scopes))
    person = await world.person(await world.organization())
    await world.sign_in(person)
    flow = await world.flow(person, partner)
    return Stranger(world, person, partner, flow.access, await operator(world))


async def operator(world: World) -> str:
    """A credential that may do everything."""
    platform = world.platform
    async with platform.database.transaction() as tx:
        made = await credentials.mint(
            tx, platform.keys, platform.entropy, world.act, site=platform.site.key, name="Tester"
        )
    return made.value


@_TIMES
@given(asked=requests(_ROUTES))
async def test_no_input_to_our_routes_fails(stranger: Stranger, asked: dict[str, Any]) -> None:
    """Whatever is sent to whichever of our routes by whomever, the answer is not a 5xx."""
    answer = await stranger.send(asked)
    assert answer.status_code < 500, (asked, answer.text)


_CONTRACT = load_contract(shipped_contract_path())
_OPERATIONS = [
    (o.method, o.path) for o in _CONTRACT.operations.values() if handler_key(o.method, o.path) in HANDLERS
]


@_TIMES
@given(asked=requests(_OPERATIONS))
async def test_no_input_to_the_host_api_fails(stranger: Stranger, asked: dict[str, Any]) -> None:
    """Whatever is sent to whichever operation, with or without a token, the answer is not a 5xx."""
    answer = await stranger.send(
        {**asked, "as_whom": "token" if asked["as_whom"] == "person" else asked["as_whom"]}
    )
    assert answer.status_code < 500 or answer.status_code == 501, (asked, answer.text)
