"""How an authorization ends: given back, or because something was used twice."""

from latchstring.verify import calls, flow
from latchstring.verify.scene import Scene
from latchstring.verify.verdicts import NotOffered, Skipped, Violation


def introspected(scene: Scene) -> str:
    """The client asks what its own token stands for."""
    if not scene.endpoints.introspect:
        raise NotOffered("the metadata names no introspection endpoint")
    fields = {**scene.credentials(), "token": scene.tokens.access}
    answer = scene.wire.send("POST", scene.endpoints.introspect, data=fields)
    if answer.status == 404:
        raise NotOffered("there is no introspection endpoint")
    if answer.json().get("active") is not True:
        raise answer.wrong("200 with active: true")
    return "active"


def access_token_revoked(scene: Scene) -> str:
    """Revoking an access token ends it at once, and it alone: a refresh gives another."""
    _revoke(scene, scene.tokens.access)
    calls.ended(scene)
    answer = scene.token_request(grant_type="refresh_token", refresh_token=scene.tokens.refresh)
    scene.held = flow.taken(scene, answer)
    _works(scene)
    return "refused at once; a refresh gave another"


def authorization_revoked(scene: Scene) -> str:
    """Revoking the refresh token ends the authorization: the next call and the next refresh fail."""
    _revoke(scene, scene.tokens.refresh)
    calls.ended(scene)
    _no_refresh(scene, scene.tokens.refresh)
    return "the next call: 401; the next refresh: invalid_grant"


def authorized_again(scene: Scene) -> str:
    """The person authorizes again, and everything works again."""
    scene.held = None
    flow.allowed(scene)
    flow.redeemed(scene)
    _works(scene)
    return "authorized again"


def code_used_twice(scene: Scene) -> str:
    """A code that is used twice is refused with the exact text, and what came of it ends."""
    if scene.attempt is None or not scene.spent:
        raise Skipped("there is no redeemed code")
    flow.refused(scene.token_request(**scene.redemption(scene.attempt, scene.spent)))
    calls.ended(scene)
    _no_refresh(scene, scene.tokens.refresh)
    return "refused, and its tokens with it"


def refresh_token_stolen(scene: Scene) -> str:
    """A refresh token of three generations ago is a stolen one: the authorization ends."""
    if scene.window.driven is None:
        raise Skipped("only with --drive")
    authorized_again(scene)
    old = scene.tokens.refresh
    for _ in range(3):
        fields = {"grant_type": "refresh_token", "refresh_token": scene.tokens.refresh}
        scene.held = flow.taken(scene, scene.token_request(**fields))
    newest = scene.tokens.refresh
    _no_refresh(scene, old)
    calls.ended(scene)
    _no_refresh(scene, newest)
    return "refused, and everything with it"


def _revoke(scene: Scene, token: str) -> None:
    if not scene.endpoints.revoke:
        raise NotOffered("the metadata names no revocation endpoint")
    headers = {"authorization": f"Bearer {scene.tokens.access}"}
    fields = {**scene.credentials(), "token": token}
    answer = scene.wire.send("POST", scene.endpoints.revoke, data=fields, headers=headers)
    if answer.status != 200:
        raise answer.wrong("200")


def _no_refresh(scene: Scene, token: str) -> None:
    answer = scene.token_request(grant_type="refresh_token", refresh_token=token)
    if (answer.status, answer.json().get("error")) != (400, "invalid_grant"):
        raise answer.wrong("400 with the error invalid_grant")


def _works(scene: Scene) -> None:
    if not calls.lets_in(scene):
        raise Violation("the new access token to work", "it is refused")
