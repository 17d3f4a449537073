"""What is to be verified: the app's manifest, and the credentials and people of each site.

The file (TOML or JSON) holds no secret; those come from variables `LATCHSTRING_VERIFY_<SITE>_…`.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "LATCHSTRING_VERIFY_"
_LARGEST = 256 * 1024
_SITE = re.compile(r"[a-z][a-z0-9]{1,15}")
_KNOWN = {"issuer", "api", "domain", "client_id", "redirect_uri", "user"}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class ScenarioInvalid(Exception):
    """The file or a variable is missing or wrong; the message names it."""


@dataclass(frozen=True, slots=True)
class SiteScenario:
    """One site. `user` and `password`: somebody of a sandbox who allows; only needed to drive the flow."""

    key: str
    issuer: str
    api: str
    domain: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    scopes: tuple[str, ...]
    user: str
    password: str = field(repr=False)
    api_key: str = field(repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        return tuple(one for one in (self.client_secret, self.password, self.api_key) if one)


def read_scenario(file: Path, environment: Mapping[str, str]) -> tuple[SiteScenario, ...]:
    """The sites of a scenario file, in its order.

    Raises:
        ScenarioInvalid: it can't be read, or something in it is missing or wrong.
    """
    content = _content(file)
    manifest = _content(file.parent / _text(content, "manifest"))
    client = _client(manifest, content.get("client"))
    sites = content.get("sites")
    if not isinstance(sites, dict) or not sites:
        raise ScenarioInvalid("there is no [sites.<key>] to verify")
    return tuple(_site(key, said, client, environment) for key, said in sites.items())


def _content(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as opened:
            text = opened.read(_LARGEST).decode()
        found = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as problem:
        raise ScenarioInvalid(f"{file}: {problem}") from None
    if not isinstance(found, dict):
        raise ScenarioInvalid(f"{file} must hold an object")
    return found


def _client(manifest: dict[str, Any], name: object) -> dict[str, Any]:
    """The client in either form of a manifest: a list of clients, or one for each role."""
    listed = manifest["clients"] if "clients" in manifest else list(manifest.values())
    clients = [one for one in listed if isinstance(one, dict) and "redirect_uris" in one]
    chosen = [one for one in clients if name in (None, one.get("name"))]
    if len(chosen) != 1:
        names = ", ".join(str(one.get("name")) for one in clients) or "none"
        raise ScenarioInvalid(f"`client` must name one client of the manifest; it has {names}")
    return chosen[0]


def _site(key: str, said: object, client: dict[str, Any], environment: Mapping[str, str]) -> SiteScenario:
    if not _SITE.fullmatch(key) or not isinstance(said, dict):
        raise ScenarioInvalid(f"sites.{key} must be a table with a short lower-case name")
    if strange := sorted(set(said) - _KNOWN):
        hint = (
            "; secrets go into variables" if any("secret" in one or "pass" in one for one in strange) else ""
        )
        raise ScenarioInvalid(f"sites.{key}.{strange[0]} is not known{hint}")
    issuer = _origin(key, "issuer", _text(said, "issuer", f"sites.{key}."))
    variable = f"{PREFIX}{key.upper()}_"
    secret = environment.get(variable + "CLIENT_SECRET", "")
    if not secret:
        raise ScenarioInvalid(f"set {variable}CLIENT_SECRET to the client's secret on {key}")
    return SiteScenario(
        key=key,
        issuer=issuer,
        api=_origin(key, "api", said["api"]) if "api" in said else "",
        domain=str(said.get("domain", "")),
        client_id=_text(said, "client_id", f"sites.{key}."),
        client_secret=secret,
        redirect_uri=str(said.get("redirect_uri") or _redirect_uri(client)),
        scopes=tuple(str(one) for one in client.get("scopes") or ()),
        user=str(said.get("user", "")),
        password=environment.get(variable + "PASSWORD", ""),
        api_key=environment.get(variable + "API_KEY", ""),
    )


def _origin(key: str, name: str, value: object) -> str:
    """An address to which credentials may be sent: https, or this machine."""
    parts = urlsplit(str(value))
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not safe or not parts.hostname or parts.path.strip("/") or parts.query or parts.username:
        raise ScenarioInvalid(f"sites.{key}.{name} must be an https address such as https://app.example.com")
    return f"{parts.scheme}://{parts.netloc}"


def is_loopback(uri: str) -> bool:
    """Whether a browser on this machine that is sent there comes to this machine."""
    parts = urlsplit(uri)
    return parts.scheme == "http" and parts.hostname in _LOOPBACK and parts.port is not None


def _redirect_uri(client: dict[str, Any]) -> str:
    """The first that leads to this machine, else the first."""
    uris = [str(one) for one in client.get("redirect_uris") or ()]
    if not uris:
        raise ScenarioInvalid("the client of the manifest has no redirect URI")
    return next((uri for uri in uris if is_loopback(uri)), uris[0])


def _text(content: dict[str, Any], name: str, prefix: str = "") -> str:
    value = content.get(name)
    if not isinstance(value, str) or not value:
        raise ScenarioInvalid(f"{prefix}{name} must be given")
    return value
