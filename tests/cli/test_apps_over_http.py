"""Apps as code against sites over HTTP: real servers of two sites, the command line, and the pull-request check."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from tests.ports import free_port
from tests.settled import database_of_its_own, world_on
from tests.world import MovableClock, Person, World
from typer.testing import CliRunner, Result

from latchstring.accounts import credentials
from latchstring.accounts.credentials import Holder
from latchstring.cli import app
from latchstring.settings import Settings

CHECK = Path(__file__).parents[2] / "examples" / "pull_request_check" / "check.sh"
MANIFEST: dict[str, Any] = {
    "manifest_version": 1,
    "app": {"name": "Cost Advisor", "homepage": "https://advisor.example"},
    "clients": [
        {"name": "Advisor", "redirect_uris": ["http://localhost:500/cb"], "scopes": ["monitors_read"]}
    ],
}


@dataclass
class Far:
    """A site somewhere else, and a developer's credential on it."""

    world: World
    origin: str
    credential: str

    async def run(self, *words: str, **environment: str) -> Result:
        """Run `latchstring app …` against the site, while it serves."""
        asked = ("app", *words, "--site-url", self.origin)
        env = {"LATCHSTRING_CREDENTIAL": self.credential, **environment}
        return await asyncio.to_thread(CliRunner().invoke, app, asked, env=env)


async def credential_of(world: World, person: Person) -> str:
    """A personal credential."""
    platform = world.platform
    async with platform.database.transaction() as tx:
        minted = await credentials.mint(
            tx, platform.keys, platform.entropy, world.act, site=platform.site.key, name="ci",
            holder=Holder(person.organization_id, person.id),
        )  # fmt: skip
    return minted.value


@asynccontextmanager
async def far(world: World) -> AsyncIterator[Far]:
    """The world behind a real server."""
    port = free_port()
    server = Server(world.door, address="127.0.0.1", port=port, interface=Interfaces.ASGINL)
    task = asyncio.create_task(server.serve())
    origin = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient() as client:
        for _ in range(200):
            try:
                await client.get(f"{origin}/healthz")
                break
            except httpx.TransportError:
                await asyncio.sleep(0.05)
    developer = await world.person(await world.organization("Pagewell", "sandbox"))
    yield Far(world, origin, await credential_of(world, developer))
    server.stop()
    await task


@pytest.fixture
async def us(world: World) -> AsyncIterator[Far]:
    """One site."""
    async with far(world) as site:
        yield site


@pytest.fixture
async def eu(
    postgres: str, template: str, settings: Settings, hashed_password: str, tmp_path: Path
) -> AsyncIterator[Far]:
    """Another site, with a database and keys of its own."""
    elsewhere = msgspec.structs.replace(settings, site="eu1", data_dir=str(tmp_path / "eu"))
    async with (
        database_of_its_own(postgres, template) as dsn,
        world_on(dsn, elsewhere, hashed_password, MovableClock()) as world,
        far(world) as site,
    ):
        yield site


@pytest.fixture
def kept(tmp_path: Path) -> Callable[..., str]:
    """Keep a manifest in a file; its path."""

    def keep(content: object = MANIFEST) -> str:
        file = tmp_path / "manifest.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(file)

    return keep


@pytest.mark.row("B6")
async def test_plan_apply_and_plan_again(us: Far, kept: Callable[..., str]) -> None:
    """2 while file and site differ, 0 when they agree; the secret is printed by the apply that makes the client."""
    file = kept()
    plan = await us.run("plan", file)
    assert plan.exit_code == 2, plan.output
    assert '+ client "Advisor": create' in plan.stdout
    assert '      + "http://localhost:500/cb"' in plan.stdout
    assert "Plan: 2 to create, 0 to change, 0 unchanged, 0 can't be done." in plan.stdout
    refused = await us.run("apply", file, "--existing")
    assert (refused.exit_code, refused.stdout) == (1, "")
    done = await us.run("apply", file)
    assert done.exit_code == 0, done.output
    assert done.stdout.count("lscs_") == 1
    assert (await us.run("plan", file)).exit_code == 0
    again = await us.run("apply", file, "--existing")
    assert (again.exit_code, "lscs_" in again.output) == (0, False)
    changed = kept({**MANIFEST, "app": {"name": "Cost Advisor", "homepage": "https://other.example"}})
    differs = await us.run("plan", changed, "--json")
    assert differs.exit_code == 2
    (change,) = json.loads(differs.stdout)["app"]["changes"]
    assert change == {
        "field": "homepage",
        "before": "https://advisor.example",
        "after": "https://other.example",
    }
    assert (
        'homepage: "https://advisor.example" -> "https://other.example"'
        in (await us.run("plan", changed)).stdout
    )


@pytest.mark.row("A192", "S21", "B6")
async def test_an_app_of_one_site_is_imported_on_another(us: Far, eu: Far, kept: Callable[..., str]) -> None:
    """An id and a secret of its own, the same URIs and scopes; the file has neither secret nor digest."""
    here = json.loads((await us.run("apply", kept(), "--json")).stdout)
    exported = await us.run("export", here["app"]["id"])
    rows = await us.world.platform.database.fetch("SELECT secret_digest FROM clients")
    for forbidden in ("lscs_", rows[0]["secret_digest"].hex(), here["clients"][0]["client"]["id"]):
        assert forbidden not in exported.stdout
    there = json.loads((await eu.run("apply", kept(exported.stdout), "--json")).stdout)
    first, twin = here["clients"][0], there["clients"][0]
    assert (first["client_secret"][:8], twin["client_secret"][:8]) == ("lscs_us1", "lscs_eu1")
    assert first["client"]["id"] != twin["client"]["id"]
    for field in ("name", "redirect_uris", "onboarding_url", "scopes"):
        assert first["client"][field] == twin["client"][field]
    assert there["app"]["id"] == here["app"]["id"], "one integration has one app_uuid on every site"
    for site in (us, eu):
        assert (await site.run("plan", kept(exported.stdout))).exit_code == 0


@pytest.mark.row("S21", "B6")
async def test_copies_at_two_sites_drift_apart_and_are_brought_together(
    us: Far, eu: Far, kept: Callable[..., str]
) -> None:
    """2 while they differ, item by item; a sync makes and changes what is needed; each site has its own credential."""
    here = json.loads((await us.run("apply", kept(), "--json")).stdout)
    ends = (here["app"]["id"], "--from", f"us1={us.origin}", "--to", f"eu1={eu.origin}")
    env = {"LATCHSTRING_CREDENTIAL_US1": us.credential, "LATCHSTRING_CREDENTIAL_EU1": eu.credential}

    async def run(command: str, *more: str, **environment: str) -> Result:
        words = ("app", command, *ends, *more)
        return await asyncio.to_thread(CliRunner().invoke, app, words, env={**env, **environment})

    missing = await run("drift")
    assert (missing.exit_code, '+ client "Advisor": create' in missing.stdout) == (2, True)
    made = await run("sync")
    assert (made.exit_code, made.stdout.count("lscs_eu1_")) == (0, 1)
    same = await run("drift")
    assert (same.exit_code, same.stdout) == (0, "eu1: the same\n")
    renamed = {**MANIFEST, "app": {"name": "Cost Advisor", "homepage": "https://other.example"}}
    await us.run("apply", kept(renamed))
    [differs] = json.loads((await run("drift", "--json")).stdout)
    assert [change["field"] for change in differs["plan"]["app"]["changes"]] == ["homepage"]
    again = await run("sync")
    assert (again.exit_code, "lscs_" in again.output) == (0, False)
    assert (await run("drift")).exit_code == 0
    alone = await run("drift", LATCHSTRING_CREDENTIAL_EU1="", LATCHSTRING_CREDENTIAL=us.credential)
    assert (alone.exit_code, "LATCHSTRING_CREDENTIAL_EU1" in alone.output) == (1, True)


@pytest.mark.row("B072", "S21")
async def test_what_the_site_cannot_do_is_a_difference_until_it_is_left_out(
    us: Far, kept: Callable[..., str]
) -> None:
    """Named item by item; applied only without it, and only if that is said."""
    asked = {"integration": {"name": "Advisor\u001b[31m", "scopes": ["api_keys_write"], "id": "x"}}
    told = await us.run("plan", kept(asked))
    assert told.exit_code == 2
    assert "\\x1b[31m" in told.stdout and "\x1b" not in told.stdout
    asked["integration"]["name"] = "Advisor"
    file = kept(asked)
    plan = await us.run("plan", file)
    assert (
        '! integration/scopes/0 "api_keys_write": is private and not approved for this partner' in plan.stdout
    )
    assert "integration/id: means nothing here" in plan.stdout
    refused = await us.run("apply", file)
    assert (refused.exit_code, "integration/scopes/0" in refused.stderr) == (1, True)
    assert (await us.run("apply", file, "--leave-out")).exit_code == 0
    assert (await us.run("plan", file, "--leave-out")).exit_code == 0
    assert (await us.run("plan", file)).exit_code == 2


@pytest.mark.parametrize(
    ("words", "environment", "told"),
    [
        (("plan", "FILE", "--app", "x"), {}, "--app"),
        (("plan", "FILE", "--app", "5a000000-0000-4000-8000-000000000000"), {}, "404"),
        (("plan", "FILE", "--organization", "Pagewell"), {}, "--organization"),
        (("plan", "FILE"), {"LATCHSTRING_CREDENTIAL": "lspt_us1_wrong"}, "401"),
        (("plan", "FILE"), {"LATCHSTRING_CREDENTIAL": ""}, "LATCHSTRING_CREDENTIAL"),
        (("export", "nobody"), {}, "there is no such app"),
    ],
)
async def test_what_can_be_mended_is_said_in_one_line(
    us: Far, kept: Callable[..., str], words: tuple[str, ...], environment: dict[str, str], told: str
) -> None:
    """Exit status 1, the reason on stderr, no credential in it."""
    file = kept()
    done = await us.run(*(file if word == "FILE" else word for word in words), **environment)
    assert done.exit_code == 1
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert us.credential not in done.output


@pytest.mark.parametrize(
    "url", ["http://app.example.com", "ftp://x", "app.example.com", "https://u@x", "https://x:y"]
)
def test_a_credential_is_not_sent_in_the_clear(url: str, kept: Callable[..., str]) -> None:
    """Plain http is for one's own machine."""
    env = {"LATCHSTRING_CREDENTIAL": "lspt_x"}
    done = CliRunner().invoke(app, ("app", "plan", kept(), "--site-url", url), env=env)
    assert (done.exit_code, "--site-url" in done.stderr) == (1, True)


async def test_a_redirect_is_not_followed(kept: Callable[..., str]) -> None:
    """The credential is for one site; whoever answers there can't send it elsewhere."""
    seen: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(
            b"HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    words = ("app", "plan", kept(), "--site-url", f"http://127.0.0.1:{port}")
    env = {"LATCHSTRING_CREDENTIAL": "lspt_x"}
    done = await asyncio.to_thread(CliRunner().invoke, app, words, env=env)
    server.close()
    await server.wait_closed()
    assert (done.exit_code, len(seen)) == (1, 1)
    assert "302" in done.stderr


@pytest.mark.row("B6")
async def test_the_pull_request_check_tells_agreement_difference_and_failure_apart(
    us: Far, kept: Callable[..., str], tmp_path: Path
) -> None:
    """The script that partners copy, with the real command on the path."""
    command = tmp_path / "bin" / "latchstring"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m latchstring "$@"\n')
    command.chmod(0o755)
    file = kept()

    async def check(*files: str, **more: str) -> int:
        env = {**os.environ, "PATH": f"{command.parent}:{os.environ['PATH']}", "LATCHSTRING_SITE_URL": us.origin,
               "LATCHSTRING_CREDENTIAL": us.credential, **more}  # fmt: skip
        asked = [shutil.which("sh") or "sh", str(CHECK), *files]
        done = await asyncio.to_thread(
            subprocess.run, asked, env=env, capture_output=True, text=True, check=False
        )
        return done.returncode

    assert await check(file) == 2
    assert (await us.run("apply", file)).exit_code == 0
    assert await check(file) == 0
    assert await check(file, str(tmp_path / "nothing.json")) == 1
    assert await check(file, LATCHSTRING_CREDENTIAL="lspt_us1_wrong") == 1
    assert await check() == 1


@pytest.mark.row("B1")
async def test_a_refusal_is_explained_from_another_machine_to_its_owner_alone(us: Far) -> None:
    """Cause and remedy in both languages, with the credential of the app's owner; a stranger learns nothing."""
    partner = await us.world.partner("Shipyard")
    refused = await us.world.redeem(partner, "no code of ours")
    request_id, owner = refused.headers["x-request-id"], await credential_of(us.world, partner.developer)

    async def explain(credential: str, *more: str) -> Result:
        words = ("explain", request_id, "--site-url", us.origin, *more)
        env = {"LATCHSTRING_CREDENTIAL": credential}
        return await asyncio.to_thread(CliRunner().invoke, app, words, env=env)

    told = json.loads((await explain(owner, "--json")).stdout)
    assert told["request"]["endpoint"] == "POST /oauth2/v1/token"
    assert told["client"] == "On-call Notifier"
    assert told["documentation"].startswith(f"{us.origin}/docs/troubleshooting#")
    assert told["why"] in (await explain(owner)).stdout
    korean = await explain(owner, "--language", "ko")
    assert korean.exit_code == 0
    assert told["why"] not in korean.stdout
    stranger = await explain(us.credential)
    assert (stranger.exit_code, stranger.stdout) == (1, "")
