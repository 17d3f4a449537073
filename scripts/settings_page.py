"""Writes docs/settings.md from the settings themselves; with --check only says whether it is up to date."""

import sys
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from msgspec import Meta

from latchstring.settings import PREFIX, Settings

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
SOURCE = Path(sys.modules[Settings.__module__].__file__ or "")

HEAD = f"""# Settings

Every setting is a line of a TOML file, which `{PREFIX}SETTINGS` names, or a variable `{PREFIX}<NAME>`, which wins.
An unknown name in the file or an impossible value stops the start with a message that names it.
An empty variable means none.
This page is made from the code: `make settings`.
"""


def page() -> str:
    """The whole page."""
    hints = get_type_hints(Settings, include_extras=True)
    defaults = dict(zip(Settings.__struct_fields__, Settings.__struct_defaults__, strict=True))
    parts = [HEAD]
    for heading, names in sections().items():
        parts.append(f"\n## {heading}\n| setting | default | meaning |\n| --- | --- | --- |\n")
        parts += [row(name, defaults[name], hints[name]) for name in names]
    return "".join(parts)


def sections() -> dict[str, list[str]]:
    """The settings by the headings under which the source lists them."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in SOURCE.read_text("utf-8").partition("class Settings(")[2].splitlines():
        if line.startswith("    # "):
            heading = line.removeprefix("    # ").strip()
        name = line.strip().partition(":")[0]
        if line.startswith("    ") and not line.startswith("     ") and name in Settings.__struct_fields__:
            found.setdefault(heading, []).append(name)
    return found


def row(name: str, default: object, hint: Any) -> str:
    """One line of the table."""
    shown = "none" if default is None else f"`{default}`"
    return f"| `{name}` | {shown} | {meaning(name, hint)} |\n"


def meaning(name: str, hint: Any) -> str:
    """What a setting says of itself, or the values it can have."""
    if get_origin(hint) is Annotated:
        for one in get_args(hint)[1:]:
            if isinstance(one, Meta) and one.description:
                return one.description
    choices = ", ".join(f"`{value}`" for value in get_args(hint) if isinstance(value, str))
    if choices:
        return f"One of {choices}."
    raise SystemExit(f"the setting {name} says nothing of itself")


if __name__ == "__main__":
    if "--check" in sys.argv:
        current = PAGE.read_text("utf-8") if PAGE.exists() else ""
        sys.exit(0 if current == page() else "docs/settings.md is out of date: make settings")
    PAGE.write_text(page(), "utf-8")
