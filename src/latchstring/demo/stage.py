"""Where the demo runs: ports, folders, and the settings that follow from them."""

import socket
from dataclasses import dataclass
from pathlib import Path

from latchstring.settings import PREFIX, Settings, load_settings


class CannotStart(Exception):
    """The demo can't start; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The ports of the platform and of the partner's application, and where everything is kept."""

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
    def partner_origin(self) -> str:
        """The partner's application."""
        return f"http://localhost:{self.partner_port}"

    @property
    def remembered(self) -> Path:
        """The file of what must be known again."""
        return self.folder / "remembered.json"

    def environment(self) -> dict[str, str]:
        """The platform's settings, as variables."""
        named = {
            "data_dir": str(self.folder),
            "port": str(self.port),
            "domain": self.domain,
            "app_origin": self.origin,
            "api_origin": self.origin,
            "log_format": "json",
        }
        return {PREFIX + name.upper(): value for name, value in named.items()}

    def settings(self) -> Settings:
        """The platform's settings."""
        return load_settings(self.environment())

    def check_ports(self) -> None:
        """See that nobody listens there.

        Raises:
            CannotStart: somebody does.
        """
        for port, option in ((self.port, "PORT"), (self.partner_port, "PARTNER_PORT")):
            if _is_taken(port):
                raise CannotStart(
                    f"port {port} is in use, perhaps by another demo. End what listens there, or choose another:"
                    f" make demo {option}={port + 1000}"
                )


def _is_taken(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
