"""The database stops, starts again, is copied and restored, and its connections run out."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.conftest import _create, _drop
from tests.processes.servers import cluster_of, free_port, launch, until, world_at, world_of
from tests.processes.test_races import of, refreshing, someone
from tests.processes.wire import NOTHING, Answer, Line, form, request, send
from tests.verify.sites import run_command
from tests.world import PASSWORD, Flow, Partner, World, csrf_in

from latchstring.storage import embedded
from latchstring.storage.embedded import Embedded, ensure_database, start_embedded
from latchstring.storage.migrations import migrate
from latchstring.wiring import SCHEMA_FOLDERS

pytestmark = [pytest.mark.processes, pytest.mark.long]


@pytest.fixture
def own_postgres() -> Iterator[Embedded]:
    """A PostgreSQL of this test's own, to be stopped and started."""
    folder = Path(tempfile.mkdtemp(prefix="latchstring-away-"))
    server = start_embedded(folder / "postgres")
    try:
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def kinds(partner: Partner, flow: Flow) -> list[bytes]:
    """One request of each kind that a machine sends."""
    bearer = f"Bearer {flow.access}"
    return [
        request("GET", "/api/v1/monitor", authorization=bearer),
        refreshing(partner, flow.refresh),
        form("/oauth2/v1/introspect", of(partner, token=flow.access)),
        request("POST", "/api/v2/api_keys/marketplace", authorization=bearer),
        request("GET", "/api/v1/validate", dd_api_key="0" * 32),
        request("GET", "/sign-in", accept="text/html"),
        request("GET", "/readyz"),
    ]


async def ask_on(port: int, raw: bytes, answers: list[tuple[bytes, Answer]], done: asyncio.Event) -> None:
    """Ask the same again and again."""
    while not done.is_set():
        try:
            answers.append((raw, await send(port, raw)))
        except ConnectionError:
            answers.append((raw, NOTHING))
        await asyncio.sleep(0.05)


@pytest.mark.row("B102")
async def test_while_the_database_is_away_nobody_is_let_in_and_then_all_goes_on(
    own_postgres: Embedded, tmp_path: Path, hashed_password: str
) -> None:
    """Without a database every answer is 503 with Retry-After; when it is back, so is the platform."""
    dsn = await ensure_database(own_postgres, "away")
    await migrate(dsn, SCHEMA_FOLDERS)
    async with cluster_of(tmp_path, dsn, 1) as cluster, world_at(cluster, hashed_password) as world:
        person, partner = await someone(world)
        flow = await world.flow(person, partner)
        port, done = cluster.ports[0], asyncio.Event()
        answers: list[tuple[bytes, Answer]] = []
        load = [asyncio.create_task(ask_on(port, raw, answers, done)) for raw in kinds(partner, flow)]
        await asyncio.sleep(0.5)
        embedded._control(own_postgres.folder, "stop", "-m", "fast")
        await asyncio.sleep(0.5)
        before = len(answers)
        await asyncio.sleep(1.5)
        away = list(answers[before:])
        embedded._start(own_postgres.folder)
        assert await until(lambda: {a.status for _, a in answers[-len(load) :]} <= {200, 403, 409}, 30)
        done.set()
        await asyncio.gather(*load)
        assert all(answer.status for _, answer in answers)
        assert len(away) > len(load)
        refused = [(raw, a) for raw, a in away if a.status != 503 and b"sign-in" not in raw]
        assert not refused, refused[:3]
        assert all("retry-after" in a.headers for _, a in away if a.status == 503)
        assert {a.status for _, a in answers} <= {200, 201, 403, 409, 503}
        assert (await world.call(flow.access)).status_code == 200
        cluster.assert_no_failure()


@pytest.mark.row("B102")
async def test_a_worker_that_starts_without_a_database_waits_for_it(
    own_postgres: Embedded, tmp_path: Path
) -> None:
    """A worker that is replaced while the database is away answers 503, and serves once it is back."""

    dsn = await ensure_database(own_postgres, "away")
    async with cluster_of(tmp_path, dsn, 1, workers=1) as cluster:
        instance = cluster.instances[0]
        embedded._control(own_postgres.folder, "stop", "-m", "immediate")
        [worker] = instance.workers()
        os.kill(worker, signal.SIGKILL)
        assert await until(lambda: instance.workers() not in ([], [worker]))
        answer = NOTHING
        for _ in range(200):
            try:
                answer = await send(instance.port, request("GET", "/readyz"))
            except ConnectionError:
                answer = NOTHING
            if answer.status:
                break
            await asyncio.sleep(0.1)
        assert (answer.status, "retry-after" in answer.headers) == (503, True)
        embedded._start(own_postgres.folder)
        await instance.ready()
        cluster.assert_no_failure()


@pytest.mark.row("B102")
@pytest.mark.parametrize("command", ["serve", "worker"])
async def test_what_is_started_before_the_database_waits_for_it_and_says_so(
    own_postgres: Embedded, tmp_path: Path, command: str
) -> None:
    """Machines come up in any order. The worker says nothing when all is well: it keeps a connection."""
    dsn = await ensure_database(own_postgres, "late")
    embedded._control(own_postgres.folder, "stop", "-m", "immediate")
    started = launch(tmp_path, dsn, workers=1, command=command)
    try:
        assert await until(lambda: "waiting_for_database" in started.said)
        await asyncio.sleep(2)
        assert started.process.poll() is None, started.said
        embedded._start(own_postgres.folder)
        if command == "serve":
            await started.ready()
        else:
            connected = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'late'"
            assert await until(lambda: int(ask_database(dsn, connected)) > 1, 30), started.said
        assert "Traceback" not in started.said
        assert await started.stop() == 0
    finally:
        started.end_by_force()


@pytest.mark.row("B102")
@pytest.mark.parametrize("command", ["serve", "worker"])
async def test_who_waits_in_vain_ends_with_a_sentence(tmp_path: Path, command: str) -> None:
    """Nobody listens; and a database that says no is not waited for."""
    nobody = f"postgresql://latchstring:s3cret@127.0.0.1:{free_port()}/latchstring"
    started = launch(tmp_path, nobody, command=command, database_wait_s="2")
    assert await until(lambda: started.process.poll() is not None)
    assert started.process.returncode == 1
    assert "latchstring: the database has not answered for 2 seconds: " in started.said
    assert "s3cret" not in started.said and "Traceback" not in started.said


@pytest.mark.row("B102")
async def test_a_database_that_says_no_is_not_waited_for(postgres: str, tmp_path: Path) -> None:
    """There is none of that name."""
    started = launch(tmp_path, postgres.replace("/postgres?", "/no_such_database?"))
    assert await until(lambda: started.process.poll() is not None, 20)
    assert started.process.returncode == 1
    assert 'latchstring: the database says no: database "no_such_database" does not exist' in started.said
    assert "Traceback" not in started.said


@pytest.mark.row("B112")
async def test_slow_clients_hold_no_database_connection(
    dsn: str, tmp_path: Path, hashed_password: str
) -> None:
    """Two hundred clients that stop in the middle of a body leave the others undisturbed."""
    async with (
        cluster_of(tmp_path, dsn, 1, pool_size="2") as cluster,
        world_at(cluster, hashed_password) as world,
    ):
        person, partner = await someone(world)
        flow = await world.flow(person, partner)
        raw = form("/oauth2/v1/introspect", of(partner, token=flow.access))
        slow = [await asyncio.open_connection("127.0.0.1", cluster.ports[0]) for _ in range(200)]
        try:
            for _, writer in slow:
                writer.write(raw[:-5])
            line = Line(cluster.ports[0])
            kept = raw.replace(b"connection: close", b"connection: keep-alive")
            assert Counter([(await line.ask(kept)).status for _ in range(100)]) == {200: 100}
            await line.close()
        finally:
            for _, writer in slow:
                writer.close()
        cluster.assert_no_failure()


def run_program(dsn: str, program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL on a database."""
    parts = urlsplit(dsn)
    host = parse_qs(parts.query)["host"][0]
    command = [str(embedded._binaries() / program), "-h", host, "-U", "postgres", *arguments]
    subprocess.run(command, check=True, capture_output=True)


def ask_database(dsn: str, sql: str) -> str:
    """The one value of a query."""
    host = parse_qs(urlsplit(dsn).query)["host"][0]
    command = [
        str(embedded._binaries() / "psql"),
        "-h",
        host,
        "-U",
        "postgres",
        "-d",
        name_of(dsn),
        "-Atc",
        sql,
    ]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def name_of(dsn: str) -> str:
    """The name of its database."""
    return urlsplit(dsn).path[1:]


@pytest.mark.row("B111")
async def test_a_restored_backup_knows_sign_ins_tokens_and_keys(
    postgres: str, dsn: str, tmp_path: Path, hashed_password: str
) -> None:
    """A dump that is restored elsewhere, with the same key file, goes on where it was."""
    restored = f"{name_of(dsn)}_restored"
    dump = tmp_path / "dump"
    async with world_of(tmp_path, dsn, hashed_password, "http://127.0.0.1:1") as before:
        before.machine = before.browser()
        person, partner = await someone(before)
        flow = await before.flow(person, partner)
        made = await before.call(flow.access, "/api/v2/api_keys/marketplace", "POST")
        key = made.json()["data"]["attributes"]["key"]
        await asyncio.to_thread(run_program, dsn, "pg_dump", "-Fc", "-f", str(dump), name_of(dsn))
    other = await _create(postgres, restored)
    try:
        await asyncio.to_thread(run_program, other, "pg_restore", "-d", restored, str(dump))
        async with (
            cluster_of(tmp_path, other, 1, workers=1) as cluster,
            world_at(cluster, hashed_password) as world,
        ):
            await everything_works(world, person.email, partner, flow, key)
            await what_may_live_again_ends(world, tmp_path, other, partner, flow, key)
            cluster.assert_no_failure()
    finally:
        await _drop(postgres, restored)


async def everything_works(world: World, email: str, partner: Partner, flow: Flow, key: str) -> None:
    """What was there before the backup is there after."""
    assert (await world.call(flow.access)).status_code == 200
    assert (await world.refresh(partner, flow.refresh)).status_code == 200
    valid = await world.machine.get("/api/v1/validate", headers={"dd-api-key": key})
    assert valid.status_code == 200
    browser = world.browser()
    page = await browser.get("/sign-in")

    fields = {"email": email, "password": PASSWORD, "next": "/", "csrf": csrf_in(page)}
    signed_in = await browser.post("/sign-in", data=fields)
    assert signed_in.status_code == 303
    assert (await browser.get("/organization-settings/oauth-apps")).status_code == 200
    await browser.aclose()


async def what_may_live_again_ends(
    world: World, folder: Path, dsn: str, partner: Partner, flow: Flow, key: str
) -> None:
    """`latchstring restored` ends access tokens, which a refresh renews; and, when told so, all the rest."""
    own = {"LATCHSTRING_DATA_DIR": str(folder), "LATCHSTRING_DATABASE_URL": dsn}
    status, said = await run_command("restored", "--json", **own)
    assert status == 0, said
    ended = json.loads(said)
    assert (ended["access_tokens_of"], ended["authorizations"], ended["api_keys"]) == (1, 0, 0)
    assert ended["sign_ins"] >= 2
    assert (await world.call(flow.access)).status_code == 401
    for _ in range(30):  # what is issued within the same second dies with the others
        renewed = (await world.refresh(partner, flow.refresh)).json()
        if (await world.call(renewed["access_token"])).status_code == 200:
            break
        await asyncio.sleep(0.1)
    else:
        raise AssertionError("a refresh does not renew")
    status, said = await run_command("restored", "--authorizations", "--api-keys", **own)
    assert (status, "authorizations: 1" in said, "api_keys: 1" in said) == (0, True, True), said
    assert (await world.refresh(partner, renewed["refresh_token"])).json()["error"] == "invalid_grant"
    gone = await world.machine.get("/api/v1/validate", headers={"dd-api-key": key})
    assert gone.status_code == 403
