"""What the notifier is told by its environment."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """`sites` maps each site's domain to its issuer, as the platform's operator publishes them; `neutral` is the
    origin at which people pick their site when nobody knows it yet."""

    client_id: str
    client_secret: str
    sites: dict[str, str]
    neutral: str
    origin: str
    port: int
    data: Path


def read_settings() -> Settings:
    """The settings in `NOTIFIER_…`; the client's id and secret have no default."""
    port = int(os.environ.get("NOTIFIER_PORT", "8200"))
    sites = os.environ.get("NOTIFIER_SITES", "localhost:8100=http://localhost:8100")
    return Settings(
        client_id=os.environ["NOTIFIER_CLIENT_ID"],
        client_secret=os.environ["NOTIFIER_CLIENT_SECRET"],
        sites=dict(site.split("=", 1) for site in sites.split()),
        neutral=os.environ.get("NOTIFIER_NEUTRAL", ""),
        origin=os.environ.get("NOTIFIER_ORIGIN", f"http://localhost:{port}"),
        port=port,
        data=Path(os.environ.get("NOTIFIER_DATA", "notifier.sqlite")),
    )
