"""`latchstring demo`: everything at once, and a walk through the main job."""

import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from latchstring.kit.clock import SystemClock

_APPLICATION = Path(__file__).resolve().parents[3] / "examples" / "oncall_notifier"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the walk.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the last demo's data.")] = False,
    port: Annotated[int, typer.Option(help="Port of the platform.")] = 8100,
    partner_port: Annotated[int, typer.Option(help="Port of the partner's application.")] = 8200,
    folder: Annotated[Path, typer.Option(help="Where everything is kept.")] = Path("var/demo"),
) -> None:
    """Start PostgreSQL, the platform and a partner's application, and walk through the main job."""
    try:
        from latchstring.demo.show import show
        from latchstring.demo.stage import CannotStart, Stage
    except ImportError as problem:
        sys.exit(f"latchstring: the demo needs {problem.name}; in a checkout, `make demo` installs it")
    if not _APPLICATION.is_dir():
        sys.exit("latchstring: the demo runs in a checkout of the repository, where examples/ is")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    stage = Stage(port, partner_port, folder.resolve())
    try:
        held = show(stage, _APPLICATION, SystemClock(), once=once, fresh=fresh)
    except CannotStart as problem:
        sys.exit(f"latchstring: {problem}")
    except KeyboardInterrupt:
        sys.exit(0 if not once else 130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    sys.exit(0 if held else 1)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
