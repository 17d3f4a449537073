"""What a check comes to."""

from dataclasses import dataclass
from typing import Literal

State = Literal["passed", "failed", "skipped", "not offered"]


class Violation(Exception):
    """The site does not do what the wire contract says."""

    def __init__(self, expected: str, received: str, request_id: str = "") -> None:
        super().__init__(f"expected {expected}; received {received}")
        self.expected = expected
        self.received = received
        self.request_id = request_id


class Skipped(Exception):
    """The check could not be made; the message says why, and what would make it possible."""


class NotOffered(Exception):
    """The site does not have this, and need not have it."""


@dataclass(frozen=True, slots=True)
class Result:
    """One check on one site. `rows`: those of the document's test list that it stands for."""

    site: str
    check: str
    title: str
    rows: tuple[str, ...]
    state: State
    told: str
    seconds: float
    expected: str = ""
    received: str = ""
    request_id: str = ""
