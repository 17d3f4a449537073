"""What can be an app's logo: a PNG, JPEG or WebP image, told by its bytes and not by what it is called.

Only headers are read; nothing is decoded. A file that goes on after the image ends is refused, because it may
be something else at the same time.
"""

from latchstring.accounts.refused import Refused
from latchstring.apps.model import Logo

LARGEST = 256 * 1024
SHORTEST_SIDE, LONGEST_SIDE = 48, 2048
_PNG_BEGIN, _PNG_END = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"\x00\x00\x00\x00IEND\xaeB`\x82"
_JPEG_BEGIN, _JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
#: Markers of JPEG segments that tell width and height (ITU T.81, table B.1).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

Sides = tuple[int, int]


def checked_logo(content: bytes) -> Logo:
    """The logo in these bytes.

    Raises:
        Refused: too large, no such image, cut off, or its sides are too short or too long.
    """
    if len(content) > LARGEST:
        raise Refused(f"must not be larger than {LARGEST // 1024} KiB", field="logo")
    if (sides := _png(content)) is not None:
        return _sized(Logo("image/png", content), sides)
    if (sides := _jpeg(content)) is not None:
        return _sized(Logo("image/jpeg", content), sides)
    if (sides := _webp(content)) is not None:
        return _sized(Logo("image/webp", content), sides)
    raise Refused("must be a whole PNG, JPEG or WebP image", field="logo")


def _sized(logo: Logo, sides: Sides) -> Logo:
    if not all(SHORTEST_SIDE <= side <= LONGEST_SIDE for side in sides):
        raise Refused(
            f"must have sides from {SHORTEST_SIDE} to {LONGEST_SIDE} pixels, not {sides[0]} × {sides[1]}",
            field="logo",
        )
    return logo


def _png(content: bytes) -> Sides | None:
    if not (content.startswith(_PNG_BEGIN) and content.endswith(_PNG_END)):
        return None
    return _number(content[16:20], "big"), _number(content[20:24], "big")


def _jpeg(content: bytes) -> Sides | None:
    if not (content.startswith(_JPEG_BEGIN) and content.endswith(_JPEG_END)):
        return None
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        if content[at + 1] in _FRAMES:
            return _number(content[at + 7 : at + 9], "big"), _number(content[at + 5 : at + 7], "big")
        at += 2 + max(_number(content[at + 2 : at + 4], "big"), 2)
    return None


def _webp(content: bytes) -> Sides | None:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return None
    if _number(content[4:8], "little") + 8 != len(content):
        return None
    match content[12:16]:
        case b"VP8 ":
            return _number(content[26:28], "little") & 0x3FFF, _number(content[28:30], "little") & 0x3FFF
        case b"VP8L":
            bits = _number(content[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return _number(content[24:27], "little") + 1, _number(content[27:30], "little") + 1
    return None


def _number(content: bytes, order: str) -> int:
    return int.from_bytes(content, "little" if order == "little" else "big")
