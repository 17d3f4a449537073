"""Taking credentials out of what is written down, wherever in a request somebody put them by mistake."""

import re
from collections.abc import Mapping

#: Our own credentials, by their prefix; what has the form of an API key; what is as long as a code verifier.
_OURS = re.compile(r"(?<![A-Za-z0-9])(ls(?:at|rt|ac|cs|pt|rs))_[A-Za-z0-9_]{8,}", re.IGNORECASE)
_KEY = re.compile(r"(?<![0-9A-Za-z-])[0-9A-Fa-f]{32,}(?![0-9A-Za-z-])")
_LONG = re.compile(r"[A-Za-z0-9_~-]{43,}")
_HEAD = re.compile(r"ls(?:at|rt|ac|cs|pt|rs)_(?:[a-z][a-z0-9]{1,15}_)?")
_LONGEST = 2_000
#: In place of what is left out.
LEFT_OUT = "…"


def scrubbed(text: str, known: str = "") -> str:
    """`text` without anything that has the form of a credential; what is part of `known` is no secret."""

    def hidden(found: re.Match[str]) -> str:
        return found[0] if found[0] in known else LEFT_OUT

    storable = text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
    without_ours = _OURS.sub(lambda found: f"{found[1]}_{LEFT_OUT}", storable)
    return _LONG.sub(hidden, _KEY.sub(hidden, without_ours))[:_LONGEST]


def scrubbed_notes(noted: Mapping[str, str]) -> dict[str, str]:
    """What is noted of a refusal, fit to be kept. `expected` comes from us, so it is known."""
    expected = noted.get("expected", "")
    return {
        name: value[:_LONGEST] if name == "expected" else scrubbed(value, expected)
        for name, value in noted.items()
    }


def masked(credential: str) -> dict[str, str]:
    """What may be noted of a credential: prefix and site, if it shows them, and how long it is."""
    head = _HEAD.match(credential)
    return {"received": (head[0] if head else "") + LEFT_OUT, "length": str(len(credential))}
