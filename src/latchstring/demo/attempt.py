"""A partner's program without a partner: one authorization request with PKCE, and its code exchanged."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from latchstring.demo.walk import expect
from latchstring.kit.entropy import SystemEntropy


class Attempt:
    """One flow of a client, at one site."""

    def __init__(self, origin: str, client_id: str, client_secret: str, redirect_uri: str) -> None:
        self._origin = origin
        self._credentials = (client_id, client_secret)
        self._redirect_uri = redirect_uri
        self._verifier = SystemEntropy().bytes(48).hex()

    @property
    def url(self) -> str:
        """Where the person's browser is sent (RFC 7636 section 4.3)."""
        digest = hashlib.sha256(self._verifier.encode()).digest()
        query = {
            "client_id": self._credentials[0],
            "redirect_uri": self._redirect_uri,
            "response_type": "code",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{self._origin}/oauth2/v1/authorize?{urlencode(query)}"

    def redeem(self, location: str) -> dict[str, Any]:
        """The tokens for the code that the browser was sent back with; the token request goes to `domain`."""
        given = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        expect(given.get("iss") == self._origin, f"iss is {given.get('iss')}")
        answer = httpx.post(
            f"http://{given['domain']}/oauth2/v1/token",
            data={
                "grant_type": "authorization_code",
                "code": given["code"],
                "redirect_uri": self._redirect_uri,
                "code_verifier": self._verifier,
            },
            auth=self._credentials,
        )
        expect(answer.status_code == 200, f"the token request answered {answer.status_code}: {answer.text}")
        tokens: dict[str, Any] = answer.json()
        return tokens
