"""The API with the access token: each scope, and what must be refused."""

from functools import partial
from itertools import islice
from typing import Any

from latchstring.verify.operations import Operation, beyond, showing
from latchstring.verify.scene import FORBIDDEN, Scene
from latchstring.verify.verdicts import Skipped
from latchstring.verify.wire import Answer

_MOST_TRIED = 8
_REFUSED = (401, 403, 421)
_A_QUERY = "/api/v1/query"


def scope_works(scope: str, scene: Scene) -> str:
    """A call that needs the scope is let in; the most harmless one that the API has."""
    refused: Answer | None = None
    let_in: list[tuple[int, str]] = []
    for operation in islice(showing(scope, scene.requested, scene.offered), _MOST_TRIED):
        answer = _try(scene, operation)
        told = f"{operation.method} {operation.path}: {answer.status}"
        if answer.status < 300:
            if operation.method == "GET":
                scene.reading = scene.reading or operation.target
            return told
        if answer.status in _REFUSED:
            refused = answer
        else:
            let_in.append((answer.status, f"{told}, let in"))
    if let_in:
        return min(let_in)[1]
    if refused is not None:
        raise refused.wrong(f"a call with {scope} to be let in")
    raise Skipped("no operation of the API needs this scope")


def no_token(scene: Scene) -> str:
    """A call without a token: 401, the exact body, and a challenge."""
    answer = scene.wire.send("GET", _some(scene))
    _forbidden(answer, 401)
    if not answer.headers.get("www-authenticate", "").startswith("Bearer"):
        raise answer.wrong("WWW-Authenticate: Bearer")
    return "401 Forbidden"


def bad_token(scene: Scene) -> str:
    """A token that nobody issued: 401 and the exact body."""
    return _forbidden(scene.wire.call(scene.entropy.bytes(24).hex(), "GET", _some(scene)), 401)


def refresh_token_as_access_token(scene: Scene) -> str:
    """A refresh token is no access token."""
    return _forbidden(scene.wire.call(scene.tokens.refresh, "GET", _some(scene)), 401)


def application_key(scene: Scene) -> str:
    """An application key beside a token, or in its place, is forbidden."""
    answer = scene.wire.call(
        scene.tokens.access, "GET", _some(scene), headers={"dd-application-key": "a" * 40}
    )
    return _forbidden(answer, 403)


def beyond_the_scopes(scene: Scene) -> str:
    """An operation whose scope was not granted: 403 and the exact body."""
    operation = beyond(scene.requested, scene.offered)
    if operation is None:
        raise Skipped("the client's scopes suffice for every list of the API")
    return f"{operation.method} {operation.path}: {_forbidden(_try(scene, operation), 403)}"


def subdomain(scene: Scene) -> str:
    """An API host with an organization's subdomain is refused; never data."""
    headers = {"host": f"some-organization.{scene.domain}"}
    answer = scene.wire.call(scene.tokens.access, "GET", _some(scene), headers=headers)
    if not 400 <= answer.status < 500:
        raise answer.wrong("421, or another refusal")
    return str(answer.status)


def another_site(other: Scene, scene: Scene) -> str:
    """The token of one site is worth nothing on another, and neither is its refresh token."""
    _forbidden(scene.wire.call(scene.tokens.access, "GET", _some(other)), 401)
    answer = other.token_request(grant_type="refresh_token", refresh_token=scene.tokens.refresh)
    if answer.status not in (400, 401) or "access_token" in answer.json():
        raise answer.wrong(f"a refusal of {scene.site.key}'s refresh token")
    return f"both refused by {other.site.key}"


def ended(scene: Scene) -> str:
    """A call with a token that was ended is refused at once."""
    return _forbidden(scene.wire.call(scene.tokens.access, "GET", _some(scene)), 401)


def lets_in(scene: Scene) -> bool:
    """Whether a call with the access token held is let in."""
    return scene.wire.call(scene.tokens.access, "GET", _some(scene)).status not in _REFUSED


def per_scope(scopes: tuple[str, ...]) -> list[tuple[str, partial[str]]]:
    """A check for each scope that calls can show."""
    return [(scope, partial(scope_works, scope)) for scope in scopes if scope != "api_keys_write"]


def _try(scene: Scene, operation: Operation) -> Answer:
    how: dict[str, Any] = {} if operation.method in ("GET", "DELETE") else {"json": {}}
    if operation.path == _A_QUERY:
        now = int(scene.clock.now().timestamp())
        how["params"] = {"from": now - 60, "to": now, "query": "avg:latchstring.verify{*}"}
    return scene.call(operation.method, operation.target, **how)


def _some(scene: Scene) -> str:
    """An operation that worked, or else one that the scopes suffice for."""
    if scene.reading:
        return scene.endpoints.api + scene.reading
    held = scene.requested
    for one in scene.offered:
        if one.method == "GET" and "{" not in one.path and not one.api_key and one.takes(held):
            return scene.endpoints.api + one.path
    fitting = (one for scope in scene.site.scopes for one in showing(scope, held, scene.offered))
    chosen = next((one for one in fitting if one.method == "GET"), None)
    return scene.endpoints.api + (chosen.target if chosen else "/api/v1/monitor")


def _forbidden(answer: Answer, status: int) -> str:
    if answer.status != status or answer.json() != FORBIDDEN:
        raise answer.wrong(f'{status} with the body {{"errors":["Forbidden"]}}')
    return f"{status} Forbidden"
