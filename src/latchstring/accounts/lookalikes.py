"""Names that may be made to look like another's: mixed alphabets, letters in disguise, characters nobody sees.

After Unicode TR 39, cut down to what tricks readers of names. Nothing is refused for it, since honest names mix
alphabets too; whoever decides about a name is told.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

Trick = Literal["hidden", "disguised", "mixed", "lookalike"]

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
#: Alphabets whose letters look like those of others. East Asian scripts stand beside Latin in honest names.
_ALPHABETS: Final = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})
#: Letters of other alphabets that most typefaces draw like Latin ones.
_CYRILLIC: Final = "аеорсухіјѕһԁԛԝӏүАВЕЅЗІЈКМНОРСТУХԚԜҮ"
_GREEK: Final = "αικνορυϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
_ARMENIAN: Final = "օոսհցզՕՍԼ"
_LIKE_LATIN: Final = frozenset(_CYRILLIC + _GREEK + _ARMENIAN)
_WORD: Final = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is doubtful about a name. `letters`: those that stand out, each with its alphabet, at most five."""

    trick: Trick
    letters: tuple[tuple[str, str], ...] = ()


def doubt_about(name: str) -> Doubt | None:
    """The worst that is doubtful about a name, or None."""
    if name.isascii() and name.isprintable():
        return None
    if any(unicodedata.category(character) in _HIDDEN for character in name):
        return Doubt("hidden")
    words = _WORD.findall(unicodedata.normalize("NFC", name))
    return _disguised(words) or _mixed(words) or _lookalike(words)


def _disguised(words: list[str]) -> Doubt | None:
    """Mathematical, circled or full-width letters, which compatibility turns into plain ones."""
    letters = [
        (letter, "LATIN")
        for letter in "".join(words)
        if not letter.isascii()
        and (plain := unicodedata.normalize("NFKC", letter)).isascii()
        and plain.isalpha()
    ]
    return Doubt("disguised", _few(letters)) if letters else None


def _mixed(words: list[str]) -> Doubt | None:
    """Two alphabets in one word. Those that are rarer in the name stand out."""
    everywhere = [alphabet for word in words for alphabet in map(_alphabet, word) if alphabet]
    for word in words:
        within = {alphabet for alphabet in map(_alphabet, word) if alphabet}
        if len(within) > 1:
            usual = max(sorted(within), key=everywhere.count)
            odd = [
                (letter, alphabet) for letter in word if (alphabet := _alphabet(letter)) not in ("", usual)
            ]
            return Doubt("mixed", _few(odd))
    return None


def _lookalike(words: list[str]) -> Doubt | None:
    """A word of another alphabet that could be read as Latin, in a name that no other word gives away as foreign."""
    foreign = [word for word in words if _alphabet(word[0]) not in ("", "LATIN")]
    letters = [(letter, _alphabet(letter)) for word in foreign for letter in word]
    if not letters or not all(letter in _LIKE_LATIN for letter, _ in letters):
        return None
    return Doubt("lookalike", _few(letters))


def _few(letters: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys(letters))[:5]


def _alphabet(letter: str) -> str:
    """The alphabet of a letter, or the empty string when it is in none of those that are mistaken for each other."""
    first = unicodedata.name(letter, "").partition(" ")[0]
    return first if first in _ALPHABETS else ""
