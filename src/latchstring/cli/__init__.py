"""The command line: `latchstring …`."""

import os
import signal
import sys
from typing import Annotated

import typer

from latchstring.cli.commands import Commands
from latchstring.settings import PREFIX, load_settings

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    help="A self-hosted OAuth platform for integrations.",
)


Site = Annotated[str | None, typer.Option("--site", help="The site to serve, one of the list of sites.")]
Neutral = Annotated[
    bool,
    typer.Option(
        "--neutral", help="Serve no site, but the page on which people pick theirs. Needs no database."
    ),
]


def _choose(site: str | None) -> None:
    """What is said on the command line counts for this process and those that it starts."""
    if site is not None:
        os.environ[PREFIX + "SITE"] = site


@app.command()
def serve(site: Site = None, neutral: Neutral = False) -> None:
    """Run the platform: migrate, then serve. With --neutral, the site-neutral address."""
    from latchstring.cli.serve import serve as serve_site
    from latchstring.cli.serve import serve_neutral

    _choose(site)
    if neutral:
        serve_neutral(load_settings(os.environ, neutral=True))
    else:
        serve_site(load_settings(os.environ))


@app.command()
def worker(site: Site = None) -> None:
    """Run what belongs beside the servers: messages, housekeeping and reconciliation."""
    from latchstring.cli.work import work

    _choose(site)
    work(load_settings(os.environ))


@app.command()
def migrate(
    site: Site = None,
    schema_only: Annotated[
        bool, typer.Option("--schema-only", help="Leave filling in old rows to a later run.")
    ] = False,
) -> None:
    """Bring the database up to date while everybody works. Processes that start at once take turns; whatever is
    interrupted goes on where it was when the command is run again."""
    from latchstring.cli.serve import migrate as run

    _choose(site)
    applied, filled = run(None if schema_only else _progress)
    done = [*(f"applied {name}" for name in applied), *(f"finished {name}" for name in filled)]
    print("\n".join(done) or "nothing to apply")


def _progress(name: str, rows: int) -> None:
    print(f"backfill {name}: {rows} rows", flush=True)


def main() -> None:
    """Run a command; what the operator can mend is said in one line. Asked to stop, it lets go of the embedded
    PostgreSQL."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        app()
    except Exception as problem:
        from latchstring.cli.mendable import told

        line = told(problem)
        if line is None:
            raise
        sys.exit(f"latchstring: {line}")
