"""A site over HTTP, for commands that run where its database is not: its JSON API with a personal credential."""

import json
import os
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import IO, Any, TypeVar
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import msgspec

from latchstring.accounts.refused import Refused
from latchstring.web.api.answers import One

T = TypeVar("T")
#: The environment variable that holds the credential: arguments can be read by everybody on a machine.
VARIABLE = "LATCHSTRING_CREDENTIAL"
_LARGEST = 16 * 1024 * 1024
_PATIENCE_S = 60
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class _Stay(urllib.request.HTTPRedirectHandler):
    """Never follow anywhere: the credential is for this site."""

    def redirect_request(
        self, req: Any, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        """See `HTTPRedirectHandler`."""


_OPENER = urllib.request.build_opener(_Stay)


@dataclass(frozen=True, slots=True)
class RemoteSite:
    """A site's JSON API, and the credential to ask it with."""

    origin: str
    credential: str
    #: What sentences of the answers are asked for in.
    language: str = "en"

    def organization(self, named: str | None) -> UUID:
        """The organization that the credential acts in, or the one of this id.

        Raises:
            Refused: it is none, or an operator's credential that acts in all of them.
        """
        if named is not None:
            return _uuid(named)
        own: str | None = msgspec.json.decode(self.ask("GET", "/caller"))["data"]["organization_id"]
        if own is None:
            raise Refused(
                "an operator's credential acts in every organization; say which with --organization"
            )
        return _uuid(own)

    def read(self, type_: type[T], method: str, path: str, body: bytes | None = None, **query: str) -> T:
        """The answer's resource as `type_`."""
        try:
            answer: Any = msgspec.json.decode(self.ask(method, path, body, **query), type=One[type_])  # type: ignore[valid-type]
        except msgspec.DecodeError:
            raise Refused(f"{self.origin} answered with something else than this version's API") from None
        found: T = answer.data
        return found

    def ask(self, method: str, path: str, body: bytes | None = None, **query: str) -> bytes:
        """The body of the answer.

        Raises:
            Refused: the site refused, in its own words, or can't be reached.
        """
        url = f"{self.origin}/platform/v1{path}" + (f"?{urlencode(query)}" if query else "")
        headers = {
            "Authorization": f"Bearer {self.credential}",
            "Accept": "application/json",
            "Accept-Language": self.language,
        }
        if body is not None:
            headers["Content-Type"] = "application/json"
        asked = urllib.request.Request(url, body, headers, method=method)  # noqa: S310 - the origin is checked
        try:
            with _OPENER.open(asked, timeout=_PATIENCE_S) as answer:
                content: bytes = answer.read(_LARGEST)
                return content
        except urllib.error.HTTPError as refused:
            with refused:
                raise _told(refused.code, refused.read(_LARGEST)) from None
        except (OSError, HTTPException) as problem:
            reason = getattr(problem, "reason", None) or problem
            raise Refused(f"{self.origin} can't be reached: {reason}") from None


def site_at(url: str, variable: str = VARIABLE) -> RemoteSite:
    """The site of a URL such as `https://app.example.com`; the credential is in the environment's `variable`.

    Raises:
        Refused: the URL is none, or would send the credential in the clear; or there is no credential.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise Refused("must be an address such as https://app.example.com", field="--site-url") from None
    if parts.scheme not in ("https", "http") or not host or parts.username or parts.path.strip("/"):
        raise Refused("must be an address such as https://app.example.com", field="--site-url")
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise Refused("must begin with https://; a credential is not sent in the clear", field="--site-url")
    credential = os.environ.get(variable, "").strip()
    if not (credential.isascii() and credential.isprintable() and credential):
        raise Refused(f"set {variable} to a personal credential of the site (lspt_…)")
    return RemoteSite(f"{parts.scheme}://{parts.netloc}", credential)


def _told(status: int, body: bytes) -> Refused:
    """The site's own words, as far as they can be read."""
    try:
        first = json.loads(body)["errors"][0]
        reason, pointer = (first, "") if isinstance(first, str) else (first["detail"], _pointer(first))
        return Refused(f"{reason} ({status})", field=pointer.strip("/") or None)
    except (ValueError, KeyError, IndexError, TypeError):
        return Refused(f"the site answered {status}")


def _pointer(problem: dict[str, Any]) -> str:
    source: dict[str, str] = problem.get("source") or {}
    return source.get("pointer") or source.get("parameter") or ""


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused("over HTTP an organization is named by its id", field="--organization") from None
