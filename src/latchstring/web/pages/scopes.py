"""What pages say about scopes and permissions, in the reader's language; organizations to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from latchstring.contract.model import Access, Risk

Standing: TypeAlias = Literal["verified", "test"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeLine:
    """One scope in the reader's language. `held`: the user has every permission that it stands for."""

    name: str
    title: str
    sentence: str
    access: Access = "read"
    risk: Risk = "low"
    held: bool = True


@dataclass(frozen=True, slots=True)
class ScopeGroup:
    """The scopes of one area of the host's API; `area` is its title."""

    area: str
    scopes: tuple[ScopeLine, ...]


@dataclass(frozen=True, slots=True)
class LackingPermission:
    """A permission that the user lacks, and the names of those who could grant it."""

    title: str
    grantors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrganizationChoice:
    """An organization of the user's that can be made the active one. `role` is the user's role there."""

    id: str
    name: str
    role: str = ""
    current: bool = False
