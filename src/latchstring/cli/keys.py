"""`latchstring keys …`: the server's own keys, changed while it runs."""

import asyncio
import os
import sys
from typing import Annotated

import msgspec
import typer

from latchstring.cli.running import AsJson, print_answer
from latchstring.key_use import Use, not_refreshed_since, uses
from latchstring.kit.clock import SystemClock
from latchstring.kit.entropy import SystemEntropy
from latchstring.settings import load_settings
from latchstring.storage import key_rotation
from latchstring.storage.key_rotation import Ring
from latchstring.storage.keys import Key, read_keys
from latchstring.wiring import keys_file_of, open_platform

group = typer.Typer(no_args_is_help=True, help="The server's own keys: prepare, activate and retire them.")
Shared = Annotated[
    bool,
    typer.Option("--shared", help="The keys that all sites of an installation share, not this site's own."),
]
_RESTART = "Restart the workers of every process of this site (kill -HUP), then: latchstring keys"


class Line(msgspec.Struct, frozen=True):
    """What is told of a key. `used_by`: what was made with it and lives."""

    id: int
    state: str
    used_by: str


def register(app: typer.Typer) -> None:
    """Add `latchstring keys …` to the command line."""
    app.add_typer(group, name="keys")


@group.command("list")
def list_keys(shared: Shared = False, as_json: AsJson = False) -> None:
    """List the keys, the one that signs last, and what was made with each."""
    ring = _ring(shared)
    keys: list[Key] = getattr(read_keys(keys_file_of(load_settings(os.environ))), ring)
    found, waiting = asyncio.run(_used(ring, keys[-1]))
    lines = [Line(key.id, _state(key, keys), _told(key, keys, found, waiting)) for key in keys]
    print_answer(lines, as_json=as_json)


@group.command()
def prepare(shared: Shared = False) -> None:
    """Add a key that every process verifies with and none signs with."""
    made = key_rotation.prepare(keys_file_of(load_settings(os.environ)), _ring(shared), SystemEntropy())
    print(f"prepared key {made.id}. {_RESTART} activate{' --shared' if shared else ''}")
    if shared:
        print("The other sites need it first: latchstring site keys export, and import there.")


@group.command()
def activate(shared: Shared = False) -> None:
    """Let the prepared key sign. Processes that were not restarted since it was prepared refuse what it signs."""
    file, now = keys_file_of(load_settings(os.environ)), SystemClock().now()
    made = key_rotation.activate(file, _ring(shared), now)
    print(f"key {made.id} signs. {_RESTART} list shows what the others are still needed for")


@group.command()
def retire(
    key_id: int,
    shared: Shared = False,
    force: Annotated[bool, typer.Option("--force", help="Even though something still needs it.")] = False,
) -> None:
    """Forget a key, once nothing needs it."""
    ring = _ring(shared)
    file = keys_file_of(load_settings(os.environ))
    keys: list[Key] = getattr(read_keys(file), ring)
    found, waiting = asyncio.run(_used(ring, keys[-1]))
    needed = [key for key in keys if key.id == key_id and _told(key, keys, found, waiting)]
    if needed and not force:
        told = _told(needed[0], keys, found, waiting)
        sys.exit(f"latchstring: key {key_id} is needed: {told}. --force ends them")
    key_rotation.retire(file, ring, key_id)
    print(f"forgot key {key_id}. Restart the workers of every process of this site (kill -HUP)")


def _ring(shared: bool) -> Ring:
    return "shared" if shared else "site"


async def _used(ring: Ring, newest: Key) -> tuple[list[Use], int]:
    async with open_platform() as platform:
        found = await uses(platform.database, ring)
        waiting = await not_refreshed_since(platform.database, newest.signs_since) if ring == "site" else 0
    return found, waiting


def _state(key: Key, keys: list[Key]) -> str:
    if key.prepared:
        return "prepared"
    return "signs" if key is keys[-1] else "verifies"


def _told(key: Key, keys: list[Key], found: list[Use], waiting: int) -> str:
    """What would end with this key. Refresh tokens of an older key are told of each of them: which, nobody stores."""
    counts = [f"{use.count} {use.what}" for use in found if use.key_id == key.id and use.count]
    if waiting and key is not keys[-1] and not key.prepared:
        counts.append(f"up to {waiting} authorizations that have not refreshed yet")
    return ", ".join(counts)
