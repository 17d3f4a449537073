"""What a partner asks of the host, and what the host answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Kind = Literal["private_scope", "published_secret", "sandbox_elsewhere"]
State = Literal["open", "granted", "declined"]


@dataclass(frozen=True, slots=True)
class PartnerRequest:
    """One request. `subject` is what is asked for: the name of the scope, the id of the published client, or the key
    of the other site. `used_at`: when a granted secret was made."""

    organization_id: UUID
    id: UUID
    partner_name: str
    kind: Kind
    subject: str
    reason: str
    state: State
    asked_by: UUID
    asked_by_name: str
    asked_at: datetime
    answered_by: str | None
    answered_at: datetime | None
    answer: str | None
    used_at: datetime | None = None
