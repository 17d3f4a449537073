"""Cursors and ids that name a place in an order: what came at `at`, with `id`. Pure."""

import base64
import struct

from latchstring.sample_host.answers import invalid

_PLACE = struct.Struct(">QQ")
Place = tuple[int, int]


def written(place: Place) -> str:
    """The place as text for URLs."""
    return base64.urlsafe_b64encode(_PLACE.pack(*place)).decode().rstrip("=")


def place_of(text: str) -> Place | None:
    """The place that `text` names, or None."""
    if len(text) != 22 or not text.isascii():
        return None
    try:
        at, id_ = _PLACE.unpack(base64.b64decode(text + "==", altchars=b"-_", validate=True))
    except ValueError:
        return None
    return (at, id_) if at < 2**63 and id_ < 2**63 else None


def cursor(name: str, text: str) -> Place:
    """The place that a cursor names; refuses with the parameter's name."""
    place = place_of(text)
    if place is None:
        raise invalid(f"Parameter '{name}' is not a cursor that an earlier answer gave")
    return place
