"""Many rows in one statement: dataclasses turned into the arrays that `unnest` takes."""

from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Kind = TypeVar("Kind", bound="DataclassInstance")


def columns(kind: type[Kind], rows: Sequence[Kind]) -> list[list[Any]]:
    """One list for each field of `kind`, in the order of the fields."""
    return [list(map(attrgetter(field.name), rows)) for field in fields(kind)]
