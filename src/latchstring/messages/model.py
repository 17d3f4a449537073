"""What is sent: events, webhooks, messages with their attempts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args
from uuid import UUID

Event = Literal[
    "authorization.created",
    "authorization.revoked",
    "integration.installed",
    "integration.uninstalled",
    "api_key.created",
    "api_key.disabled",
    "submission.decided",
    "scopes.changed",
]
#: What a webhook can be told of, in the order in which pages list it.
EVENTS: Final[tuple[Event, ...]] = get_args(Event)
#: What **Send test event** sends, whatever a webhook is told of otherwise.
TEST_EVENT: Final = "webhook.test"

Kind = Literal["webhook", "mail"]
State = Literal["waiting", "sent", "failed"]


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where an app wants to be told what happens to one of its clients. Paused: the endpoint failed too often in
    a row, and one try now and then is made until it answers again."""

    client_id: UUID
    url: str
    events: list[str]
    secret_created_at: datetime
    former_secret_until: datetime | None
    paused_at: datetime | None
    retry_at: datetime | None
    failures: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class NewSigningSecret:
    """A webhook whose signing secret is shown now and never again."""

    webhook: Webhook
    secret: str


@dataclass(frozen=True, slots=True)
class Secrets:
    """Which secrets sign: the current one and, for a while after a rotation, the one before."""

    generation: int
    key_id: int
    former_generation: int | None
    former_key_id: int | None
    former_until: datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A line of the delivery log. `status` and `problem` are those of the last attempt."""

    id: UUID
    event: str
    state: State
    attempts: int
    created_at: datetime
    next_attempt_at: datetime | None
    finished_at: datetime | None
    status: int | None
    problem: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: the status of the answer and how it began, or what went wrong before there was one."""

    number: int
    at: datetime
    status: int | None
    problem: str
    milliseconds: int
    answer: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery with what was sent and every attempt, newest first."""

    delivery: Delivery
    payload: Mapping[str, Any]
    tries: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker delivers now; `attempts` counts this try, `tries_left` what comes after it."""

    organization_id: UUID
    id: UUID
    event: str
    recipient: UUID
    payload: Mapping[str, Any]
    attempts: int
    tries_left: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try went. `problem` is a short reason of ours, never words of the other side."""

    ok: bool
    status: int | None = None
    problem: str = ""
    answer: str = ""
