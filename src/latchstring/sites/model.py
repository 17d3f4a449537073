"""A site: a region with its own domain, origins, database and data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Site:
    """One site. Everything here comes from configuration, never from a request."""

    key: str
    name: str
    domain: str
    app_origin: str
    api_origin: str
    region: str = ""
    #: Further origins of the intake, and other addresses, each by purpose.
    intake: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        """The authorization server's issuer identifier (RFC 8414 section 2), without a trailing slash."""
        return self.app_origin

    @property
    def app_authority(self) -> str:
        """Host and port of the pages, as given to partners in the `site` parameter."""
        return urlsplit(self.app_origin).netloc

    @property
    def api_authority(self) -> str:
        """Host and port of the API."""
        return urlsplit(self.api_origin).netloc

    @property
    def api_authorities(self) -> frozenset[str]:
        """Hosts at which calls of the API arrive: its own and those of the intake."""
        return frozenset({self.api_authority, *(urlsplit(origin).netloc for origin in self.intake.values())})

    @property
    def secure(self) -> bool:
        """Whether the pages are served over TLS; only loopback sites are not."""
        return self.app_origin.startswith("https://")

    def authority_of(self, subdomain: str | None) -> str:
        """The `site` parameter for an organization, with its subdomain when it has one."""
        if subdomain is None or not self.secure:
            return self.app_authority
        return f"{subdomain}.{self.domain}"
