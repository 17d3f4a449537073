"""What docs/operations.md promises, over running processes: keys change, PostgreSQL is pooled, schemas move on."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.processes.servers import Cluster, Instance, cluster_of, free_port, until, world_at, world_of
from tests.processes.test_database_away import name_of
from tests.processes.test_races import someone
from tests.processes.wire import NOTHING, Line, request
from tests.verify.sites import run_command
from tests.world import Flow

from latchstring.storage import embedded

pytestmark = pytest.mark.processes
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
