"""Where the demo runs: ports, folders, and the settings that follow from them."""

import json
import socket
from dataclasses import dataclass
from pathlib import Path

from latchstring.settings import PREFIX, Settings, load_settings


class CannotStart(Exception):
    """The demo can't start; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The ports of the platform and of the partner's application, and where everything is kept. The second site
    and the site-neutral address have the two ports behind the platform's."""

    port: int
    partner_port: int
    folder: Path

    @property
    def origin(self) -> str:
        """The platform."""
        return f"http://{self.domain}"

    @property
    def domain(self) -> str:
        """The site's domain."""
        return f"localhost:{self.port}"

    @property
    def eu_origin(self) -> str:
        """The platform's other site."""
        return f"http://{self.eu_domain}"

    @property
    def eu_domain(self) -> str:
        """The other site's domain."""
        return f"localhost:{self.port + 1}"

    @property
    def neutral_origin(self) -> str:
        """The site-neutral address, where people pick their site."""
        return f"http://localhost:{self.port + 2}"

    @property
    def partner_origin(self) -> str:
        """The partner's application."""
        return f"http://localhost:{self.partner_port}"

    @property
    def remembered(self) -> Path:
        """The file of what must be known again."""
        return self.folder / "remembered.json"

    @property
    def remembered_in_eu(self) -> Path:
        """The same of the other site."""
        return self.folder / "remembered-eu1.json"

    def environment(self, site: str = "us1") -> dict[str, str]:
        """The settings of one of the sites, as variables."""
        named = {
            "data_dir": str(self.folder),
            "port": str(self.port + (site == "eu1")),
            "site": site,
            "sites": json.dumps(self._sites()),
            "neutral_origin": self.neutral_origin,
            "publish_loopback_clients": "true",
            "mail_folder": str(self.folder / "mail" / site),
            "webhooks_allow_loopback": "true",
            "log_format": "json",
        }
        return {PREFIX + name.upper(): value for name, value in named.items()}

    def neutral_environment(self) -> dict[str, str]:
        """The settings of the site-neutral address."""
        return {**self.environment(), PREFIX + "PORT": str(self.port + 2)}

    def settings(self, site: str = "us1") -> Settings:
        """The settings of one of the sites."""
        return load_settings(self.environment(site))

    def _sites(self) -> dict[str, dict[str, str]]:
        def site(name: str, region: str, domain: str) -> dict[str, str]:
            origin = f"http://{domain}"
            return {
                "name": name,
                "region": region,
                "domain": domain,
                "app_origin": origin,
                "api_origin": origin,
            }

        return {
            "us1": site("US1", "Virginia, United States", self.domain),
            "eu1": site("EU1", "Frankfurt, Germany", self.eu_domain),
        }

    def check_ports(self) -> None:
        """See that nobody listens there.

        Raises:
            CannotStart: somebody does.
        """
        own = range(self.port, self.port + 3)
        if self.partner_port in own:
            raise CannotStart(f"PARTNER_PORT may not be one of {own[0]} to {own[-1]}: the sites are there")
        for port, option in (*((port, "PORT") for port in own), (self.partner_port, "PARTNER_PORT")):
            if _is_taken(port):
                other = (self.port if option == "PORT" else port) + 1000
                raise CannotStart(
                    f"port {port} is in use, perhaps by another demo. End what listens there, or choose another:"
                    f" make demo {option}={other}"
                )


def _is_taken(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
