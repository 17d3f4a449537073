"""How an explanation is written down: the reason and the remedy, in each language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why it was refused, and what its reader can do."""

    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Words:
    """The same in every language."""

    en: Explanation
    ko: Explanation


def words(why: str, remedy: str, why_ko: str, remedy_ko: str) -> Words:
    """English, then Korean: reason and remedy each."""
    return Words(Explanation(why, remedy), Explanation(why_ko, remedy_ko))
