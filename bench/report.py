"""What came out: rows of ratios, as a table and as JSON."""

from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One figure. `ours` and `reference` are per second (or MiB); without a reference there is no ratio.

    `server_us` and `postgres_us` are the processor time of one of ours: what stays when other work disturbs the rest.
    `floor` is the least ratio that is good enough; where `most` is set, `ours` must not exceed it.
    """

    name: str
    ours: float
    reference: float | None = None
    ratio: float | None = None
    floor: float | None = None
    p99_ms: float | None = None
    server_us: float | None = None
    postgres_us: float | None = None
    most: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the floor is met and the 99th percentile is below 50 ms; None when nothing was promised."""
        held = [] if self.floor is None or self.ratio is None else [self.ratio >= self.floor]
        held += [] if self.p99_ms is None else [self.p99_ms < MOST_P99_MS]
        held += [] if self.most is None else [self.ours < self.most]
        return all(held) if held else None


MOST_P99_MS = 50.0


def write(rows: list[Row], file: Path) -> None:
    """The rows as a list of JSON objects."""
    named = [msgspec.structs.asdict(row) for row in rows]
    file.write_bytes(msgspec.json.format(msgspec.json.encode(named)) + b"\n")


def show(rows: list[Row]) -> None:
    """The rows as a table on the terminal."""
    table = Table("", "ours", "reference", "ratio", "floor", "p99 ms", "server µs", "PG µs", "")
    for column in table.columns[1:8]:
        column.justify = "right"
    for row in rows:
        table.add_row(
            row.name,
            f"{row.ours:,.0f}",
            _shown(row.reference, ",.0f"),
            _shown(row.ratio, ".2f"),
            f"< {row.most:.0f}" if row.most is not None else _shown(row.floor, ".2f"),
            _shown(row.p99_ms, ".1f"),
            _shown(row.server_us, ".0f"),
            _shown(row.postgres_us, ".0f"),
            {True: "[green]met[/]", False: "[red]not met[/]", None: ""}[row.met],
        )
    Console(width=None if Console().is_terminal else 120).print(table)


def _shown(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)
