"""A server that is not as it should be: it passes requests on to one that is, and lies here and there."""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx


@dataclass
class Asked:
    """A request, and how often the same one came before."""

    method: str
    target: str
    headers: dict[str, str]
    body: str
    times: int

    @property
    def path(self) -> str:
        """The path alone."""
        return urlsplit(self.target).path

    @property
    def typed(self) -> dict[str, str]:
        """The fields of a form or of the query."""
        pairs = parse_qs(self.body or urlsplit(self.target).query)
        return {name: values[0] for name, values in pairs.items()}

    @property
    def bearer(self) -> str:
        """The access token, or what is in its place."""
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass
class Told:
    """An answer, to be twisted."""

    status: int
    body: str = "{}"
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)

    def said(self, old: str, new: str) -> "Told":
        """Another word for one."""
        return replace(self, body=self.body.replace(old, new))

    def moved(self, pattern: str, new: str) -> "Told":
        """Another place to go."""
        location = re.sub(pattern, new, self.headers.get("location", ""))
        return replace(self, headers={**self.headers, "location": location})

    def without(self, header: str) -> "Told":
        """The answer without a header."""
        return replace(self, headers={k: v for k, v in self.headers.items() if k != header})


@dataclass(frozen=True)
class Lie:
    """When it is told, and what: `instead` of asking, or a `twist` of the right answer."""

    when: Callable[[Asked], bool]
    instead: Told | None = None
    twist: Callable[[Told], Told] = lambda told: told


@contextmanager
def liar(port: int, truth: str, lies: list[Lie]) -> Iterator[None]:
    """A liar that listens on `port`, in front of `truth`."""
    seen: Counter[tuple[str, str, str]] = Counter()
    http = httpx.Client(base_url=truth, timeout=30)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            same = (self.command, self.path, body)
            seen[same] += 1
            headers = {name.lower(): value for name, value in self.headers.items()}
            told = answered(Asked(self.command, self.path, headers, body, seen[same]))
            content = told.body.encode()
            self.send_response(told.status)
            for name, value in (*told.headers.items(), *(("set-cookie", one) for one in told.cookies)):
                if name not in (
                    "content-length",
                    "transfer-encoding",
                    "content-encoding",
                    "connection",
                    "date",
                ):
                    self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    def answered(asked: Asked) -> Told:
        told_here = [lie for lie in lies if lie.when(asked)]
        if replaced := next((lie.instead for lie in told_here if lie.instead), None):
            return replaced
        kept = {
            name: value
            for name, value in asked.headers.items()
            if name not in ("content-length", "connection")
        }
        answer = http.request(asked.method, asked.target, headers=kept, content=asked.body)
        headers = dict(answer.headers)
        headers.pop("set-cookie", None)
        told = Told(answer.status_code, answer.text, headers, answer.headers.get_list("set-cookie"))
        for lie in told_here:
            told = lie.twist(told)
        return told

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        http.close()


def to(path: str, method: str = "") -> Callable[[Asked], bool]:
    """Requests to a path."""
    return lambda asked: asked.path == path and method in ("", asked.method)


_YES = Told(200, "[]")
_TOKEN = "/oauth2/v1/token"
_AUTHORIZE = "/oauth2/v1/authorize"
_KEYS = "/api/v2/api_keys/marketplace"


def _refreshes(asked: Asked) -> bool:
    return asked.path == _TOKEN and asked.typed.get("grant_type") == "refresh_token"


def _twisted_json(name: str, value: object) -> Callable[[Told], Told]:
    def twist(told: Told) -> Told:
        return replace(told, body=json.dumps({**json.loads(told.body), name: value}))

    return twist


#: A lie for each check that can be told in one run, under the name of the check that must find it.
LIES: dict[str, Lie] = {
    "metadata": Lie(
        to("/.well-known/oauth-authorization-server"), twist=lambda told: told.said("S256", "plain")
    ),
    "resource": Lie(
        to("/.well-known/oauth-protected-resource"),
        twist=_twisted_json("authorization_servers", ["https://elsewhere.example"]),
    ),
    "unknown-client": Lie(
        lambda asked: asked.path == _AUTHORIZE and asked.typed.get("client_id", "").startswith("00000000-"),
        instead=Told(303, "", {"location": "https://elsewhere.example/?error=unauthorized_client"}),
    ),
    "other-redirect": Lie(
        lambda asked: asked.path == _AUTHORIZE and asked.typed.get("redirect_uri", "").endswith("/elsewhere"),
        twist=lambda told: told.said("Mismatching redirect URI", "Redirect URI differs"),
    ),
    "wildcard": Lie(
        lambda asked: asked.path == _AUTHORIZE and "//customer." in asked.typed.get("redirect_uri", ""),
        instead=Told(200, "<form>Allow?</form>"),
    ),
    "wrong-secret": Lie(
        lambda asked: asked.typed.get("client_secret", "").startswith("wrong"),
        twist=lambda told: told.without("www-authenticate"),
    ),
    "no-pkce": Lie(
        to(_AUTHORIZE), twist=lambda told: told.moved("error=invalid_request", "error=server_error")
    ),
    "unknown-scope": Lie(
        lambda asked: "no_such_scope" in asked.target,
        twist=lambda told: told.moved("iss=[^&]*", "iss=https%3A%2F%2Felsewhere.example"),
    ),
    "denied": Lie(
        lambda asked: asked.path == _AUTHORIZE and "decision=deny" in asked.body,
        twist=lambda told: told.moved("state=[^&]*", "state=another"),
    ),
    "allowed": Lie(to(_AUTHORIZE, "POST"), twist=lambda told: told.moved("domain=[^&]*", "domain=elsewhere")),
    "wrong-verifier": Lie(to(_TOKEN), twist=lambda told: told.said("Invalid code or", "Wrong code or")),
    "redeem-elsewhere": Lie(
        lambda asked: asked.path == _TOKEN and asked.typed.get("redirect_uri", "").endswith("/elsewhere"),
        instead=Told(500, "oops"),
    ),
    "redeemed": Lie(
        lambda asked: asked.path == _TOKEN and "authorization_code" in asked.body,
        twist=lambda told: told.said("monitors_write", ""),
    ),
    "refreshed": Lie(
        lambda asked: _refreshes(asked) and asked.times == 2,
        twist=lambda told: told.said('"refresh_token":"', '"refresh_token":"another'),
    ),
    "refreshed-json": Lie(
        lambda asked: asked.path == _TOKEN and "json" in asked.headers.get("content-type", ""),
        instead=Told(415, "{}"),
    ),
    "introspected": Lie(to("/oauth2/v1/introspect"), instead=Told(200, '{"active":false}')),
    "scope-dashboards_read": Lie(
        lambda asked: "/dashboard" in asked.path or "/powerpacks" in asked.path,
        instead=Told(403, '{"errors":["Forbidden"]}'),
    ),
    "no-token": Lie(
        lambda asked: asked.path.startswith("/api/") and not asked.bearer,
        twist=lambda told: told.without("www-authenticate"),
    ),
    "bad-token": Lie(
        lambda asked: re.fullmatch("[0-9a-f]{48}", asked.bearer) is not None,
        twist=lambda told: told.said("Forbidden", "Token not found"),
    ),
    "refresh-as-access": Lie(lambda asked: asked.bearer.startswith("lsrt_"), instead=_YES),
    "application-key": Lie(lambda asked: "dd-application-key" in asked.headers, instead=_YES),
    "beyond": Lie(to("/api/v1/hosts"), instead=_YES),
    "subdomain": Lie(lambda asked: asked.headers["host"].startswith("some-"), instead=_YES),
    "key": Lie(to(_KEYS), twist=lambda told: told.said("OAuth Client API Key", "My key")),
    "one-key": Lie(lambda asked: asked.path == _KEYS and asked.times > 1, instead=Told(201)),
    "key-valid": Lie(to("/api/v1/validate"), instead=Told(200, '{"valid":true}')),
    "token-sends": Lie(lambda asked: asked.path == "/api/v2/logs" and bool(asked.bearer), instead=Told(202)),
    "metric": Lie(to("/api/v1/series"), instead=Told(202)),
    "event": Lie(to("/api/v1/events", "POST"), instead=Told(202)),
    "log": Lie(to("/api/v2/logs"), instead=Told(202)),
    "revoked": Lie(to("/oauth2/v1/revoke"), instead=_YES),
    "stolen": Lie(_refreshes, twist=lambda told: told.said("invalid_grant", "invalid_request")),
    "key-revoked": Lie(
        lambda asked: asked.method == "POST" and asked.path.endswith("/revocation"),
        instead=Told(303, "", {"location": "/"}),
    ),
}
#: What more of one lie must be found.
ALSO = {
    "content-type": "wrong-verifier",
    "code-twice": "wrong-verifier",
    "token-revoked": "revoked",
    "again": "allowed",
}
