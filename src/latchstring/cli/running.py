"""How an administration command runs: on the database, in one transaction, in the host's name."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import msgspec
import typer

from latchstring.accounts.refused import Refused

if TYPE_CHECKING:
    from latchstring.apps.clients import Smithy
    from latchstring.audit.entries import Act
    from latchstring.storage.database import Transaction
    from latchstring.web.platform import Platform

#: A table for a file or a pipe has a line for each row, however long.
_ONE_LINE = 10_000

T = TypeVar("T")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command works with."""

    platform: "Platform"
    tx: "Transaction"
    act: "Act"

    @property
    def smithy(self) -> "Smithy":
        """What new client secrets are made from."""
        from latchstring.apps.clients import Smithy

        return Smithy(self.platform.shared_keys, self.platform.entropy, self.platform.site.key)


def run(work: Callable[[Desk], Awaitable[Any]], *, as_json: bool) -> None:
    """Do `work` in one transaction and print what it answers. What is refused exits with 1 and a reason."""
    print_answer(done(work), as_json=as_json)


def print_answer(answer: object, *, as_json: bool) -> None:
    """Print an answer for programs or for people."""
    print_json(answer) if as_json else _print_plain(answer)


def done(work: Callable[[Desk], Awaitable[T]]) -> T:
    """Do `work` in one transaction; what is refused ends the command."""
    try:
        return asyncio.run(_do(work))
    except Refused as refused:
        refuse(refused)


def refuse(refused: Refused) -> NoReturn:
    """End the command with 1 and the reason, in one line."""
    named = f"{refused.field}: " if refused.field else ""
    print(f"latchstring: {named}{refused.reason}", file=sys.stderr)
    raise typer.Exit(1) from None


async def _do(work: Callable[[Desk], Awaitable[T]]) -> T:
    from latchstring.audit.entries import Act
    from latchstring.wiring import open_platform

    async with open_platform() as platform, platform.database.transaction() as tx:
        return await work(Desk(platform, tx, Act("host", platform.clock.now())))


def print_json(answer: object) -> None:
    """Print an answer for programs."""
    print(msgspec.json.format(msgspec.json.encode(answer), indent=2).decode())


def _print_plain(answer: object) -> None:
    if isinstance(answer, Sequence) and not isinstance(answer, str | bytes):
        _print_table([msgspec.to_builtins(line) for line in answer])
        return
    content = msgspec.to_builtins(answer)
    if not isinstance(content, dict):
        print("done" if content is None else content)
        return
    for name, value in _flat(content):
        print(f"{name}: {value}")


def _print_table(lines: list[dict[str, Any]]) -> None:
    if not lines:
        print("none")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in lines[0]:
        table.add_column(name, no_wrap=name == "id" or name.endswith("_id"))
    for line in lines:
        table.add_row(*(_cell(value) for value in line.values()))
    width = None if sys.stdout.isatty() else _ONE_LINE
    Console(width=width, markup=False, highlight=False).print(table)


def _flat(content: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in content.items():
        if isinstance(value, dict):
            found += _flat(value, f"{prefix}{name}.")
        else:
            found.append((prefix + name, _cell(value)))
    return found


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, list):
        return ", ".join(_cell(one["name"]) if isinstance(one, dict) else str(one) for one in value)
    return str(value)
