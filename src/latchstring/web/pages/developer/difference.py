"""What was received against what was expected, as a page shows it: what nobody can see is written out."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from latchstring.audit.differences import Piece, Pieces
from latchstring.audit.explained import Against, ScopesAgainst, TextAgainst

#: Categories of Unicode whose characters leave no mark of their own: separators, controls, formats, unassigned.
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn"})


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, in pieces; empty when there was nothing."""

    pieces: Pieces


@dataclass(frozen=True, slots=True)
class Shown:
    """Both sides, and what would have been right as well. `scopes`: each piece is the name of a scope."""

    received: Side
    expected: Side
    scopes: bool = False
    others: tuple[str, ...] = ()


def shown(against: Against | None) -> Shown | None:
    """The comparison of an explanation."""
    match against:
        case None:
            return None
        case TextAgainst(received, expected, others):
            return Shown(_written_out(received), _written_out(expected), others=others)
        case ScopesAgainst():
            ours = tuple(Piece(name, name not in against.extra) for name in against.received)
            theirs = tuple(Piece(name, name not in against.missing) for name in against.expected)
            return Shown(Side(ours), Side(theirs), scopes=True)
        case _:
            return Shown(_written_out(_one(against.received)), _written_out(_one(against.expected)))


def _one(text: str) -> Pieces:
    return (Piece(text, True),) if text else ()


def _written_out(pieces: Pieces) -> Side:
    return Side(tuple(piece if piece.same else Piece(visible(piece.text), False) for piece in pieces))


def visible(text: str) -> str:
    """`text` with a name in place of each character that can't be seen."""
    return "".join(_named(one) if unicodedata.category(one) in _UNSEEN else one for one in text)


def _named(character: str) -> str:
    return "[space]" if character == " " else f"[U+{ord(character):04X}]"
