"""The list of all sites, as it is written in the settings and checked: each fault is named with its site."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import msgspec

_SITE_KEY = re.compile("[a-z][a-z0-9]{1,15}")


class SettingsInvalid(Exception):
    """A setting is unknown or has a value that it cannot have; the message names it."""


class SiteEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One entry of the list of all sites."""

    name: str
    domain: str
    app_origin: str
    api_origin: str
    region: str = ""
    #: Further origins of the intake, by purpose: `logs`, `events`, `metrics`, …
    intake: dict[str, str] = {}
    #: What else partners and customers open their firewalls for, by purpose, as it is shown.
    addresses: dict[str, str] = {}


def read_sites(value: object) -> dict[str, SiteEntry]:
    """The sites by their keys.

    Raises:
        SettingsInvalid: an entry is wrong, or two sites say the same.
    """
    try:
        listed = msgspec.json.decode(value) if isinstance(value, str) else value
    except msgspec.DecodeError as problem:
        raise SettingsInvalid(f"sites is not JSON: {problem}") from None
    if not isinstance(listed, dict):
        raise SettingsInvalid("sites must be tables, or a JSON object, by the keys of the sites")
    found = {key: _read_site(key, entry) for key, entry in listed.items()}
    for field in ("domain", "app_origin", "api_origin"):
        told = [getattr(site, field) for site in found.values()]
        if len(set(told)) < len(told):
            raise SettingsInvalid(f"sites: two have the same {field}; each site has its own")
    return found


def _read_site(key: str, entry: object) -> SiteEntry:
    if not _SITE_KEY.fullmatch(key):
        raise SettingsInvalid(f"sites.{key}: a key is 2 to 16 small letters and digits, a letter first")
    try:
        site = msgspec.convert(entry, SiteEntry)
    except msgspec.ValidationError as problem:
        raise SettingsInvalid(f"sites.{key}: {problem}") from None
    if "/" in site.domain or not site.domain:
        raise SettingsInvalid(f"sites.{key}.domain must be bare, such as eu1.example.com")
    for name, origin in _origins(site):
        check_origin(f"sites.{key}.{name}", origin)
    return site


def _origins(site: SiteEntry) -> Iterator[tuple[str, str]]:
    yield "app_origin", site.app_origin
    yield "api_origin", site.api_origin
    yield from ((f"intake.{purpose}", origin) for purpose, origin in site.intake.items())


def check_origin(name: str, origin: str) -> None:
    """See that a setting is an origin: https, or http on loopback.

    Raises:
        SettingsInvalid: it is none.
    """
    try:
        parts = urlsplit(origin)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise SettingsInvalid(f"{name} must be an origin such as https://app.example.com") from None
    if parts.path or parts.query or parts.username or not host:
        raise SettingsInvalid(f"{name} must be an origin such as https://app.example.com")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise SettingsInvalid(f"{name} must be https; plain http is for loopback only")


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine (`localhost` and names below it, 127/8, ::1)."""
    return host == "localhost" or host.endswith(".localhost") or host.startswith("127.") or host == "::1"
