"""Forms with a file (`multipart/form-data`, RFC 7578), read from a body that is small enough to be held whole.

Browsers send one file and a few short fields here; anything else is refused instead of being guessed at.
"""

import re
from dataclasses import dataclass

from latchstring.protocol.parameters import Malformed, Parameters, is_text

_BOUNDARY = re.compile(r'multipart/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))',
                       re.IGNORECASE)  # fmt: skip
_NAME = re.compile(rb'form-data;(?:.*;)?\s*name="([^"\r\n]{1,100})"', re.IGNORECASE)
_MOST_PARTS = 10
_LONGEST_HEAD = 2_000


@dataclass(frozen=True, slots=True)
class Upload:
    """The fields of a form, and its one file; empty when none was chosen."""

    fields: Parameters
    file: bytes


def read_multipart(content_type: str, body: bytes) -> Upload | Malformed:
    """The parts of a body whose size is bounded already; what a file is called is nobody's business."""
    found = _BOUNDARY.match(content_type)
    if found is None:
        return Malformed("no boundary")
    mark = b"--" + (found[1] or found[2]).encode("utf-8", "replace")
    chunks = (b"\r\n" + body).split(b"\r\n" + mark, _MOST_PARTS + 2)
    if len(chunks) > _MOST_PARTS + 2 or len(chunks) < 2 or not chunks[-1].startswith(b"--"):
        return Malformed("not whole, or too many parts")
    fields: dict[str, str] = {}
    files: list[bytes] = []
    for chunk in chunks[1:-1]:
        problem = _take(chunk, fields, files)
        if problem is not None:
            return problem
    if len(files) > 1:
        return Malformed("more than one file")
    return Upload(Parameters(fields), files[0] if files else b"")


def _take(chunk: bytes, fields: dict[str, str], files: list[bytes]) -> Malformed | None:
    head, gap, content = chunk.partition(b"\r\n\r\n")
    disposition = next(
        (line for line in head.split(b"\r\n") if line.lower().startswith(b"content-disposition:")), b""
    )
    name = _NAME.search(disposition)
    if not gap or name is None or len(head) > _LONGEST_HEAD:
        return Malformed("a part without a name")
    if b"filename" in disposition[name.end() :].lower() or b"filename" in disposition[: name.start()].lower():
        files.append(content)
        return None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return Malformed("a field that is not text")
    if not is_text(text):
        return Malformed("a field that is not text")
    fields.setdefault(name[1].decode("utf-8", "replace"), text)
    return None
