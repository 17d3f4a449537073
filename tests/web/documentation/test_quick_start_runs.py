"""The quick start's programs are copied from the page as its reader would, and run against real processes."""

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from tests.ports import free_port
from tests.processes.servers import launch, world_of
from tests.web.documentation.reading import example_of
from tests.world import Partner, World, consent_fields

pytestmark = pytest.mark.processes
WORKED = (
    "Connected with the scopes: api_keys_write monitors_read events_read",
    "GET /api/v1/monitor answered: []",
    "Refreshed; the new access token lives for 3600 seconds",
    "Created the API key that ends in ",
)


@dataclass
class Sandbox:
    """A running site, and a partner with an app whose addresses are on this machine."""

    world: World
    partner: Partner
    origin: str
    port: int

    @property
    def browser(self) -> httpx.AsyncClient:
        """The developer's browser, signed in."""
        return self.partner.developer.browser

    async def copied(self, language: str, file: Path) -> Path:
        """The program as it stands on the page that was opened from the app."""
        page = await self.browser.get(f"/docs/quick-start?client={self.partner.client_id}")
        file.write_text(example_of(page.text, language))
        return file

    async def allow(self, address: str) -> str:
        """Open the consent page and allow; where the browser is sent."""
        page = await self.browser.get(address)
        assert page.status_code == 200, page.text[:2000]
        decided = await self.browser.post(
            "/oauth2/v1/authorize", data={**consent_fields(page), "decision": "allow"}
        )
        assert decided.status_code == 303, decided.text[:2000]
        return decided.headers["location"]


@pytest.fixture
async def sandbox(dsn: str, tmp_path: Path, hashed_password: str) -> AsyncIterator[Sandbox]:
    """A site in a process of its own, which knows the origin that it is reached at."""
    port, own_port = free_port(), free_port()
    origin = f"http://localhost:{port}"
    site = {"app_origin": origin, "api_origin": origin, "domain": f"localhost:{port}", "port": str(port)}
    instance = launch(tmp_path / "site", dsn, workers=1, **site)
    instance.port = port
    try:
        await instance.ready()
        async with world_of(tmp_path / "site", dsn, hashed_password, origin) as world:
            partner = await world.partner(redirect_uris=(f"http://localhost:{own_port}/callback",))
            await world.platform.database.fetch(
                "UPDATE clients SET onboarding_url = $2 WHERE id = $1",
                UUID(partner.client_id),
                f"http://localhost:{own_port}/start",
            )
            async with httpx.AsyncClient(
                base_url=origin, headers={"accept": "text/html"}, timeout=30
            ) as browser:
                partner.developer.browser = browser
                assert (await world.sign_in(partner.developer)).status_code == 303
                yield Sandbox(world, partner, origin, own_port)
        await instance.stop()
    finally:
        instance.end_by_force()


@asynccontextmanager
async def running(sandbox: Sandbox, *command: str) -> AsyncIterator[Process]:
    """A program with the client secret in its environment, ended with the block."""
    secret = {"CLIENT_SECRET": sandbox.partner.client_secret}
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **secret}, stdin=PIPE, stdout=PIPE, stderr=STDOUT
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line_of(process: Process) -> str:
    """The next line that a program writes."""
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), 30)).decode()


@pytest.mark.row("S1", "S16", "S18", "S19", "S20", "S24")
@pytest.mark.parametrize(
    ("language", "interpreter", "suffix"), [("Python", sys.executable, "py"), ("JavaScript", "node", "mjs")]
)
async def test_the_program_connects_calls_refreshes_sends_and_lets_go(
    sandbox: Sandbox, tmp_path: Path, language: str, interpreter: str, suffix: str
) -> None:
    """From Test Authorization to the end, with nothing changed in what was copied."""
    if shutil.which(interpreter) is None:
        pytest.skip(f"{interpreter} is not installed")
    program = await sandbox.copied(language, tmp_path / f"connect.{suffix}")
    async with (
        running(sandbox, interpreter, str(program)) as process,
        httpx.AsyncClient(timeout=30) as visitor,
    ):
        assert "Listening" in await line_of(process)
        own = f"http://localhost:{sandbox.port}"
        domain = sandbox.origin.removeprefix("http://")
        strange = await visitor.get(f"{own}/start?domain=evil.example")
        assert (strange.status_code, strange.text) == (400, "we do not serve the site evil.example")
        started = await visitor.get(f"{own}/start?domain={domain}&site={domain}")
        back = await sandbox.allow(started.headers["location"])
        forged = await visitor.get(back.replace("state=", "state=x"))
        assert "this state is not ours" in forged.text
        finished = await visitor.get(back)
        assert finished.status_code == 200, finished.text
        for line in (*WORKED, "Sent a metric: {"):
            assert line in finished.text
        assert "state is not ours" in (await visitor.get(back)).text
        keys = await sandbox.browser.get("/organization-settings/api-keys")
        assert "OAuth Client API Key" in keys.text
        assert "Revoked" in (await visitor.get(f"{own}/revoke")).text
    again = await sandbox.browser.get("/organization-settings/oauth-apps")
    assert "/revocation" not in again.text


async def test_the_flow_by_hand_works_with_curl(sandbox: Sandbox, tmp_path: Path) -> None:
    """The script prints an address, takes the one that the browser was sent to, and does the rest."""
    if missing := [tool for tool in ("curl", "openssl", "jq") if shutil.which(tool) is None]:
        pytest.skip(f"not installed: {missing}")
    script = await sandbox.copied("curl", tmp_path / "connect.sh")
    async with running(sandbox, "sh", str(script)) as process:
        assert "Open" in await line_of(process)
        back = await sandbox.allow((await line_of(process)).strip())
        said, _ = await asyncio.wait_for(process.communicate(f"{back}\n\n".encode()), 60)
        assert process.returncode == 0, said.decode()
    for line in WORKED[:1] + WORKED[2:] + ("[]", 'Sent a metric: {"status":"ok"}', "Revoked"):
        assert line in said.decode()
