"""The API key, and data that is sent with it and read back."""

from collections.abc import Callable
from typing import Any

from latchstring.verify.operations import find
from latchstring.verify.scene import Scene
from latchstring.verify.verdicts import Skipped, Violation
from latchstring.verify.wire import Answer

_KEYS = "/api/v2/api_keys/marketplace"
_LOOKS, _PAUSE_S = 40, 0.25
_METRIC = "latchstring.verify"
_HEX = set("0123456789abcdef")


def key_created(scene: Scene) -> str:
    """The token makes an API key of the documented shape, under the documented name."""
    _needs(scene, "api_keys_write")
    if scene.api_key:
        raise Skipped("a key was given")
    answer = scene.call("POST", _KEYS)
    data = answer.json().get("data") or {}
    about: dict[str, Any] = data.get("attributes") or {}
    scene.wire.vault.keep(about.get("key"))
    if answer.status == 409:
        raise Violation(
            "201 with a key",
            "409: there is a live key already. Revoke it on the API Keys page, or give it in"
            f" LATCHSTRING_VERIFY_{scene.site.key.upper()}_API_KEY",
        )
    if answer.status != 201 or data.get("type") != "api_keys":
        raise answer.wrong("201 with a key")
    key = str(about.get("key", ""))
    scene.api_key = key
    if len(key) != 32 or not set(key) <= _HEX or about.get("last4") != key[-4:]:
        raise Violation("32 hex digits, and their last four", "another form")
    if about.get("name") != "OAuth Client API Key":
        raise Violation("the name OAuth Client API Key", repr(about.get("name")))
    return f"a key that ends in {about['last4']}"


def only_one_key(scene: Scene) -> str:
    """A second key is refused while the first lives, and the first is not shown again."""
    _needs(scene, "api_keys_write")
    answer = scene.call("POST", _KEYS)
    if answer.status != 409 or scene.key in answer.text:
        raise answer.wrong("409")
    return "409"


def key_valid(scene: Scene) -> str:
    """The key is accepted, and another one is not."""
    answer = _with_key(scene, "GET", "/api/v1/validate")
    if answer.status != 200 or answer.json().get("valid") is not True:
        raise answer.wrong('200 {"valid":true}')
    other = scene.wire.send(
        "GET", scene.endpoints.api + "/api/v1/validate", headers={"dd-api-key": scene.entropy.bytes(16).hex()}
    )
    if other.status != 403:
        raise other.wrong("403 for a key that nobody has")
    return "accepted; another one refused"


def token_sends_nothing(scene: Scene) -> str:
    """There is no scope for sending: intake refuses the access token and takes the key."""
    answer = scene.call("POST", "/api/v2/logs", json=[{"message": "not to be kept"}])
    if answer.status not in (401, 403):
        raise answer.wrong("401 or 403")
    return str(answer.status)


def metric(scene: Scene) -> str:
    """A metric is sent, queried and found."""
    now = int(scene.clock.now().timestamp())
    tag = f"run:{scene.marker}"
    points = {"metric": _METRIC, "type": "gauge", "points": [[now, 1]], "tags": [tag]}
    _accepted(_with_key(scene, "POST", "/api/v1/series", json={"series": [points]}))
    query = {"from": now - 300, "to": now + 300, "query": f"avg:{_METRIC}{{{tag}}}"}
    return _read_back(scene, "/api/v1/query", query, lambda told: bool(told.json().get("series")))


def event(scene: Scene) -> str:
    """An event is sent and read."""
    now = int(scene.clock.now().timestamp())
    sent = {"title": "Integration verified", "text": scene.marker, "tags": ["source:latchstring-verify"]}
    _accepted(_with_key(scene, "POST", "/api/v1/events", json=sent))
    span = {"start": now - 300, "end": now + 300}
    return _read_back(scene, "/api/v1/events", span, lambda told: scene.marker in told.text)


def log(scene: Scene) -> str:
    """A log line is sent, searched and found."""
    line = {"message": f"verified {scene.marker}", "service": "latchstring-verify", "ddsource": "verify"}
    _accepted(_with_key(scene, "POST", "/api/v2/logs", json=[line]))
    query = {"filter[query]": "service:latchstring-verify", "filter[from]": "now-5m", "page[limit]": 100}
    return _read_back(scene, "/api/v2/logs/events", query, lambda told: scene.marker in told.text)


def key_revoked(scene: Scene) -> str:
    """A key that is revoked on the API Keys page is refused from then on."""
    if (browser := scene.window.driven) is None:
        raise Skipped(f"only with --drive; revoke the key that ends in {scene.key[-4:]} on the API Keys page")
    if scene.site.api_key:
        raise Skipped("the key was given, and stays")
    if not browser.revoke_key(scene.site.issuer + "/organization-settings/api-keys", scene.key[-4:]):
        raise Violation(f"a key that ends in {scene.key[-4:]} on the API Keys page", "none")
    answer = _with_key(scene, "GET", "/api/v1/validate")
    if answer.status != 403:
        raise answer.wrong("403")
    return "403"


def _needs(scene: Scene, scope: str) -> None:
    if scope not in scene.requested:
        raise Skipped(f"the client does not request {scope}")


def _with_key(scene: Scene, method: str, path: str, **how: Any) -> Answer:
    return scene.wire.send(method, scene.endpoints.api + path, headers={"dd-api-key": scene.key}, **how)


def _accepted(answer: Answer) -> None:
    if answer.status not in (200, 201, 202):
        raise answer.wrong("202")


def _read_back(scene: Scene, path: str, query: dict[str, Any], found: Callable[[Answer], bool]) -> str:
    operation = find("GET", path, scene.offered)
    if operation is None or not operation.takes(scene.requested):
        return "accepted; no requested scope reads it back"
    for _ in range(_LOOKS):
        answer = scene.call("GET", path, params=query)
        if answer.status == 200 and found(answer):
            return f"accepted, and read back by GET {path}"
        scene.pause(_PAUSE_S)
    raise answer.wrong(f"what was sent, in GET {path}")
