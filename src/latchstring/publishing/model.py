"""Submissions, what is decided of them, and what became of them: states and their transitions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from latchstring.accounts.refused import Conflict

Kind = Literal["client", "integration"]
State = Literal["draft", "submitted", "changes_requested", "approved", "withdrawn"]
Deed = Literal["amend", "finish", "ask_for_changes", "approve", "withdraw"]
Verdict = Literal["approved", "changes_requested"]
Audience = Literal["sandbox", "named", "everyone"]

#: What may be done in which state, and which state that leads to.
TRANSITIONS: Final[Mapping[tuple[State, Deed], State]] = {
    ("draft", "amend"): "draft",
    ("draft", "finish"): "submitted",
    ("draft", "withdraw"): "withdrawn",
    ("submitted", "approve"): "approved",
    ("submitted", "ask_for_changes"): "changes_requested",
    ("submitted", "withdraw"): "withdrawn",
    ("changes_requested", "amend"): "changes_requested",
    ("changes_requested", "finish"): "submitted",
    ("changes_requested", "withdraw"): "withdrawn",
}
_WHY_NOT: Final[Mapping[State, str]] = {
    "draft": "has not been sent yet",
    "submitted": "is with the reviewers; withdraw it, or wait for their answer",
    "changes_requested": "waits for the partner's changes",
    "approved": "is approved already; a change is a new submission",
    "withdrawn": "was withdrawn",
}


def after(state: State, deed: Deed) -> State:
    """The state that a deed leads to.

    Raises:
        Conflict: it can't be done in this state.
    """
    following = TRANSITIONS.get((state, deed))
    if following is None:
        raise Conflict(_WHY_NOT[state])
    return following


@dataclass(frozen=True, slots=True)
class Submission:
    """What a partner asks to have published. `proposed` is exactly what would be published: the fields of the
    client, or the audience of the integration. `submitted_at` names the version that reviewers read."""

    organization_id: UUID
    id: UUID
    app_id: UUID
    app_name: str
    partner_name: str
    client_id: UUID
    kind: Kind
    state: State
    proposed: Mapping[str, Any]
    reasons: Mapping[str, str]
    note: str
    link: str
    folder: Mapping[str, Any] | None
    checks: list[Mapping[str, Any]]
    revision: int | None
    created_by: UUID
    created_at: datetime
    submitted_by: UUID | None
    submitted_by_name: str | None
    submitted_at: datetime | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What one of the required parties says of the submission as it stands."""

    party: str
    verdict: Verdict
    reviewer_id: UUID
    reviewer_name: str
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Comment:
    """A word between the partner and the reviewers."""

    id: UUID
    author_id: UUID
    author_name: str
    is_reviewer: bool
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Revision:
    """A configuration that a published client has or had; `restores` is the one that a roll-back brought back."""

    client_id: UUID
    revision: int
    name: str
    description: str
    redirect_uris: list[str]
    onboarding_url: str
    scopes: list[str]
    restores: int | None
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Somebody who answers for the host in one of the parties."""

    user_id: UUID
    name: str
    email: str
    party: str
    appointed_at: datetime
    appointed_by: str
