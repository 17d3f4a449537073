"""What all pages of the review share."""

from __future__ import annotations

from dataclasses import dataclass

from latchstring.web.translations import Text


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose, and what it is called."""

    value: str
    label: Text | str
