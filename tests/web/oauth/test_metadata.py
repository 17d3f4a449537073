"""What the site says of itself to machines (RFC 8414, RFC 9728)."""

from urllib.parse import urlsplit

import pytest
from tests.settled import Settled

pytestmark = pytest.mark.asyncio(loop_scope="module")
ADVERTISED = ("authorization_endpoint", "token_endpoint", "revocation_endpoint", "introspection_endpoint")


@pytest.mark.row("A155", "A156")
async def test_the_issuer_is_where_the_metadata_was_found(settled: Settled) -> None:
    """Character for character, without a trailing slash, query or fragment."""
    answer = await settled.world.machine.get("/.well-known/oauth-authorization-server")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    issuer = answer.json()["issuer"]
    assert str(answer.url) == issuer + "/.well-known/oauth-authorization-server"
    parts = urlsplit(issuer)
    assert parts.scheme == "https" or parts.hostname == "localhost"
    assert not (parts.path or parts.query or parts.fragment)


@pytest.mark.row("A157", "R12")
async def test_the_required_members_are_there(settled: Settled) -> None:
    """Complete, and true for this server."""
    told = (await settled.world.machine.get("/.well-known/oauth-authorization-server")).json()
    assert set(ADVERTISED) <= set(told)
    assert told["response_types_supported"] == ["code"]
    assert set(told["grant_types_supported"]) == {"authorization_code", "refresh_token"}
    methods = {"client_secret_basic", "client_secret_post"}
    for endpoint in ("token", "revocation", "introspection"):
        assert set(told[f"{endpoint}_endpoint_auth_methods_supported"]) == methods
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["authorization_response_iss_parameter_supported"] is True
    assert set(told["scopes_supported"]) == set(settled.world.platform.contract.scopes)


@pytest.mark.row("A158")
@pytest.mark.parametrize("name", ADVERTISED)
async def test_every_advertised_endpoint_answers(settled: Settled, name: str) -> None:
    """On this site, and not with 404."""
    told = (await settled.world.machine.get("/.well-known/oauth-authorization-server")).json()
    assert told[name].startswith(told["issuer"] + "/")
    method = "GET" if name == "authorization_endpoint" else "POST"
    answer = await settled.world.machine.request(method, told[name])
    assert answer.status_code in (400, 401)


@pytest.mark.row("A158", "A198", "R29")
async def test_nothing_is_advertised_that_does_not_exist(settled: Settled) -> None:
    """No registration, no pushed requests, no DPoP, no OpenID features."""
    told = (await settled.world.machine.get("/.well-known/oauth-authorization-server")).json()
    endpoints = {name for name in told if name.endswith("_endpoint")}
    assert endpoints == set(ADVERTISED)
    absent = {"jwks_uri", "userinfo_endpoint", "id_token_signing_alg_values_supported", "subject_types_supported",
              "dpop_signing_alg_values_supported", "require_pushed_authorization_requests"}  # fmt: skip
    assert not absent & set(told)


async def test_openid_configuration_is_the_same_document(settled: Settled) -> None:
    """Some clients look only there; it claims nothing more."""
    machine = settled.world.machine
    one = await machine.get("/.well-known/oauth-authorization-server")
    other = await machine.get("/.well-known/openid-configuration")
    assert (one.json(), other.status_code) == (other.json(), 200)


async def test_the_api_describes_itself_as_a_protected_resource(settled: Settled) -> None:
    """RFC 9728: whom to ask for tokens, and how to present them."""
    machine = settled.world.machine
    told = (await machine.get("/.well-known/oauth-protected-resource")).json()
    issuer = (await machine.get("/.well-known/oauth-authorization-server")).json()["issuer"]
    assert told["authorization_servers"] == [issuer]
    assert told["bearer_methods_supported"] == ["header"]
    assert told["resource"] == settled.world.platform.site.api_origin


@pytest.mark.row("R20")
@pytest.mark.parametrize(
    "headers",
    [{"host": "evil.example"}, {"x-forwarded-host": "evil.example"}, {"forwarded": "host=evil.example"},
     {"x-forwarded-proto": "https"}, {"x-original-host": "evil.example"}],
)  # fmt: skip
async def test_request_headers_do_not_move_the_site(settled: Settled, headers: dict[str, str]) -> None:
    """Origins come from configuration."""
    answer = await settled.world.machine.get("/.well-known/oauth-authorization-server", headers=headers)
    assert "evil" not in answer.text
    assert answer.json()["issuer"] == settled.world.platform.site.issuer


@pytest.mark.row("B089")
@pytest.mark.parametrize(
    "path",
    ["/debug", "/admin", "/.git/config", "/.env", "/openapi.json", "/redoc", "/console", "/server-status",
     "/actuator", "/phpinfo.php", "/static/../settings.py", "/static/%2e%2e%2fsettings.py", "/static/.env",
     "/oauth2/v1/par", "/oauth2/v1/register", "/oauth2/v1/keys"],
)  # fmt: skip
async def test_there_is_nothing_else(settled: Settled, path: str) -> None:
    """No consoles, no sources, no dot files."""
    answer = await settled.world.machine.get(path)
    assert answer.status_code in (401, 404, 405)


@pytest.mark.row("B042", "R22")
@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:81000", "http://localhost:8100.evil"]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/oauth2/v1/token"), ("POST", "/oauth2/v1/revoke"), ("POST", "/oauth2/v1/introspect"),
     ("GET", "/oauth2/v1/authorize"), ("POST", "/api/v2/api_keys/marketplace"), ("GET", "/api/v1/monitor"),
     ("GET", "/sign-in"), ("GET", "/organization-settings/api-keys"), ("OPTIONS", "/oauth2/v1/token"),
     ("OPTIONS", "/oauth2/v1/authorize"), ("OPTIONS", "/api/v1/monitor")],
)  # fmt: skip
async def test_no_foreign_origin_is_let_in(settled: Settled, method: str, path: str, origin: str) -> None:
    """No CORS header reflects an origin, and never with credentials."""
    headers = {"origin": origin, "access-control-request-method": "POST"}
    answer = await settled.mina.browser.request(method, path, headers=headers)
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers.get("access-control-allow-origin", "*") == "*"
    if path.endswith("authorize"):
        assert "access-control-allow-origin" not in answer.headers
