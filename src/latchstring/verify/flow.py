"""The authorization code flow: ask, be allowed, redeem, refresh."""

from urllib.parse import parse_qs, urlsplit

from latchstring.verify.scene import BAD_CODE, Attempt, Scene, Tokens
from latchstring.verify.verdicts import Skipped, Violation
from latchstring.verify.wire import Answer


def without_pkce(scene: Scene) -> str:
    """A request without a code challenge goes back with invalid_request."""
    return _sent_back(scene, "invalid_request", "allow", code_challenge=None, code_challenge_method=None)


def beyond_the_client(scene: Scene) -> str:
    """A scope that the client does not have goes back with invalid_scope."""
    return _sent_back(scene, "invalid_scope", "allow", scope="no_such_scope")


def denied(scene: Scene) -> str:
    """When the person denies, the answer is access_denied with our state."""
    return _sent_back(scene, "access_denied", "deny")


def allowed(scene: Scene) -> str:
    """The person allows; code, state, iss, domain and site come back."""
    scene.attempt = attempt = scene.begin()
    given = came_back(scene, attempt, scene.window.decide(attempt.url, "allow"))
    if "code" not in given:
        raise Violation("a code", f"error={given.get('error', 'none')} {given.get('error_description', '')}")
    scene.code = given["code"]
    scene.wire.vault.keep(scene.code)
    for name, expected in (("iss", scene.issuer), ("domain", scene.site.domain)):
        if expected and given.get(name) != expected:
            raise Violation(f"{name}={expected}", f"{name}={given.get(name)}")
    if not given.get("site") or "/" in given["site"]:
        raise Violation("site, the authority where the user authorized", f"site={given.get('site')}")
    scene.authority = given["site"]
    return f"domain={given.get('domain')}, site={given['site']}"


def wrong_verifier(scene: Scene) -> str:
    """A wrong code verifier: the exact text, and the code is still good."""
    attempt, code = _with_code(scene)
    other = scene.begin().verifier
    return refused(scene.token_request(**scene.redemption(attempt, code, code_verifier=other)))


def wrong_content_type(scene: Scene) -> str:
    """The right parameters under another content type than JSON or form: the exact text."""
    attempt, code = _with_code(scene)
    pairs = {**scene.credentials(), **scene.redemption(attempt, code)}
    body = "&".join(f"{name}={value}" for name, value in pairs.items())
    headers = {"content-type": "text/plain"}
    return refused(scene.wire.send("POST", scene.endpoints.token, content=body, headers=headers))


def other_redirect_uri(scene: Scene) -> str:
    """Another redirect URI than the request's is refused at the token endpoint too."""
    attempt, code = _with_code(scene)
    other = scene.site.redirect_uri + "/elsewhere"
    answer = scene.token_request(**scene.redemption(attempt, code, redirect_uri=other))
    if answer.status != 400:
        raise answer.wrong("400")
    return f"400 {answer.json().get('error')}"


def redeemed(scene: Scene) -> str:
    """The code is redeemed, after all those refusals; the answer has every member, and is not to be stored."""
    attempt, code = _with_code(scene)
    scene.held = tokens = taken(scene, scene.token_request(**scene.redemption(attempt, code)))
    scene.spent, scene.code = code, ""
    missing = scene.requested - set(tokens.scope.split())
    if missing:
        raise Violation("every scope of the manifest", f"without {' '.join(sorted(missing))}")
    return f"granted: {tokens.scope}"


def refreshed(scene: Scene) -> str:
    """A refresh rotates; the same refresh token again, as after a lost answer, gives the same successor."""
    before = scene.tokens
    after = _refresh(scene, before.refresh)
    if after.refresh == before.refresh:
        raise Violation("another refresh token", "the same one")
    again = _refresh(scene, before.refresh)
    if again.refresh != after.refresh:
        raise Violation("the same successor for a repeated refresh", "another one")
    scene.held = again
    return "rotated; repeated, the same successor"


def refreshed_by_json(scene: Scene) -> str:
    """JSON means the same as a form; asking again for the scopes first asked for does no harm."""
    asked = {
        **scene.credentials(),
        "grant_type": "refresh_token",
        "refresh_token": scene.tokens.refresh,
        "scope": " ".join(scene.site.scopes),
    }
    scene.held = taken(scene, scene.wire.send("POST", scene.endpoints.token, json=asked))
    return "refreshed"


def refreshed_at_site(scene: Scene) -> str:
    """The address that `site` named takes token requests."""
    if not scene.authority:
        raise Skipped("no site came back with the code")
    parts = urlsplit(scene.endpoints.token)
    url = f"{parts.scheme}://{scene.authority}{parts.path}"
    fields = {"grant_type": "refresh_token", "refresh_token": scene.tokens.refresh}
    scene.held = taken(scene, scene.token_request(url, **fields))
    return f"refreshed at {scene.authority}"


def taken(scene: Scene, answer: Answer) -> Tokens:
    """The tokens of an answer that has everything clients rely on.

    Raises:
        Violation: it lacks something.
    """
    told = answer.json()
    scene.wire.vault.keep(told.get("access_token"), told.get("refresh_token"))
    if answer.status != 200:
        raise answer.wrong("200 with tokens")
    for name in ("access_token", "refresh_token", "scope"):
        if not isinstance(told.get(name), str):
            raise Violation(f"{name}, a string", f"an answer whose {name} is {type(told.get(name)).__name__}")
    if told.get("token_type") != "Bearer" or type(told.get("expires_in")) is not int:
        raise Violation(
            "token_type Bearer and an integer expires_in",
            f"{told.get('token_type')!r} and {told.get('expires_in')!r}",
        )
    if "no-store" not in answer.headers.get("cache-control", ""):
        raise Violation("Cache-Control: no-store", repr(answer.headers.get("cache-control")))
    return Tokens(told["access_token"], told["refresh_token"], told["scope"])


def came_back(scene: Scene, attempt: Attempt, address: str) -> dict[str, str]:
    """The parameters of an answer to our request.

    Raises:
        Violation: it came to another address, or is no answer to this request.
    """
    if not address.startswith(scene.site.redirect_uri):
        raise Violation(scene.site.redirect_uri, scene.wire.vault.scrub(address.partition("?")[0]))
    read = parse_qs(urlsplit(address).query, keep_blank_values=True)
    if twice := [name for name, values in read.items() if len(values) > 1]:
        raise Violation("each parameter once", f"{twice[0]} twice")
    given = {name: values[0] for name, values in read.items()}
    if given.get("state") != attempt.state:
        raise Violation("the state that was sent", "another one, or none")
    return given


def _refresh(scene: Scene, token: str) -> Tokens:
    return taken(scene, scene.token_request(grant_type="refresh_token", refresh_token=token))


def _with_code(scene: Scene) -> tuple[Attempt, str]:
    if scene.attempt is None or not scene.code:
        raise Skipped("there is no code: the flow did not end with one")
    return scene.attempt, scene.code


def refused(answer: Answer) -> str:
    """That a code was refused with the exact text.

    Raises:
        Violation: it was not.
    """
    told = answer.json()
    if answer.status != 400 or told.get("error_description") != BAD_CODE:
        raise answer.wrong(f"400 with the description {BAD_CODE}")
    return f"400, {BAD_CODE}"


def _sent_back(scene: Scene, error: str, decision: str, **changes: str | None) -> str:
    if scene.window.driven is None:
        raise Skipped("only with --drive")
    attempt = scene.begin(**changes)
    given = came_back(scene, attempt, scene.window.decide(attempt.url, decision))
    if given.get("error") != error:
        raise Violation(f"error={error}", f"error={given.get('error')}")
    if given.get("iss") != scene.issuer:
        raise Violation(f"iss={scene.issuer}", f"iss={given.get('iss')}")
    return f"error={error}"
