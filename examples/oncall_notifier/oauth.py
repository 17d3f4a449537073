"""The OAuth client: authorization request, callback, code exchange, refresh and revocation.

This is all that a partner has to get right. Every rule that matters is a line of this file, with its reason.
"""

import asyncio
import base64
import hashlib
import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx

TRIES = 4


class Refused(Exception):
    """The platform said no; `error` is its code (RFC 6749 section 5.2), `request_id` names the explanation."""

    def __init__(self, error: str, description: str, request_id: str = "") -> None:
        super().__init__(f"{error} - {description}")
        self.error = error
        self.request_id = request_id


@dataclass(frozen=True)
class Platform:
    """What a site says of itself in its metadata."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    api: str


@dataclass(frozen=True)
class Attempt:
    """An authorization that was begun: what must still be known when the browser comes back. `domain` is empty when
    it was begun at the site-neutral address."""

    domain: str
    state: str
    verifier: str


@dataclass(frozen=True)
class Tokens:
    """What the platform issued, and until when the access token is good."""

    access: str
    refresh: str
    scope: str
    expires_at: float

    @property
    def is_stale(self) -> bool:
        """Refreshed a minute early, so that no call sets out with a token that expires on its way."""
        return time.time() > self.expires_at - 60


class OAuthClient:
    """One registered client, at every site that this application knows."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        sites: dict[str, str],
        neutral: str = "",
    ) -> None:
        self._http = http
        self._credentials = httpx.BasicAuth(client_id, client_secret)
        self._client_id = client_id
        self._redirect_uri = redirect_uri
        self._sites = sites
        self._neutral = neutral
        self._platforms: dict[str, Platform] = {}

    async def platform(self, domain: str) -> Platform:
        """The endpoints of a site.

        `domain` comes from the query of the onboarding URL, so from anybody: it only chooses among the sites
        that we know. Otherwise a stranger's server would be sent our secret and our users.
        """
        if domain not in self._sites:
            raise Refused("unknown_site", f"{domain!r} is not a site that this application knows")
        if domain not in self._platforms:
            issuer = self._sites[domain]
            server = await self._metadata(f"{issuer}/.well-known/oauth-authorization-server")
            resource = await self._metadata(f"{issuer}/.well-known/oauth-protected-resource")
            if server["issuer"] != issuer:
                raise Refused("wrong_issuer", "the metadata belongs to somebody else")
            self._platforms[domain] = Platform(
                issuer,
                server["authorization_endpoint"],
                server["token_endpoint"],
                server["revocation_endpoint"],
                resource["resource"],
            )
        return self._platforms[domain]

    async def begin(self, domain: str) -> tuple[Attempt, str]:
        """A new attempt, to be kept with the browser's session, and where to send the browser.

        Without a domain the person picks the site on the way, at the site-neutral address.
        """
        attempt = Attempt(domain, secrets.token_urlsafe(32), secrets.token_urlsafe(64))
        digest = hashlib.sha256(attempt.verifier.encode()).digest()
        query = urlencode(
            {
                "client_id": self._client_id,
                "redirect_uri": self._redirect_uri,
                "response_type": "code",
                "state": attempt.state,
                "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
                "code_challenge_method": "S256",
            }
        )
        if not domain and self._neutral:
            return attempt, f"{self._neutral}/oauth2/v1/authorize?{query}"
        return attempt, f"{(await self.platform(domain)).authorization_endpoint}?{query}"

    async def finish(self, attempt: Attempt, answer: dict[str, str]) -> Tokens:
        """The tokens for what came back to the redirect URI. The site is the one of the attempt, or else the one that
        the answer names, if we know it.

        `state` says that this browser began the attempt, `iss` (RFC 9207) that the answer comes from the site
        to which the browser was sent, and the verifier (RFC 7636) that whoever redeems the code began it.
        """
        platform = await self.platform(attempt.domain or answer.get("domain", ""))
        if not secrets.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise Refused("wrong_state", "this browser did not begin the authorization")
        if answer.get("iss") != platform.issuer:
            raise Refused("wrong_issuer", "the answer comes from another site")
        if "error" in answer:
            raise Refused(answer["error"], answer.get("error_description", "the authorization was refused"))
        # A code works once, so this request is not repeated: when its answer is lost, the user connects again.
        return await self._token(
            platform,
            grant_type="authorization_code",
            code=answer.get("code", ""),
            redirect_uri=self._redirect_uri,
            code_verifier=attempt.verifier,
        )

    async def refresh(self, domain: str, tokens: Tokens) -> Tokens:
        """Fresh tokens. Repeating this is safe: the same refresh token gives the same successor until that is used.

        Raises:
            Refused: `invalid_grant` means that the user or an administrator ended it; they must connect again.
        """
        platform = await self.platform(domain)
        for wait_s in (*(0.2 * 2**n for n in range(TRIES - 1)), None):
            try:
                return await self._token(platform, grant_type="refresh_token", refresh_token=tokens.refresh)
            except (httpx.TransportError, httpx.HTTPStatusError):
                if wait_s is None:
                    raise
                await asyncio.sleep(wait_s)
        raise AssertionError("unreachable")

    async def revoke(self, domain: str, tokens: Tokens) -> None:
        """Give everything back: a refresh token takes the whole authorization with it (RFC 7009)."""
        platform = await self.platform(domain)
        form = {"token": tokens.refresh, "token_type_hint": "refresh_token"}
        answer = await self._http.post(platform.revocation_endpoint, data=form, auth=self._credentials)
        answer.raise_for_status()

    async def _token(self, platform: Platform, **form: str) -> Tokens:
        answer = await self._http.post(platform.token_endpoint, data=form, auth=self._credentials)
        if answer.status_code in (400, 401):
            told = answer.json()
            request_id = answer.headers.get("x-request-id", "")
            raise Refused(told["error"], told.get("error_description", ""), request_id)
        answer.raise_for_status()
        told = answer.json()
        return Tokens(
            told["access_token"], told["refresh_token"], told["scope"], time.time() + told["expires_in"]
        )

    async def _metadata(self, url: str) -> dict[str, str]:
        answer = await self._http.get(url)
        answer.raise_for_status()
        return dict(answer.json())
