"""What the site says of itself, before anybody signs in."""

from typing import Any

from latchstring.verify.scene import OTHER_REDIRECT, UNKNOWN_CLIENT, Scene
from latchstring.verify.verdicts import NotOffered, Violation
from latchstring.verify.wire import Answer

_NOBODY = "00000000-0000-4000-8000-000000000000"
_WANTED = {"authorization_endpoint": "authorize", "token_endpoint": "token"}
_OPTIONAL = {"revocation_endpoint": "revoke", "introspection_endpoint": "introspect"}


def server_metadata(scene: Scene) -> str:
    """Discover the endpoints (RFC 8414); the issuer is ours to the character, and PKCE with S256 is there."""
    told = _read(scene, scene.site.issuer + "/.well-known/oauth-authorization-server")
    if told.get("issuer") != scene.site.issuer:
        raise Violation(f"the issuer {scene.site.issuer}", repr(told.get("issuer")))
    if "S256" not in (told.get("code_challenge_methods_supported") or ()):
        raise Violation("code_challenge_methods_supported with S256", "metadata without it")
    for name, place in {**_WANTED, **_OPTIONAL}.items():
        if isinstance(told.get(name), str):
            setattr(scene.endpoints, place, _address(scene, name, told[name]))
        elif name in _WANTED:
            raise Violation(f"{name} in the metadata", "metadata without it")
        else:
            setattr(scene.endpoints, place, "")
    return f"token endpoint {scene.endpoints.token}"


def resource_metadata(scene: Scene) -> str:
    """The API says which server issues its tokens (RFC 9728)."""
    told = _read(scene, scene.endpoints.api + "/.well-known/oauth-protected-resource")
    if scene.site.issuer not in (told.get("authorization_servers") or ()):
        raise Violation(f"authorization_servers with {scene.site.issuer}", "metadata without it")
    if not scene.site.api:
        scene.endpoints.api = _address(scene, "resource", str(told.get("resource", ""))).rstrip("/")
    return f"API at {scene.endpoints.api}"


def unknown_client(scene: Scene) -> str:
    """A client ID that nobody has: the exact text on a page, never a redirect."""
    return _shown(scene, UNKNOWN_CLIENT, client_id=_NOBODY)


def other_redirect_uri(scene: Scene) -> str:
    """A redirect URI that is not registered: the exact text on a page, never a redirect."""
    return _shown(scene, OTHER_REDIRECT, redirect_uri=scene.site.redirect_uri + "/elsewhere")


def subdomain_of_redirect_uri(scene: Scene) -> str:
    """Redirect URIs are exact: a subdomain of the registered host is another one."""
    scheme, _, rest = scene.site.redirect_uri.partition("://")
    return _shown(scene, OTHER_REDIRECT, redirect_uri=f"{scheme}://customer.{rest}")


def wrong_secret(scene: Scene) -> str:
    """A wrong secret: 401 invalid_client with a challenge."""
    code = scene.entropy.bytes(24).hex()
    answer = scene.token_request(
        secret="wrong" + scene.entropy.bytes(16).hex(), **scene.redemption(scene.begin(), code)
    )
    if (answer.status, answer.json().get("error")) != (401, "invalid_client"):
        raise answer.wrong("401 with the error invalid_client")
    if "www-authenticate" not in answer.headers:
        raise answer.wrong("WWW-Authenticate with the 401")
    return "401 invalid_client"


def _read(scene: Scene, url: str) -> dict[str, Any]:
    answer = scene.wire.send("GET", url, headers={"accept": "application/json"})
    if answer.status == 404:
        raise NotOffered("there is no such metadata; the documented paths are used")
    if answer.status != 200 or not answer.json():
        raise answer.wrong("200 with a JSON object")
    return answer.json()


def _address(scene: Scene, name: str, url: str) -> str:
    """Credentials go where the metadata says, but never in the clear to another machine."""
    if url.startswith("https://") or scene.site.issuer.startswith("http://"):
        return url
    raise Violation(f"{name} over https", url[:100])


def _shown(scene: Scene, text: str, **changes: str) -> str:
    url = scene.begin(**changes).url
    if (browser := scene.window.driven) is not None:
        status, location, page = browser.read(url)
        answer = Answer(status, {"location": location} if location else {}, page, scene.wire.vault)
    else:
        answer = scene.wire.send("GET", url, headers={"accept": "text/html"})
    if 300 <= answer.status < 400:
        raise Violation(f"a page that says {text}", f"{answer.status}, a redirect")
    if text not in " ".join(answer.text.split()):
        raise answer.wrong(f"a page that says {text}")
    return f"{answer.status}, {text}"
