"""The integration's folder as in a pull request: README.md, manifest.json and assets/oauth_clients.json.

Pure: bytes and texts in, values out. Nothing is fetched, and nothing outside these three files is looked at.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

README: Final = "README.md"
MANIFEST: Final = "manifest.json"
OAUTH_CLIENTS: Final = "assets/oauth_clients.json"
#: The files of a folder that count, each with the most bytes it may have.
LARGEST: Final[Mapping[str, int]] = {README: 128 * 1024, MANIFEST: 64 * 1024, OAUTH_CLIENTS: 64 * 1024}

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_CATEGORY = "Category::"
_LONGEST_TEXT = 60_000
_MOST_CATEGORIES = 20


@dataclass(frozen=True, slots=True)
class Folder:
    """The texts of the files that are there, by their path in the folder."""

    files: Mapping[str, str]

    @classmethod
    def stored(cls, value: Mapping[str, Any]) -> "Folder":
        """As it was stored with a submission."""
        return cls({name: str(text) for name, text in value.items() if name in LARGEST})


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a README: its line (from 0), level and text."""

    line: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class TileTexts:
    """What a folder says of its tile; empty where it is silent."""

    title: str
    description: str
    categories: list[str]
    overview: str
    configuration: str
    uninstallation: str


def headings(readme: str) -> list[Heading]:
    """The headings of a README, without what only looks like one inside a code block."""
    found: list[Heading] = []
    fence = ""
    for number, line in enumerate(readme.splitlines()):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1] == fence):
            fence = "" if fence else mark[1]
        elif not fence and (heading := _HEADING.match(line)):
            found.append(Heading(number, len(heading[1]), heading[2].strip()))
    return found


def section(readme: str, title: str, *, level: int | None = 2) -> str | None:
    """What stands below a heading, up to the next one of its level or above; None without such a heading."""
    known = headings(readme)
    for place, heading in enumerate(known):
        if heading.text.casefold() == title.casefold() and level in (None, heading.level):
            ends = (later.line for later in known[place + 1 :] if later.level <= heading.level)
            return "\n".join(readme.splitlines()[heading.line + 1 : next(ends, None)]).strip()
    return None


def tile_of(folder: Folder) -> TileTexts | None:
    """What the folder says of its tile, or None when it has no manifest that can be read."""
    manifest = manifest_of(folder)
    if manifest is None:
        return None
    readme = folder.files.get(README, "")
    tile = tile_part(manifest)

    def text(*titles: str) -> str:
        found = (section(readme, title, level=None) for title in titles)
        return next((one for one in found if one), "")[:_LONGEST_TEXT]

    return TileTexts(
        title=_string(tile.get("title") or manifest.get("public_title") or manifest.get("display_name"))[
            :200
        ],
        description=_string(tile.get("description") or manifest.get("short_description"))[:300],
        categories=_categories(manifest),
        overview=text("Overview"),
        configuration=text("Setup", "Configuration"),
        uninstallation=text("Uninstallation"),
    )


def manifest_of(folder: Folder) -> Mapping[str, Any] | None:
    """The manifest's members, or None when it is missing or can't be read."""
    return json_object(folder.files.get(MANIFEST, ""))


def json_object(text: str) -> Mapping[str, Any] | None:
    """The members of a JSON object, in their order; None when the text is none, or is too deep."""
    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return members if isinstance(members, dict) else None


def is_second(manifest: Mapping[str, Any]) -> bool:
    """Whether it is a manifest of version 2, which keeps the tile's members in `tile`."""
    return str(manifest.get("manifest_version", "")).startswith("2") or isinstance(manifest.get("tile"), dict)


def tile_part(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where the members of the tile stand: on top in version 1, in `tile` in version 2."""
    tile = manifest.get("tile")
    if is_second(manifest):
        return tile if isinstance(tile, dict) else {}
    return manifest


def _categories(manifest: Mapping[str, Any]) -> list[str]:
    tags = tile_part(manifest).get("classifier_tags") or manifest.get("categories") or []
    listed = [_string(tag) for tag in tags[:200]] if isinstance(tags, list) else []
    named = [tag.removeprefix(_CATEGORY) for tag in listed if "::" not in tag or tag.startswith(_CATEGORY)]
    return list(dict.fromkeys(name[:100] for name in named if name))[:_MOST_CATEGORIES]


def _string(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
