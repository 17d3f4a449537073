"""What differs between two configurations of a client: for the partner, the reviewers and the customers alike."""

from dataclasses import dataclass
from typing import Literal

from latchstring.apps.model import ClientFields
from latchstring.audit.differences import Pieces, differences

Field = Literal["name", "description", "redirect_uris", "onboarding_url", "scopes"]
_TEXTS: tuple[Field, ...] = ("name", "description", "onboarding_url")
_LISTS: tuple[Field, ...] = ("redirect_uris", "scopes")


@dataclass(frozen=True, slots=True)
class ChangedText:
    """A text that differs: both, in pieces that say where."""

    field: Field
    before: Pieces
    after: Pieces


@dataclass(frozen=True, slots=True)
class ChangedList:
    """A list whose order means nothing: what is new in it, what is gone, and what stays."""

    field: Field
    added: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that differs; empty when nothing does."""

    texts: tuple[ChangedText, ...]
    lists: tuple[ChangedList, ...]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.texts or self.lists)

    def added(self, field: Field) -> tuple[str, ...]:
        """What is new in a list."""
        return next((one.added for one in self.lists if one.field == field), ())

    def removed(self, field: Field) -> tuple[str, ...]:
        """What is gone from a list."""
        return next((one.removed for one in self.lists if one.field == field), ())


def changes(before: ClientFields, after: ClientFields) -> Changes:
    """What differs between two configurations."""
    return Changes(
        tuple(
            ChangedText(field, *differences(getattr(before, field), getattr(after, field)))
            for field in _TEXTS
            if getattr(before, field) != getattr(after, field)
        ),
        tuple(
            _list(field, getattr(before, field), getattr(after, field))
            for field in _LISTS
            if set(getattr(before, field)) != set(getattr(after, field))
        ),
    )


def _list(field: Field, before: tuple[str, ...], after: tuple[str, ...]) -> ChangedList:
    return ChangedList(
        field,
        tuple(one for one in after if one not in before),
        tuple(one for one in before if one not in after),
        tuple(one for one in after if one in before),
    )
