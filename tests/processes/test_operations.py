"""What docs/operations.md promises, over running processes: keys change, PostgreSQL is pooled, schemas move on."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.processes.servers import (
    Cluster,
    Instance,
    cluster_of,
    free_port,
    launch,
    until,
    world_at,
    world_of,
)
from tests.processes.test_database_away import name_of
from tests.processes.test_races import someone
from tests.processes.wire import NOTHING, Line, request
from tests.verify.sites import run_command
from tests.world import Flow

from latchstring.storage import embedded

pytestmark = [pytest.mark.processes, pytest.mark.long]
EXAMPLE = Path(__file__).parents[2] / "examples" / "pgbouncer" / "pgbouncer.ini"


@asynccontextmanager
async def calling(cluster: Cluster, flow: Flow) -> AsyncIterator[Counter[int]]:
    """Some 40 calls a second at all instances for as long as the block lasts; what they were answered.

    A connection that was closed between two requests is opened again, as every client does.
    """
    answers: Counter[int] = Counter()
    over = asyncio.Event()
    raw = request("GET", "/api/v1/monitor", authorization=f"Bearer {flow.access}", connection="keep-alive")

    async def client(port: int) -> None:
        line = Line(port)
        while not over.is_set():
            answer = NOTHING
            for _ in range(2):
                try:
                    answer = await line.ask(raw)
                except ConnectionError:
                    await line.close()
                if answer is not NOTHING:
                    break
            answers[answer.status] += 1
            await asyncio.sleep(0.05)
        await line.close()

    clients = [asyncio.create_task(client(port)) for port in cluster.ports]
    try:
        yield answers
    finally:
        over.set()
        await asyncio.gather(*clients)


async def restart_workers(instance: Instance) -> None:
    """New workers in place of the old ones, which finish what they have; the port stays open."""
    before = set(instance.workers())
    instance.process.send_signal(signal.SIGHUP)
    assert await until(lambda: bool(now := set(instance.workers())) and not now & before, 60), instance.said
    await instance.ready()


@pytest.mark.row("B110", "R27")
async def test_keys_are_rotated_under_running_processes(
    dsn: str, tmp_path: Path, hashed_password: str
) -> None:
    """Prepared, activated and retired, with every process restarted in turn: no call fails, and what was made
    before works until its key is retired on purpose."""
    own = {"LATCHSTRING_DATA_DIR": str(tmp_path), "LATCHSTRING_DATABASE_URL": dsn}

    async def keys(*arguments: str) -> tuple[int, str]:
        return await run_command("keys", *arguments, **own)

    async with (
        cluster_of(tmp_path, dsn, 2, workers=1) as cluster,
        world_at(cluster, hashed_password) as world,
    ):
        person, partner = await someone(world)
        flow = await world.flow(person, partner)
        first, second = cluster.instances
        async with calling(cluster, flow) as answers:
            assert (await keys("prepare"))[0] == 0
            for instance in cluster.instances:
                await restart_workers(instance)
            assert (await keys("activate"))[0] == 0
            await restart_workers(first)
            world.machine.base_url = first.origin
            fresh = (await world.refresh(partner, flow.refresh)).json()
            world.machine.base_url = second.origin
            assert (await world.call(fresh["access_token"])).status_code == 200
            await restart_workers(second)
            assert (await world.refresh(partner, fresh["refresh_token"])).status_code == 200
        assert set(answers) == {200}
        listed = json.loads((await keys("list", "--json"))[1])
        assert [(line["id"], line["state"]) for line in listed] == [(1, "verifies"), (2, "signs")]
        status, said = await keys("retire", "1")
        assert status == 1
        assert "1 sign-ins" in said
        assert (await keys("retire", "1", "--force"))[0] == 0
        await restart_workers(first)
        world.machine.base_url = first.origin
        assert (await world.call(flow.access)).status_code == 401
        assert (await world.call(fresh["access_token"])).status_code == 200
        cluster.assert_no_failure()


@contextmanager
def pgbouncer(dsn: str, mode: str) -> Iterator[str]:
    """PgBouncer with the example's configuration before a database, on a port of its own; the DSN through it."""
    if shutil.which("pgbouncer") is None:
        pytest.skip("pgbouncer is not installed")
    folder = Path(tempfile.mkdtemp(prefix="latchstring-pgbouncer-"))
    folder.chmod(0o777)
    port, name = free_port(), name_of(dsn)
    text = EXAMPLE.read_text().replace("listen_port = 6432", f"listen_port = {port}")
    text = text.replace(
        "host=db.internal port=5432", f"host={parse_qs(urlsplit(dsn).query)['host'][0]} user=postgres"
    )
    text = text.replace("latchstring =", f"{name} =").replace("dbname=latchstring", f"dbname={name}")
    text = text.replace(
        "auth_type = scram-sha-256\nauth_file = /etc/pgbouncer/userlist.txt", "auth_type = any"
    )
    text = text.replace("pool_mode = session", f"pool_mode = {mode}")
    file = folder / "pgbouncer.ini"
    file.write_text(
        text
        + f"unix_socket_dir = {folder}\n"
        + (f"user = {embedded._SYSTEM_USER}\n" if os.geteuid() == 0 else "")
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(["pgbouncer", str(file)], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/{name}"
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.row("R27")
async def test_pgbouncer_in_session_mode_may_stand_in_between(
    dsn: str, tmp_path: Path, hashed_password: str
) -> None:
    """Migrating, serving and the main job work through it."""
    with pgbouncer(dsn, "session") as through:
        async with (
            cluster_of(tmp_path, through, 1, workers=2) as cluster,
            world_of(tmp_path, dsn, hashed_password, cluster.instances[0].origin) as world,
        ):
            person, partner = await someone(world)
            flow = await world.flow(person, partner)
            made = await world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")
            assert made.status_code == 201
            answers = await asyncio.gather(*(world.refresh(partner, flow.refresh) for _ in range(20)))
            assert {answer.status_code for answer in answers} == {200}
            assert (await world.revoke(partner, flow.refresh)).status_code == 200
            assert (await world.call(flow.access)).status_code == 401
            cluster.assert_no_failure()


UPGRADE = """
import asyncio, sys
from pathlib import Path
from latchstring.storage.backfills import backfill
from latchstring.storage.migrations import migrate
from latchstring.wiring import SCHEMA_FOLDERS
folders = (*SCHEMA_FOLDERS, Path(sys.argv[2]))
asyncio.run(migrate(sys.argv[1], folders))
asyncio.run(backfill(sys.argv[1], folders, lambda name, rows: print(rows, flush=True), at_once=100))
"""
MANY = """
INSERT INTO authorizations (organization_id, id, client_id, user_id, state, scopes, secret, revision, initiated_by,
    consented_at, redeemed_at)
SELECT organization_id, gen_random_uuid(), client_id, user_id, 'active', scopes, secret, revision, initiated_by,
    consented_at, redeemed_at FROM authorizations, generate_series(1, 5000)
"""


def release(folder: Path) -> Path:
    """What the next release might bring: a column, its backfill, an index, and a constraint that is checked later."""
    (folder / "backfills").mkdir(parents=True)
    (folder / "0901_expand.sql").write_text(
        "ALTER TABLE authorizations ADD COLUMN region text;\n"
        "ALTER TABLE authorizations ADD CONSTRAINT known CHECK (region <> '') NOT VALID;\n"
    )
    (folder / "0902_index.sql").write_text(
        "-- outside a transaction\nDROP INDEX CONCURRENTLY IF EXISTS authorizations_by_region;\n"
        "CREATE INDEX CONCURRENTLY authorizations_by_region ON authorizations (organization_id, region);\n"
    )
    (folder / "backfills" / "0901_region.sql").write_text(
        "UPDATE authorizations SET region = 'us' WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM authorizations WHERE region IS NULL LIMIT $1 FOR UPDATE));\n"
    )
    return folder


async def upgrade(dsn: str, folder: Path, *, killed_after: int | None = None) -> int:
    """Run the next release's migrations as a process of their own, killed after some rows; the rows at its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", UPGRADE, dsn, str(folder), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    rows = 0
    async for line in process.stdout:
        rows = int(line)
        if killed_after is not None and rows >= killed_after:
            process.kill()
            break
    await process.wait()
    assert killed_after is not None or process.returncode == 0
    return rows


@pytest.mark.row("B106", "B107", "B19", "R27")
async def test_a_schema_moves_on_under_running_processes(
    dsn: str, tmp_path: Path, hashed_password: str
) -> None:
    """Two processes serve while the next release's schema is applied and killed in the middle of its backfill; then a
    third one starts on it. No call fails, and what was issued before works with all of them."""
    folder = release(tmp_path / "next")
    async with (
        cluster_of(tmp_path, dsn, 2, workers=1) as cluster,
        world_at(cluster, hashed_password) as world,
    ):
        person, partner = await someone(world)
        flow = await world.flow(person, partner)
        await world.platform.database.fetch(MANY)
        async with calling(cluster, flow) as answers:
            refreshed = (await world.refresh(partner, flow.refresh)).json()
            assert await upgrade(dsn, folder, killed_after=1_000) < 5_001
            assert (await world.refresh(partner, refreshed["refresh_token"])).status_code == 200
            assert await upgrade(dsn, folder) == 5_001
            following = launch(tmp_path, dsn, workers=1)
            await following.ready()
            cluster.instances.append(following)
            world.machine.base_url = following.origin
            assert (await world.call(flow.access)).status_code == 200
            later = await world.flow(person, partner)
            world.machine.base_url = cluster.instances[0].origin
            assert (await world.call(later.access)).status_code == 200
            await following.stop()
        assert set(answers) == {200}
        assert answers[200] > 20
        left = await world.platform.database.fetch(
            "SELECT count(*) FILTER (WHERE region IS NULL), (SELECT rows FROM schema_backfills) FROM authorizations"
        )
        assert (left[0][0], left[0][1]) == (1, 5_001)
        cluster.assert_no_failure()
