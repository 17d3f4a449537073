"""`latchstring verify FILE`: plays an integration against its sites, and reports."""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from latchstring.contract.load import ContractInvalid, load_contract, shipped_contract_path
from latchstring.kit.clock import SystemClock
from latchstring.kit.entropy import SystemEntropy

if TYPE_CHECKING:
    from latchstring.verify.operations import Operation
    from latchstring.verify.run import Check
    from latchstring.verify.scenario import SiteScenario
    from latchstring.verify.scene import Scene
    from latchstring.verify.verdicts import Result

_COLOURS = {"passed": "green", "failed": "red", "skipped": "yellow", "not offered": "dim"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("verify")(verify)


def verify(
    file: Annotated[Path, typer.Argument(help="TOML or JSON: the manifest, and each site's client.")],
    drive: Annotated[
        bool, typer.Option("--drive", help="Sign in and decide as each site's test user.")
    ] = False,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the browser by itself.")
    ] = True,
    contract: Annotated[
        Path | None, typer.Option(help="The host's OpenAPI; default: the shipped one.")
    ] = None,
    report: Annotated[
        list[Path] | None, typer.Option(help="Write a report: .txt, .json or .xml (JUnit). Repeatable.")
    ] = None,
    patience: Annotated[float, typer.Option(help="Seconds to wait for a person.", min=1, max=3600)] = 300,
) -> None:
    """Play the integration against each of its sites, and say where one differs from the wire contract.

    Secrets come from LATCHSTRING_VERIFY_<SITE>_CLIENT_SECRET, _PASSWORD (with --drive) and _API_KEY (if one exists).
    Exits with 1 if anything differs.
    """
    try:
        from latchstring.verify.report import held, summary, write
    except ImportError as problem:
        sys.exit(f"latchstring: verify needs {problem.name}: install latchstring[verify]")
    console = Console(highlight=False, markup=False, soft_wrap=True)
    results = _played(_sites(file), _operations(contract), console, drive, open_browser, patience)
    for place in report or ():
        write(results, place)
    console.print(summary(results), style="bold")
    sys.exit(0 if held(results) else 1)


def _sites(file: Path) -> "tuple[SiteScenario, ...]":
    from latchstring.verify.scenario import ScenarioInvalid, read_scenario

    try:
        return read_scenario(file, os.environ)
    except ScenarioInvalid as problem:
        sys.exit(f"latchstring: {problem}")


def _operations(file: Path | None) -> "tuple[Operation, ...]":
    """What verify knows of the API: methods, paths, scopes."""
    from latchstring.verify.operations import Operation

    try:
        read = load_contract(file or shipped_contract_path())
    except ContractInvalid as problem:
        sys.exit(f"latchstring: {problem}")
    return tuple(Operation(one.method, one.path, one.any_of, one.api_key) for one in read.operations.values())


def _played(
    sites: "Sequence[SiteScenario]",
    offered: "tuple[Operation, ...]",
    console: Console,
    drive: bool,
    open_browser: bool,
    patience: float,
) -> "list[Result]":
    from latchstring.verify.run import verify as check_all

    scenes = [_scene(site, offered, console, drive, open_browser, patience) for site in sites]
    try:
        with console.status("") as status:

            def began(site: str, check: "Check") -> None:
                status.update(f"{site}: {check.title}")

            return [_told(result, console) for result in check_all(scenes, began)]
    finally:
        for scene in scenes:
            scene.close()


def _scene(
    site: "SiteScenario",
    offered: "tuple[Operation, ...]",
    console: Console,
    drive: bool,
    open_browser: bool,
    patience: float,
) -> "Scene":
    from latchstring.verify.browser import Browser
    from latchstring.verify.scene import Scene
    from latchstring.verify.window import ByHand, Driven, Window
    from latchstring.verify.wire import Vault, Wire

    window: Window
    if drive:
        if not (site.user and site.password):
            sys.exit(
                f"latchstring: to drive {site.key}, name its user and set"
                f" LATCHSTRING_VERIFY_{site.key.upper()}_PASSWORD"
            )
        window = Driven(site, Browser(site.user, site.password, site.issuer))
    else:
        window = ByHand(site, console.print, console.input, open_browser, patience)
    wire = Wire(Vault(site.secrets))
    return Scene(site, wire, window, offered, SystemClock(), SystemEntropy(), time.sleep)


def _told(result: "Result", console: Console) -> "Result":
    from latchstring.verify.report import line

    console.print(f"{result.site}  {line(result)}", style=_COLOURS[result.state])
    return result
