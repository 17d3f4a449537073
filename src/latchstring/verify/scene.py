"""One site while it is verified: what is known of it, and what the integration holds by now."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from latchstring.kit.clock import Clock
from latchstring.kit.entropy import Entropy
from latchstring.verify.operations import Operation
from latchstring.verify.scenario import SiteScenario
from latchstring.verify.verdicts import Skipped
from latchstring.verify.window import Window
from latchstring.verify.wire import Answer, Wire

#: The exact texts of the contract.
UNKNOWN_CLIENT = "invalid_request - Invalid client_id parameter value"
OTHER_REDIRECT = "invalid_request - Mismatching redirect URI"
BAD_CODE = "Invalid code or code verifier"
FORBIDDEN: dict[str, Any] = {"errors": ["Forbidden"]}


@dataclass(slots=True)
class Endpoints:
    """Where to go; until discovery says otherwise, the documented paths."""

    authorize: str
    token: str
    revoke: str
    introspect: str
    api: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """An authorization request of ours."""

    url: str
    state: str
    verifier: str


@dataclass(slots=True)
class Tokens:
    """What the token endpoint gave last."""

    access: str
    refresh: str
    scope: str


@dataclass
class Scene:
    """One site. What a check needs and an earlier one did not get is `Skipped`, not failed twice."""

    site: SiteScenario
    wire: Wire
    window: Window
    offered: tuple[Operation, ...]
    clock: Clock
    entropy: Entropy
    pause: Callable[[float], None]
    endpoints: Endpoints = field(init=False)
    attempt: Attempt | None = None
    code: str = ""
    authority: str = ""
    spent: str = ""
    api_key: str = ""
    marker: str = ""
    reading: str = ""
    issuer: str = ""
    held: Tokens | None = None

    def __post_init__(self) -> None:
        """Begin with the documented paths."""
        pages, api = self.site.issuer, self.site.api or self.site.issuer
        self.endpoints = Endpoints(
            f"{pages}/oauth2/v1/authorize",
            f"{api}/oauth2/v1/token",
            f"{api}/oauth2/v1/revoke",
            f"{api}/oauth2/v1/introspect",
            api,
        )
        self.issuer, self.api_key = pages, self.site.api_key
        self.marker = self.entropy.bytes(6).hex()

    @property
    def requested(self) -> frozenset[str]:
        """The scopes of the manifest."""
        return frozenset(self.site.scopes)

    @property
    def tokens(self) -> Tokens:
        """The tokens held.

        Raises:
            Skipped: there are none.
        """
        if self.held is None:
            raise Skipped("there is no token: redeeming the code did not work")
        return self.held

    @property
    def key(self) -> str:
        """The API key held.

        Raises:
            Skipped: there is none.
        """
        if not self.api_key:
            raise Skipped("there is no API key: creating one did not work, or the client does not request it")
        return self.api_key

    @property
    def domain(self) -> str:
        """The site's domain as the scenario has it, else the authority of its API."""
        return self.site.domain or urlsplit(self.endpoints.api).netloc

    def begin(self, **changes: str | None) -> Attempt:
        """A new authorization request, with changes; None leaves a parameter out."""
        verifier, state = self._chance(48), self._chance(18)
        self.wire.vault.keep(verifier, state)
        digest = hashlib.sha256(verifier.encode()).digest()
        asked: dict[str, str | None] = {
            "client_id": self.site.client_id,
            "redirect_uri": self.site.redirect_uri,
            "response_type": "code",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "state": state,
            **changes,
        }
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        return Attempt(f"{self.endpoints.authorize}?{query}", state, verifier)

    def token_request(self, url: str = "", /, secret: str | None = None, **parameters: str) -> Answer:
        """A form to the token endpoint, with our credentials in the body."""
        return self.wire.send(
            "POST", url or self.endpoints.token, data={**self.credentials(secret), **parameters}
        )

    def credentials(self, secret: str | None = None) -> dict[str, str]:
        """The client's credentials; another secret in their place when given."""
        return {"client_id": self.site.client_id, "client_secret": secret or self.site.client_secret}

    def redemption(self, attempt: Attempt, code: str, **changes: str) -> dict[str, str]:
        """The parameters that redeem a code, with changes."""
        return {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.site.redirect_uri,
            "code_verifier": attempt.verifier,
            **changes,
        }

    def call(self, method: str, path: str, **how: Any) -> Answer:
        """Call the API with the access token held."""
        return self.wire.call(self.tokens.access, method, self.endpoints.api + path, **how)

    def close(self) -> None:
        """Hang up and close the browser."""
        self.wire.close()
        if self.window.driven is not None:
            self.window.driven.close()

    def _chance(self, count: int) -> str:
        return base64.urlsafe_b64encode(self.entropy.bytes(count)).decode()
