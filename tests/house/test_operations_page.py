"""docs/operations.md: its commands exist, and each chapter names tests that exist, or says what is not run."""

import re
import shlex
from typing import Any

import pytest
import typer
from tests.house.conftest import ROOT

from latchstring.cli import app

PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    """The words of each `latchstring` command, in examples and in the text."""
    lines = [line for block in SHELL.findall(PAGE) for line in block.splitlines()]
    written = [line.partition(" #")[0] for line in lines if line.startswith("latchstring ")]
    quoted = re.findall(r"`(latchstring [a-z][^`]*)`", PAGE)
    return [shlex.split(line)[1:] for line in (*written, *quoted)]


@pytest.mark.row("R27")
def test_every_command_exists_with_its_options() -> None:
    """By the command line's own tree."""
    assert len(commands()) > 15
    for words in commands():
        found: Any = typer.main.get_command(app)
        rest = list(words)
        while rest and hasattr(found, "commands"):
            with typer.Context(found) as context:
                _, found, rest = found.resolve_command(context, rest)
        known = {option for parameter in found.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= known, words


@pytest.mark.row("R27")
def test_every_chapter_says_which_test_runs_it() -> None:
    """The files exist, and have the functions that are named."""
    for chapter in PAGE.split("\n## ")[1:]:
        told = chapter.partition("\nRun in: ")[2]
        assert told, chapter.partition("\n")[0]
        named = re.findall(r"`(tests/[^`]*)`", told)
        assert named
        for one in named:
            file, _, function = one.partition("::")
            assert (ROOT / file).exists(), one
            assert not function or f"def {function}(" in (ROOT / file).read_text("utf-8"), one


def test_the_examples_it_links_to_exist() -> None:
    """Relative to the page."""
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / target).resolve().exists(), target
