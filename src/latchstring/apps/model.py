"""Apps and their OAuth clients as their owner sees them: everything but the secret."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

ClientKind = Literal["test", "published"]
LogoType = Literal["image/png", "image/jpeg", "image/webp"]


@dataclass(frozen=True, slots=True)
class App:
    """What a partner builds: one integration. `id` is its app_uuid; `logo_type` is None without a logo."""

    id: UUID
    name: str
    description: str
    category: str
    author: str
    support: str
    homepage: str
    template: str
    logo_type: LogoType | None
    stable_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class AppFields:
    """The fields of an app that its owner writes."""

    name: str
    description: str = ""
    category: str = ""
    author: str = ""
    support: str = ""
    homepage: str = ""


@dataclass(frozen=True, slots=True)
class Logo:
    """An app's picture, checked."""

    type: LogoType
    content: bytes


@dataclass(frozen=True, slots=True)
class OwnedClient:
    """An OAuth client of an app."""

    id: UUID
    kind: ClientKind
    app_id: UUID
    name: str
    description: str
    redirect_uris: list[str]
    onboarding_url: str
    scopes: list[str]
    revision: int
    secret_created_at: datetime
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ClientFields:
    """The fields of a client that its owner writes."""

    name: str
    description: str = ""
    redirect_uris: tuple[str, ...] = ()
    onboarding_url: str = ""
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client whose secret is shown now and never again."""

    client: OwnedClient
    client_secret: str
