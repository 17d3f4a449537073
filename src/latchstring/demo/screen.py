"""What the demo prints: steps with a check mark, their time, and what each proves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from latchstring.demo.cast import PASSWORD, PEOPLE
from latchstring.demo.stage import Stage
from latchstring.kit.clock import Clock


class Screen:
    """The terminal, or whatever stands in for it."""

    def __init__(self, clock: Clock, console: Console | None = None) -> None:
        self._clock = clock
        self._console = console or Console(highlight=False)

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Something that takes a while: it turns while it lasts, and says how long it took."""
        since = self._clock.monotonic_ns()
        with self._console.status(what):
            yield
        self._console.print(f"[green]✓[/] {what} {self._since(since)}")

    def title(self, text: str) -> None:
        """The beginning of a part."""
        self._console.print(f"\n[bold]{text}[/]\n")

    def step(self, number: int, title: str, proves: str, do: Callable[[], str]) -> bool:
        """Do a step and print what came of it; whether it held."""
        since = self._clock.monotonic_ns()
        try:
            with self._console.status(title):
                found = do()
        except Exception as problem:
            self._console.print(f"[red]✗[/] {number:2} [bold]{title}[/] {self._since(since)}")
            self._indented(f"{type(problem).__name__}: {problem}", "red")
            return False
        self._console.print(f"[green]✓[/] {number:2} [bold]{title}[/] {self._since(since)}")
        self._indented(found, "")
        self._indented(proves, "dim")
        return True

    def failed(self, text: str) -> None:
        """What went wrong."""
        self._console.print(f"[red]✗[/] {text}", markup=True)

    def verdict(self, steps: int, since: int) -> None:
        """All steps held."""
        self._console.print(f"\n[green]✓[/] [bold]All {steps} steps held[/] {self._since(since)}")

    def where_to_go(self, stage: Stage) -> None:
        """The addresses and sign-ins with which to click through the same."""
        people = Table(box=None, pad_edge=False, show_header=False)
        for person in PEOPLE:
            people.add_row(person.email, PASSWORD, f"[dim]{person.name}, {person.tells}[/]")
        self._console.print("\n[bold]Now by hand[/]\n")
        for url, what in (
            (stage.partner_origin, "the notifier: connect, see monitors, page somebody"),
            (f"{stage.origin}/organization-settings/oauth-apps", "who has access, and revoke"),
            (f"{stage.origin}/organization-settings/api-keys", "the key it made"),
            (f"{stage.origin}/platform/v1/openapi.json", "the JSON API"),
        ):
            self._console.print(f"  {url}  [dim]{what}[/]", soft_wrap=True)
        self._console.print("\n  Sign in as\n")
        self._console.print(Padding(people, (0, 0, 0, 4)))
        self._console.print(f"\n  Credentials of the JSON API: {stage.remembered}", soft_wrap=True)
        self._console.print("\nCtrl-C stops everything.")

    def _since(self, since: int) -> str:
        milliseconds = (self._clock.monotonic_ns() - since) / 1e6
        told = f"{milliseconds:.0f} ms" if milliseconds < 1_000 else f"{milliseconds / 1_000:.1f} s"
        return f"[cyan]{told}[/]"

    def _indented(self, text: str, style: str) -> None:
        self._console.print(Padding(text, (0, 0, 0, 5), expand=False), style=style, markup=False)
