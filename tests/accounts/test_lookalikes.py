"""Names that pose as others are told from honest ones in any language."""

import pytest

from latchstring.accounts.lookalikes import Doubt, doubt_about

SMALL_A = "\u0430"  # Cyrillic


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (f"P{SMALL_A}gewell", Doubt("mixed", ((SMALL_A, "CYRILLIC"),))),
        (f"Acme for Sl{SMALL_A}ck", Doubt("mixed", ((SMALL_A, "CYRILLIC"),))),
        ("\u0391cme", Doubt("mixed", (("\u0391", "GREEK"),))),
        # Mostly Cyrillic, with one Latin letter in it
        ("\u041c\u043e\u0441\u043a\u0432a", Doubt("mixed", (("a", "LATIN"),))),
        (f"\u0420{SMALL_A}\u0443\u0440{SMALL_A}l", Doubt("mixed", (("l", "LATIN"),))),
        # Every letter Cyrillic, and reads "cope"
        ("\u0441\u0440 Cloud", Doubt("lookalike", (("\u0441", "CYRILLIC"), ("\u0440", "CYRILLIC")))),
        ("\uff21cme", Doubt("disguised", (("\uff21", "LATIN"),))),
        ("\U0001d400cme", Doubt("disguised", (("\U0001d400", "LATIN"),))),
        ("Acme\u202egpj.exe", Doubt("hidden")),
        ("Ac\u200bme", Doubt("hidden")),
    ],
)  # fmt: skip
def test_a_trick_is_seen(name: str, expected: Doubt) -> None:
    """Each trick by its kind, with the letters that stand out."""
    assert doubt_about(name) == expected


HONEST = (
    "On-call Notifier 2.0",
    "Café Müller & Søn",
    "당직 알리미 for Slack",
    "データ転送 AWS",
    "云监控 Cloud",
    "Яндекс Метрика",
    "Яндекс for Slack",
    "Москва",
    "Ελλάδα Cloud",
    "مراقبة",
    "☃ Snow",
    "",
    "1234",
)


@pytest.mark.parametrize("name", HONEST)
def test_honest_names_are_left_alone(name: str) -> None:
    """Many alphabets stand beside Latin in honest names."""
    assert doubt_about(name) is None
