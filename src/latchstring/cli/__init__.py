"""The command line: `latchstring …`."""

import os
import signal
import sys

import typer

from latchstring.cli import admin, apps, coverage, demo, explain, partner_requests, runs
from latchstring.settings import SettingsInvalid, load_settings
from latchstring.storage.database import UNAVAILABLE
from latchstring.storage.embedded import EmbeddedFailed
from latchstring.storage.keys import KeysInvalid
from latchstring.wiring import WrongDatabase

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="A self-hosted OAuth platform for integrations."
)


@app.command()
def serve() -> None:
    """Run the platform: migrate, then serve."""
    from latchstring.cli.serve import serve as run

    run(load_settings(os.environ))


@app.command()
def worker() -> None:
    """Run what belongs beside the servers: housekeeping."""
    from latchstring.cli.work import work

    work(load_settings(os.environ))


@app.command()
def migrate() -> None:
    """Bring the database up to date. Processes that start at once take turns."""
    from latchstring.cli.serve import migrate as run

    applied = run()
    print("\n".join(f"applied {name}" for name in applied) or "nothing to apply")


for commands in (demo, admin, apps, coverage, explain, partner_requests, runs):
    commands.register(app)


def main() -> None:
    """Run a command; what the operator can mend is said in one line. Asked to stop, it lets go of the embedded
    PostgreSQL."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        app()
    except (SettingsInvalid, KeysInvalid, WrongDatabase, EmbeddedFailed) as problem:
        sys.exit(f"latchstring: {problem}")
    except UNAVAILABLE as problem:
        sys.exit(f"latchstring: the database does not answer: {problem or type(problem).__name__}")
