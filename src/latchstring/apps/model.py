"""Apps and their OAuth clients as their owner sees them: everything but the secret."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

ClientKind = Literal["test", "published"]


@dataclass(frozen=True, slots=True)
class App:
    """What a partner builds: one integration."""

    id: UUID
    name: str
    description: str
    category: str
    author: str
    support: str
    homepage: str
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
