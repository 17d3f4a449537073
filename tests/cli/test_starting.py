"""The command line starts quickly: to list its commands it imports none of them."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from latchstring.cli import app
from latchstring.cli.commands import COMMANDS, loaded

HEAVY = ("latchstring.wiring", "latchstring.web", "latchstring.storage.database", "asyncpg", "jinja2")
_ASK = """
import sys
from latchstring.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("imported:", *sys.modules)
"""


@pytest.mark.parametrize("words", [["--help"], ["explain", "--help"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    """Neither the database's driver nor the pages."""
    ran = subprocess.run([sys.executable, "-c", _ASK, *words], capture_output=True, text=True, check=True)
    imported = ran.stdout.partition("imported:")[2].split()
    assert "latchstring.cli" in imported
    assert [name for name in HEAVY if name in imported] == []


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_list_says_what_the_command_says(name: str) -> None:
    """The table of commands is not allowed to drift from the commands."""
    told = COMMANDS[name][0]
    assert loaded(name).help.partition("\n")[0] == told


def test_every_command_is_listed() -> None:
    """Those of the table, and those of the process."""
    listed = CliRunner().invoke(app, ["--help"]).stdout
    assert [name for name in ("serve", "worker", "migrate", *COMMANDS) if f" {name} " not in listed] == []


def test_a_wrong_name_is_answered_with_the_nearest() -> None:
    """As if all had been imported."""
    ran = CliRunner().invoke(app, ["publsh"])
    assert ran.exit_code == 2
    assert "publish" in ran.output
