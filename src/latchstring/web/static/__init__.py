"""Style sheet, script and marks of the pages. Each file is served at a URL that carries the hash of its
content, so that browsers may keep it for ever."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

CONTENT_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
MOUNT: Final = "/static"
CACHE_CONTROL: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file: its name here, the URL path it is served at, its content type and its bytes."""

    name: str
    url: str
    content_type: str
    body: bytes


@cache
def static_files() -> tuple[StaticFile, ...]:
    """Every file that the server mounts, read once. Serve them with `CACHE_CONTROL` and `nosniff`."""
    folder = Path(__file__).parent
    return tuple(_read(path) for path in sorted(folder.iterdir()) if path.suffix in CONTENT_TYPES)


@cache
def static_url(name: str) -> str:
    """The URL path of a static file. KeyError when there is no such file."""
    return {file.name: file.url for file in static_files()}[name]


def _read(path: Path) -> StaticFile:
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:12]
    url = f"{MOUNT}/{path.stem}.{digest}{path.suffix}"
    return StaticFile(path.name, url, CONTENT_TYPES[path.suffix], body)
