"""Every setting, with its default and its meaning; read once, from a TOML file and the environment.

`LATCHSTRING_<NAME>` overrides `<name>` of the file named by `LATCHSTRING_SETTINGS`. `docs/settings.md` is made
from this module, and a test keeps the two together.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from latchstring.site_list import SettingsInvalid, SiteEntry, check_origin, is_loopback, read_sites

__all__ = ["PREFIX", "Settings", "SettingsInvalid", "SiteEntry", "is_loopback", "load_settings", "parties_of"]

PREFIX = "LATCHSTRING_"
_PARTY = re.compile(r"[a-z][a-z0-9_-]{0,39}")


Positive = Annotated[int, Meta(ge=1)]
NotNegative = Annotated[int, Meta(ge=0)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The settings of one process."""

    # Where we run
    site: Annotated[
        str, Meta(pattern="^[a-z][a-z0-9]{1,15}$", description="Key of the site that this process serves.")
    ] = "us1"
    site_name: Annotated[str, Meta(description="The site's name as people read it.")] = "US1"
    domain: Annotated[str, Meta(description="The site's domain, given to partners as `domain`.")] = (
        "localhost:8100"
    )
    app_origin: Annotated[str, Meta(description="Origin of the pages; https, or http on loopback.")] = (
        "http://localhost:8100"
    )
    api_origin: Annotated[
        str, Meta(description="Origin of tokens and API; may be the same as `app_origin`.")
    ] = "http://localhost:8100"
    sites: Annotated[
        dict[str, SiteEntry] | None,
        Meta(
            description="All sites by their keys, this one too, each with `name`, `region`, `domain`, `app_origin`,"
            " `api_origin`, `intake` and `addresses` (purpose to address): tables `[sites.eu1]`, or JSON in the"
            " variable. Then `site` chooses, and name, domain and origins are given here alone."
        ),
    ] = None
    neutral_origin: Annotated[
        str | None, Meta(description="Origin of the site-neutral address, where people pick their site.")
    ] = None
    host: Annotated[str, Meta(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[NotNegative, Meta(description="Port to listen on.")] = 8100
    workers: Annotated[Positive, Meta(description="Number of worker processes.")] = 1
    trusted_proxies: Annotated[
        NotNegative,
        Meta(description="How many proxies in front of us append to X-Forwarded-For; 0 ignores the header."),
    ] = 0

    # Where things are kept
    data_dir: Annotated[
        str, Meta(description="Folder for the embedded PostgreSQL and the key file, when they are used.")
    ] = "var"
    database_url: Annotated[
        str | None, Meta(description="DSN of the site's PostgreSQL; without it the embedded one is started.")
    ] = None
    database_wait_s: Annotated[
        NotNegative,
        Meta(
            description="For how many seconds `serve` and `worker` wait at their start for a database that is away."
        ),
    ] = 60
    pool_size: Annotated[Positive, Meta(description="Database connections of one worker.")] = 8
    keys_file: Annotated[
        str | None,
        Meta(
            description="The key ring; default `keys.json` in `data_dir`, or `keys-<site>.json` with a list of sites;"
            " made at first start."
        ),
    ] = None
    contract: Annotated[
        str | None,
        Meta(description="The host's OpenAPI description; default: the shipped observability one."),
    ] = None

    # Tokens
    lease_ms: Annotated[
        NotNegative,
        Meta(
            description="For how many milliseconds a worker may use what it read; 0 reads for every request."
        ),
    ] = 25
    code_lifetime_s: Annotated[Positive, Meta(description="Seconds an authorization code lives.")] = 60
    access_token_lifetime_s: Annotated[Positive, Meta(description="Seconds an access token lives.")] = 3600
    refresh_overlap_s: Annotated[
        NotNegative,
        Meta(description="Seconds for which a refresh token still answers after its successor was used."),
    ] = 30
    refresh_retry_window_s: Annotated[
        int | None,
        Meta(description="Seconds after which presenting a refresh token again revokes; default: never."),
    ] = None
    refresh_inactivity_days: Annotated[
        int | None,
        Meta(description="Days without a refresh after which an authorization ends; default: never."),
    ] = None

    # People
    session_lifetime_h: Annotated[Positive, Meta(description="Hours a sign-in lasts at most.")] = 24 * 14
    session_idle_h: Annotated[Positive, Meta(description="Hours without use after which a sign-in ends.")] = (
        24
    )
    sign_in_attempts: Annotated[
        Positive, Meta(description="Wrong passwords per account and network before a pause.")
    ] = 10
    sign_in_window_s: Annotated[Positive, Meta(description="Seconds that such a pause lasts.")] = 900

    # Publishing
    review_parties: Annotated[
        str, Meta(description="Parties that must all approve what partners submit, separated by commas.")
    ] = "partnerships,security"
    publish_loopback_clients: Annotated[
        bool,
        Meta(description="Published clients may keep http redirect URIs of this machine; for demos alone."),
    ] = False

    # Limits
    body_limit_kb: Annotated[
        Positive, Meta(description="Largest body of a request to the platform, in KiB.")
    ] = 256
    intake_limit_kb: Annotated[
        Positive, Meta(description="Largest body of an intake request, in KiB, before and after inflating.")
    ] = 5 * 1024

    # Messages
    smtp_url: Annotated[
        str | None,
        Meta(
            description="Where letters go: smtps://user:password@host, or smtp:// with STARTTLS where offered."
        ),
    ] = None
    mail_folder: Annotated[
        str | None, Meta(description="Folder for letters instead of `smtp_url`; neither writes none.")
    ] = None
    mail_from: Annotated[str, Meta(description="Who letters are from.")] = (
        "Latchstring <no-reply@latchstring.invalid>"
    )
    webhooks_allow_loopback: Annotated[
        bool, Meta(description="Let webhooks go to this machine, without TLS: for tests and demos only.")
    ] = False
    messages_days: Annotated[
        Positive, Meta(description="Days for which sent and failed messages are kept in the delivery log.")
    ] = 30

    # Operation
    refusals_days: Annotated[
        Positive, Meta(description="Days for which refused requests are kept for the owners of apps.")
    ] = 30
    refusals_per_client: Annotated[
        Positive, Meta(description="Refused requests kept of each OAuth client; the newest ones.")
    ] = 10_000
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
    forward_auth_token: Annotated[
        str | None,
        Meta(
            description="What a proxy sends to be answered at /forward-auth; without it there is no such thing."
        ),
    ] = None
    metrics_token: Annotated[
        str | None, Meta(description="Bearer credential for /metrics; without it only loopback may read.")
    ] = None


def load_settings(environment: Mapping[str, str], *, neutral: bool = False) -> Settings:
    """Settings from the environment, over those of the file that it names.

    `neutral`: for a process that serves no site, but leads to all of them.

    Raises:
        SettingsInvalid: an unknown name or an impossible value.
    """
    values: dict[str, object] = {}
    if file := environment.get(PREFIX + "SETTINGS"):
        values.update(tomllib.loads(Path(file).read_text("utf-8")))
    for name in Settings.__struct_fields__:
        if (value := environment.get(PREFIX + name.upper())) is not None:
            values[name] = value if value != "" else None
    if values.get("sites"):
        values = _with_sites(values, neutral=neutral)
    try:
        return _checked(msgspec.convert(values, Settings, strict=False))
    except msgspec.ValidationError as problem:
        raise SettingsInvalid(str(problem)) from None


#: What a site's entry says of it, by the name of the setting that says it where there is no list.
_OF_A_SITE = {"site_name": "name", "domain": "domain", "app_origin": "app_origin", "api_origin": "api_origin"}


def _with_sites(values: Mapping[str, object], *, neutral: bool) -> dict[str, object]:
    """The values, those of this process's site taken from the list of sites."""
    sites, known = read_sites(values["sites"]), values.get("site")
    for name in _OF_A_SITE:
        if values.get(name) is not None:
            raise SettingsInvalid(f"{name} is given twice: there is a list of sites, so say it there")
    if neutral:
        known = next(iter(sites))
    if known not in sites:
        which = "say which site this process serves" if known is None else f"{known} is not in the list"
        raise SettingsInvalid(f"site: {which}; there are {', '.join(sites)}")
    entry = sites[str(known)]
    own = {name: getattr(entry, field) for name, field in _OF_A_SITE.items()}
    return {**values, **own, "site": known, "sites": msgspec.to_builtins(sites)}


def _checked(settings: Settings) -> Settings:
    for name in ("app_origin", "api_origin", "neutral_origin"):
        if (origin := getattr(settings, name)) is not None:
            check_origin(name, origin)
    _check_parties(settings)
    if settings.smtp_url and urlsplit(settings.smtp_url).scheme not in ("smtp", "smtps"):
        raise SettingsInvalid("smtp_url must begin with smtp:// or smtps://")
    return settings


def _check_parties(settings: Settings) -> None:
    parties = parties_of(settings)
    if not parties or not all(_PARTY.fullmatch(party) for party in parties):
        raise SettingsInvalid("review_parties must name at least one party, such as partnerships,security")


def parties_of(settings: Settings) -> tuple[str, ...]:
    """The parties that must approve what partners submit, in their order."""
    named = (party.strip() for party in settings.review_parties.split(","))
    return tuple(dict.fromkeys(party for party in named if party))
