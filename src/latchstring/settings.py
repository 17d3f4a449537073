"""Every setting, with its default and its meaning; read once, from a TOML file and the environment.

`LATCHSTRING_<NAME>` overrides `<name>` of the file named by `LATCHSTRING_SETTINGS`. `docs/settings.md` is made
from this module, and a test keeps the two together.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

PREFIX = "LATCHSTRING_"


class SettingsInvalid(Exception):
    """A setting is unknown or has a value that it cannot have; the message names it."""


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
    pool_size: Annotated[Positive, Meta(description="Database connections of one worker.")] = 8
    keys_file: Annotated[
        str | None, Meta(description="The key ring; default `keys.json` in `data_dir`, made at first start.")
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

    # Limits
    body_limit_kb: Annotated[
        Positive, Meta(description="Largest body of a request to the platform, in KiB.")
    ] = 256
    intake_limit_kb: Annotated[
        Positive, Meta(description="Largest body of an intake request, in KiB, before and after inflating.")
    ] = 5 * 1024

    # Operation
    refusals_days: Annotated[
        Positive, Meta(description="Days for which refused requests are kept for the owners of apps.")
    ] = 30
    refusals_per_client: Annotated[
        Positive, Meta(description="Refused requests kept of each OAuth client; the newest ones.")
    ] = 10_000
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
    metrics_token: Annotated[
        str | None, Meta(description="Bearer credential for /metrics; without it only loopback may read.")
    ] = None


def load_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from the environment, over those of the file that it names.

    Raises:
        SettingsInvalid: an unknown name or an impossible value.
    """
    values: dict[str, object] = {}
    if file := environment.get(PREFIX + "SETTINGS"):
        values.update(tomllib.loads(Path(file).read_text("utf-8")))
    for name in Settings.__struct_fields__:
        if (value := environment.get(PREFIX + name.upper())) is not None:
            values[name] = value if value != "" else None
    try:
        return _checked(msgspec.convert(values, Settings, strict=False))
    except msgspec.ValidationError as problem:
        raise SettingsInvalid(str(problem)) from None


def _checked(settings: Settings) -> Settings:
    for name in ("app_origin", "api_origin"):
        origin = urlsplit(getattr(settings, name))
        if origin.path or origin.query or not origin.netloc:
            raise SettingsInvalid(f"{name} must be an origin such as https://app.example.com")
        if origin.scheme != "https" and not is_loopback(origin.hostname or ""):
            raise SettingsInvalid(f"{name} must be https; plain http is for loopback only")
    return settings


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine (`localhost` and names below it, 127/8, ::1)."""
    return host == "localhost" or host.endswith(".localhost") or host.startswith("127.") or host == "::1"
