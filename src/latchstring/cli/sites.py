"""`latchstring site …`: the sites of an installation, and the copying of what is published between them."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import typer

from latchstring.accounts.refused import Refused
from latchstring.cli.running import AsJson, print_json, refuse
from latchstring.kit.entropy import SystemEntropy
from latchstring.settings import PREFIX, Settings, SettingsInvalid, load_settings
from latchstring.sites import mending, replication
from latchstring.sites.configured import sites_of
from latchstring.sites.mending import Finding
from latchstring.sites.replication import CannotReplicate, Link, linked
from latchstring.sites.standing import Standing, standings
from latchstring.storage import embedded
from latchstring.storage.database import connect
from latchstring.storage.keys import export_shared, import_shared
from latchstring.wiring import dsn_of, keys_file_of, keys_of, prepare

T = TypeVar("T")
group = typer.Typer(
    no_args_is_help=True, help="The sites of an installation, and what is copied between them."
)
keys = typer.Typer(no_args_is_help=True, help="The keys that all sites of an installation share.")

#: The variable with the address of the other database: arguments can be read by everybody on a machine.
VARIABLE = "LATCHSTRING_PEER_DATABASE_URL"
Here = Annotated[str | None, typer.Option("--site", help="The site to work on, one of the list of sites.")]
Peer = Annotated[str, typer.Argument(help="The other site, which is received from.")]
From = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        envvar=VARIABLE,
        help=f"DSN of the other site's database, as this site's PostgreSQL reaches it; better in {VARIABLE}."
        " Not needed where both are databases of one embedded server.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add `latchstring site …` to the command line."""
    group.add_typer(keys, name="keys")
    app.add_typer(group, name="site")


@group.command("list")
def list_sites(as_json: AsJson = False) -> None:
    """List the sites of the settings."""
    sites = sites_of(load_settings(os.environ, neutral=True))
    if as_json:
        print_json([{"key": s.key, "name": s.name, "region": s.region, "domain": s.domain} for s in sites])
        return
    for site in sites:
        print(
            f"{site.key}  {site.name}  {site.region or '-'}  {site.domain}  {site.app_origin}  {site.api_origin}"
        )


@group.command("add")
def add(peer: Peer, database_url: From = None, site: Here = None) -> None:
    """Receive what another site has published, from now on. Run it on each site for each other one."""

    async def work(link: Link) -> str:
        begun = await replication.begin(link)
        if not await mending.caught_up(link, 60):
            raise CannotReplicate(
                f"it has begun, but nothing arrives yet; see `latchstring site repair {peer}`"
            )
        return "now receives from" if begun else "already receives from"

    settings = _settings(site)
    print(f"{settings.site} {_linked(settings, peer, database_url, work)} {peer}")


@group.command("remove")
def remove(peer: Peer, database_url: From = None, site: Here = None) -> None:
    """Receive nothing more from another site. What was copied stays."""
    settings = _settings(site)
    _linked(settings, peer, database_url, replication.end)
    print(f"{settings.site} receives nothing from {peer} any more")


@group.command("status")
def status(site: Here = None, as_json: AsJson = False) -> None:
    """Say how the copying goes, both ways. Exit status: 0 all is well, 2 something needs an operator."""
    settings = _settings(site)
    found = _run(_standings(settings))
    if as_json:
        print_json([_with_problems(one) for one in found])
    else:
        for one in found:
            _print(one)
    if any(one.problems for one in found):
        raise typer.Exit(2)


@group.command("repair")
def repair(
    peer: Annotated[str | None, typer.Argument(help="Only what is received from this site.")] = None,
    database_url: From = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is wrong.")] = False,
    site: Here = None,
    as_json: AsJson = False,
) -> None:
    """Find what is wrong with what is received, compare it row by row, and mend it. Exit status: 0 when all is
    well then, 2 when something was found with --dry-run."""
    settings = _settings(site)
    if peer is None and database_url is not None:
        refuse(Refused("say which site this database is of", field="PEER"))

    async def work(link: Link) -> list[Finding]:
        return await mending.repair(link, dry_run=dry_run)

    found = [
        finding for one in ([peer] if peer else _peers(settings))
        for finding in _linked(settings, one, database_url, work)
    ]  # fmt: skip
    if as_json:
        print_json(found)
    else:
        for finding in found:
            print(f"{finding.site}: {finding.what}{': mended' if finding.mended else ''}")
        print("all is well" if not found else f"{len(found)} found")
    if dry_run and found:
        raise typer.Exit(2)


@keys.command("export")
def export_keys(file: Path, site: Here = None) -> None:
    """Write the shared keys to a new file that only you can read. Bring it to the other sites by a safe way."""
    settings = _settings(site)
    keys_of(settings, SystemEntropy())
    try:
        export_shared(keys_file_of(settings), file)
    except FileExistsError:
        refuse(Refused("is there already; it is not overwritten", field=str(file)))
    print(
        f"wrote {file}; keep it as carefully as {keys_file_of(settings)}, and delete it once it is imported"
    )


@keys.command("import")
def import_keys(
    file: Path,
    replace: Annotated[
        bool, typer.Option("--replace", help="In place of this site's: where no OAuth client was made yet.")
    ] = False,
    site: Here = None,
) -> None:
    """Take over another site's shared keys, beside those that are here. Restart the site's processes then."""
    settings = _settings(site)
    keys_of(settings, SystemEntropy())
    target = keys_file_of(settings)
    added = import_shared(target, file, replace=replace)
    print(f"{target}: {added} new shared keys" if added else f"{target} has them all already")


def _settings(site: str | None) -> Settings:
    if site is not None:
        os.environ[PREFIX + "SITE"] = site
    return load_settings(os.environ)


def _peers(settings: Settings) -> list[str]:
    return [site.key for site in sites_of(settings) if site.key != settings.site]


def _linked(
    settings: Settings, peer: str, database_url: str | None, work: Callable[[Link], Awaitable[T]]
) -> T:
    """Do `work` between this site and another one; what can't be done ends the command."""
    if peer not in _peers(settings):
        raise SettingsInvalid(f"{peer} is no other site of the list; there are {', '.join(_peers(settings))}")

    async def run() -> T:
        dsn = await dsn_of(settings)
        await prepare(settings, dsn)
        peer_dsn = database_url or await _known_dsn(settings, dsn, peer)
        async with linked(settings.site, dsn, peer, peer_dsn) as link:
            return await work(link)

    return _run(run())


async def _known_dsn(settings: Settings, dsn: str, peer: str) -> str:
    """The address that is in use; or the other database of the same embedded server."""
    used = await replication.address_in_use(dsn, peer)
    if used is not None:
        return used
    if settings.database_url is None:
        server = embedded.start_embedded(Path(settings.data_dir).resolve() / "postgres")
        return server.get_uri(f"latchstring_{peer}")
    raise CannotReplicate(f"say where the database of {peer} is: --database-url, or {VARIABLE}")


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except CannotReplicate as problem:
        sys.exit(f"latchstring: {problem}")


async def _standings(settings: Settings) -> list[Standing]:
    database = await connect(await dsn_of(settings), size=1)
    try:
        return await standings(database, settings.site, _peers(settings))
    finally:
        await database.close()


def _with_problems(one: Standing) -> dict[str, object]:
    return {**msgspec.to_builtins(one), "problems": list(one.problems)}


def _print(one: Standing) -> None:
    arriving, leaving = one.arriving, one.leaving
    behind = "" if leaving.behind_bytes is None else f", {leaving.behind_bytes} bytes behind"
    print(f"{one.site}: arriving {arriving.state} ({arriving.errors} errors, {arriving.conflicts} conflicts)")
    print(f"  leaving {leaving.state}{behind}")
    if one.runs is not None:
        print(f"  runs {one.runs.release}, schema {one.runs.schema}, contract {one.runs.contract[:12]}")
    for problem in one.problems:
        print(f"  ! {problem}")
