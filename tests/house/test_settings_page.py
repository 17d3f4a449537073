"""Every setting is documented, and the page is the one that the code makes."""

import subprocess
import sys
from pathlib import Path

from latchstring.settings import Settings

ROOT = Path(__file__).parents[2]


def test_every_setting_is_on_the_page() -> None:
    """Nobody has to read the source to find a setting."""
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert [name for name in Settings.__struct_fields__ if f"| `{name}` |" not in page] == []


def test_the_page_is_up_to_date() -> None:
    """The page is what `make settings` would write now."""
    command = [sys.executable, str(ROOT / "scripts" / "settings_page.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
