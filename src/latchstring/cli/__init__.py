"""The command line: `latchstring …`."""

import os
import signal
import sys
from typing import Annotated

import typer

from latchstring.cli import (
    admin,
    apps,
    audit,
    coverage,
    demo,
    explain,
    keys,
    partner_requests,
    publish,
    reconcile,
    restored,
    runs,
    several,
    sites,
    verify,
)
from latchstring.settings import PREFIX, SettingsInvalid, load_settings
from latchstring.storage.database import UNAVAILABLE
from latchstring.storage.embedded import EmbeddedFailed
from latchstring.storage.keys import KeysInvalid
from latchstring.wiring import WrongDatabase

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="A self-hosted OAuth platform for integrations."
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


for commands in (
    demo,
    admin,
    apps,
    audit,
    coverage,
    explain,
    keys,
    partner_requests,
    publish,
    reconcile,
    restored,
    runs,
    several,
    sites,
    verify,
):
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
