"""What is said of a name that may be made to look like another."""

from collections.abc import Mapping
from typing import Final

from latchstring.accounts.lookalikes import Doubt, Trick, doubt_about
from latchstring.web.translations import Text

_SAID: Final[Mapping[Trick, str]] = {
    "hidden": Text("“%(name)s” contains characters that can’t be seen or that turn text around.").message,
    "disguised": Text("“%(name)s” is written in letters that only look like plain ones: %(letters)s").message,
    "mixed": Text("“%(name)s” mixes alphabets: %(letters)s").message,
    "lookalike": Text("“%(name)s” is written in another alphabet but reads like Latin: %(letters)s").message,
}


def caution_about(name: str) -> Text | None:
    """The sentence that warns of a name, or None."""
    doubt = doubt_about(name)
    return None if doubt is None else Text(_SAID[doubt.trick], {"name": name, "letters": _letters(doubt)})


def _letters(doubt: Doubt) -> str:
    """Each letter with its alphabet as Unicode names it, such as `а (Cyrillic)`."""
    return ", ".join(f"{letter} ({alphabet.title()})" for letter, alphabet in doubt.letters)
