"""Organizations, people and what they may do, as the rest of us sees them. Nothing here is secret."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

OrganizationKind = Literal["customer", "sandbox"]
Locale = Literal["en", "ko"]


@dataclass(frozen=True, slots=True)
class Organization:
    """A customer of the host, or a partner's sandbox."""

    id: UUID
    name: str
    kind: OrganizationKind
    subdomain: str | None
    created_at: datetime
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Partner:
    """Who builds apps in a sandbox organization; approved when the host knows it."""

    organization_id: UUID
    name: str
    created_at: datetime
    approved_at: datetime | None = None
    approved_by: str | None = None


@dataclass(frozen=True, slots=True)
class PrivateScopeApproval:
    """The host's word that a partner's clients may request a private scope."""

    organization_id: UUID
    scope: str
    approved_at: datetime
    approved_by: str


@dataclass(frozen=True, slots=True)
class User:
    """A person. What they may do is said by their memberships."""

    id: UUID
    email: str
    name: str
    locale: Locale | None
    created_at: datetime
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A named list of permissions in one organization. Managed roles follow from the contract."""

    id: UUID
    name: str
    permissions: list[str]
    managed: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RoleName:
    """A role as a member's line names it."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """A person in an organization, with the roles they hold there."""

    user_id: UUID
    email: str
    name: str
    created_at: datetime
    disabled_at: datetime | None
    roles: list[RoleName]


@dataclass(frozen=True, slots=True)
class Membership:
    """An organization that a person belongs to, with what they may do there."""

    organization_id: UUID
    organization_name: str
    subdomain: str | None
    kind: OrganizationKind
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class ResourceServer:
    """A program of the host that may introspect any token."""

    id: UUID
    name: str
    created_at: datetime
    disabled_at: datetime | None = None
