"""Two sites as real processes, a partner's sandbox with the same app on each, and the scenario file about them."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import _create, _drop
from tests.ports import free_port
from tests.processes.servers import Instance, launch
from tests.world import PASSWORD, Partner, Person, World

from latchstring.kit.clock import SystemClock
from latchstring.kit.entropy import SystemEntropy
from latchstring.settings import Settings
from latchstring.web.application import application
from latchstring.wiring import assemble

SCOPES = (
    "monitors_read",
    "monitors_write",
    "dashboards_read",
    "events_read",
    "logs_read_data",
    "timeseries_query",
    "metrics_read",
    "api_keys_write",
)


@dataclass
class Place:
    """A running site, its partner, and the test user of the partner's sandbox."""

    key: str
    origin: str
    instance: Instance
    partner: Partner
    redirect_uri: str

    @property
    def user(self) -> Person:
        """Who signs in and allows."""
        return self.partner.developer

    @property
    def secrets(self) -> dict[str, str]:
        """The variables that verify reads."""
        prefix = f"LATCHSTRING_VERIFY_{self.key.upper()}_"
        return {prefix + "CLIENT_SECRET": self.partner.client_secret, prefix + "PASSWORD": PASSWORD}


@asynccontextmanager
async def site(
    key: str, folder: Path, dsn: str, hashed: str, front: int | None = None
) -> AsyncIterator[Place]:
    """A site on a port of its own, or behind something that listens on `front`."""
    port = free_port()
    origin = f"http://localhost:{front or port}"
    named = {"site": key, "domain": origin[7:], "app_origin": origin, "api_origin": origin}
    instance = launch(folder, dsn, workers=1, port=str(port), **named)
    redirect_uri = f"http://localhost:{free_port()}/callback"
    try:
        await instance.ready()
        partner = await _partner(folder, dsn, hashed, redirect_uri, named)
        yield Place(key, origin, instance, partner, redirect_uri)
        await instance.stop()
    finally:
        instance.end_by_force()


async def _partner(folder: Path, dsn: str, hashed: str, redirect_uri: str, named: dict[str, Any]) -> Partner:
    platform = await assemble(
        Settings(data_dir=str(folder), pool_size=2, **named),
        dsn,
        clock=SystemClock(),
        entropy=SystemEntropy(),
    )
    try:
        world = World(platform, application(platform), SystemClock(), None, hashed)  # type: ignore[arg-type]
        return await world.partner(scopes=SCOPES, redirect_uris=(redirect_uri,))
    finally:
        await platform.close()


@asynccontextmanager
async def database(postgres: str, template: str, name: str) -> AsyncIterator[str]:
    """A migrated database for as long as the block lasts."""
    yield await _create(postgres, f"{name}_{os.getpid()}", template)
    await _drop(postgres, f"{name}_{os.getpid()}")


def write_scenario(folder: Path, *places: Place) -> Path:
    """The manifest, and the file about its sites."""
    client = {"name": "Notifier", "redirect_uris": [places[0].redirect_uri], "scopes": list(SCOPES)}
    (folder / "manifest.json").write_text(json.dumps({"manifest_version": 1, "clients": [client]}))
    lines = ['manifest = "manifest.json"']
    for one in places:
        lines += [f"[sites.{one.key}]", f'issuer = "{one.origin}"', f'domain = "{one.origin[7:]}"']
        lines += [f'client_id = "{one.partner.client_id}"', f'user = "{one.user.email}"']
        lines += [f'redirect_uri = "{one.redirect_uri}"']
    file = folder / "verify.toml"
    file.write_text("\n".join(lines))
    return file


async def run_command(*arguments: str, **variables: str) -> tuple[int, str]:
    """`latchstring …` as a process; its exit status and all that it said."""
    from tests.processes.servers import COMMAND

    kept = {name: value for name, value in os.environ.items() if not name.startswith("LATCHSTRING_")}
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *arguments,
        env={**kept, **variables},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 120)
    return process.returncode or 0, said.decode()
