"""An integration as an organization sees it: its tile, how it stands there, and what its uninstallation ended."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec import Struct


@dataclass(frozen=True, slots=True)
class TileLine:
    """A tile in the list. `blocked`: the organization's app policy does not allow its client."""

    id: UUID
    client_id: UUID
    name: str
    tagline: str
    categories: tuple[str, ...]
    partner_name: str
    partner_verified: bool
    logo_version: int | None
    installed: bool
    blocked: bool
    position: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile with everything that its own page shows. `offered`: this organization may install it now; what is
    installed stays in sight after the offer has ended, so that it can be removed."""

    home_site: str
    id: UUID
    organization_id: UUID
    client_id: UUID
    name: str
    tagline: str
    categories: tuple[str, ...]
    partner_name: str
    partner_verified: bool
    author: str
    support: str
    homepage: str
    overview: str
    configuration: str
    uninstallation: str
    logo_version: int | None
    audience: str
    offered: bool
    installed: bool
    installed_at: datetime | None
    installed_by: UUID | None
    installed_by_name: str | None
    client_name: str
    client_scopes: tuple[str, ...]
    client_revision: int
    onboarding_url: str
    blocked: bool
    withheld: tuple[str, ...]


class EndedAuthorization(Struct, frozen=True):
    """An authorization that an uninstallation ended."""

    id: UUID
    user_id: UUID
    user_name: str
    user_email: str
    scopes: tuple[str, ...]
    revision: int
    state: str
    consented_at: datetime
    last_used_at: datetime | None


class EndedKey(Struct, frozen=True):
    """An API key that an uninstallation ended."""

    id: UUID
    name: str
    last4: str
    created_by_name: str
    created_at: datetime
    last_used_at: datetime | None


class Ended(Struct, frozen=True):
    """Everything that dies with an integration, or has died with it."""

    authorizations: tuple[EndedAuthorization, ...]
    api_keys: tuple[EndedKey, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to end."""
        return not (self.authorizations or self.api_keys)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an uninstallation ended, as it was told then."""

    id: UUID
    organization_id: UUID
    integration_id: UUID
    integration_name: str
    client_id: UUID
    uninstalled_by: UUID | None
    uninstalled_by_name: str | None
    uninstalled_at: datetime
    ended: Ended
