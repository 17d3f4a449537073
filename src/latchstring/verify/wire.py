"""HTTP as an integration speaks it: no redirect is followed, and what is shown of an answer holds no secret."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from latchstring.verify.verdicts import Violation

_PATIENCE_S = 20
_MOST_SHOWN = 240
_CREDENTIALS = re.compile(
    r"\b(ls(?:at|rt|cs|pt)_[A-Za-z0-9_]{4})[A-Za-z0-9_]+|\b([0-9a-f]{28})(?=[0-9a-f]{4}\b)"
)


class Vault:
    """Knows every secret of the run, so that none is shown."""

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        self._secrets = set(secrets)

    def keep(self, *secrets: object) -> None:
        """Remember what was given to us."""
        self._secrets.update(one for one in secrets if isinstance(one, str) and len(one) >= 8)

    def scrub(self, text: str) -> str:
        """`text` without any secret, also ones that nobody told us of but that look like one."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "(secret)")
        return _CREDENTIALS.sub(lambda found: f"{found[1] or ''}(secret)", text)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str
    vault: Vault = field(repr=False)

    def json(self) -> dict[str, Any]:
        """The body as an object; empty when it is none."""
        try:
            found = json.loads(self.text)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def shown(self) -> str:
        """Status and the beginning of the body, for people."""
        body = " ".join(self.vault.scrub(self.text).split())
        return f"{self.status} {body[:_MOST_SHOWN]}".strip()

    def wrong(self, expected: str) -> Violation:
        """That this is not what was expected."""
        return Violation(expected, self.shown, self.headers.get("x-request-id", ""))


class Wire:
    """Sends requests; one connection pool for a site."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self._http = httpx.Client(timeout=_PATIENCE_S, headers={"user-agent": "latchstring-verify"})

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def send(self, method: str, url: str, **how: Any) -> Answer:
        """Send one request as httpx takes it.

        Raises:
            Violation: nobody answers there.
        """
        try:
            answer = self._http.request(method, url, **how)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as problem:
            where = url.partition("?")[0]
            told = self.vault.scrub(f"{type(problem).__name__}: {problem}")
            raise Violation(f"an answer from {method} {where}", told) from None
        return Answer(answer.status_code, answer.headers, answer.text, self.vault)

    def call(self, token: str, method: str, url: str, **how: Any) -> Answer:
        """Call the API with an access token."""
        headers = {"authorization": f"Bearer {token}", **how.pop("headers", {})}
        return self.send(method, url, headers=headers, **how)
