"""Where what was received differs from what was expected: by characters, or as sets of scopes."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

#: Middles longer than this are marked as a whole: comparing them by pieces takes their product in time.
_LONGEST_MIDDLE = 300


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; `same`: the other text has it too, here."""

    text: str
    same: bool


Pieces = tuple[Piece, ...]


def differences(received: str, expected: str) -> tuple[Pieces, Pieces]:
    """Both texts in pieces; together the pieces of each are the text."""
    start = _shared(received, expected)
    end = _shared(received[start:][::-1], expected[start:][::-1])
    ours, theirs = _middle(received, start, end), _middle(expected, start, end)
    head, tail = received[:start], received[len(received) - end :]
    middles = _compared(ours, theirs)
    return _joined(head, middles[0], tail), _joined(head, middles[1], tail)


def closest(received: str, expected: Sequence[str]) -> str:
    """The one of `expected` that is most like `received`; the first when nothing is alike."""
    if received in expected:
        return received
    return max(expected, key=lambda one: _likeness(received, one), default="")


def _likeness(received: str, expected: str) -> float:
    start = _shared(received, expected)
    end = _shared(received[start:][::-1], expected[start:][::-1])
    return (start + end) / max(len(received), len(expected), 1)


def _shared(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _middle(text: str, start: int, end: int) -> str:
    return text[start : len(text) - end]


def _compared(one: str, other: str) -> tuple[list[Piece], list[Piece]]:
    if max(len(one), len(other)) > _LONGEST_MIDDLE:
        return [Piece(one, False)], [Piece(other, False)]
    ours: list[Piece] = []
    theirs: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        ours.append(Piece(one[i1:i2], tag == "equal"))
        theirs.append(Piece(other[j1:j2], tag == "equal"))
    return ours, theirs


def _joined(head: str, middle: list[Piece], tail: str) -> Pieces:
    found = [Piece(head, True), *middle, Piece(tail, True)]
    return tuple(piece for piece in found if piece.text)
