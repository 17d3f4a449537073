"""`latchstring reconcile`: proof that nothing lives of what was uninstalled, and that every app policy holds."""

import asyncio
import os
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from latchstring.integrations.reconcile import Found
from latchstring.integrations.reconcile import reconcile as look
from latchstring.settings import load_settings
from latchstring.wiring import open_platform


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("reconcile")(reconcile)


def reconcile(
    only_look: Annotated[bool, typer.Option("--only-look", help="Find, and end nothing.")] = False,
) -> None:
    """End what lives although it was uninstalled or a policy holds it back; exit 1 when anything was found."""
    found = asyncio.run(_reconcile(mend=not only_look))
    for what, number in asdict(found).items():
        print(f"{what.replace('_', ' ')}: {number}")
    sys.exit(0 if found.is_nothing else 1)


async def _reconcile(*, mend: bool) -> Found:
    async with open_platform(load_settings(os.environ)) as platform:
        return await look(platform.database, platform.clock.now(), mend=mend)
