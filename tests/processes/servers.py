"""Real server processes over one database: started, found ready, killed, stopped, and what they said."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import httpx
import pytest
from tests.conftest import _create, _drop
from tests.ports import free_port
from tests.world import World

from latchstring.kit.clock import SystemClock
from latchstring.kit.entropy import SystemEntropy
from latchstring.settings import Settings
from latchstring.web.application import application
from latchstring.wiring import assemble

COMMAND = (sys.executable, "-c", "from latchstring.cli import main; main()")
_CROWDS = count()


def children_of(pid: int) -> list[int]:
    """The processes that `pid` started and that still run."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(child) for child in text.split()]


def is_running(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


def memory_kb(pid: int) -> int:
    """The resident memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


async def until(true: Callable[[], bool], patience_s: float = 30) -> bool:
    """Wait until something is true; whether it became so in time."""
    ends = time.monotonic() + patience_s
    while not true():
        if time.monotonic() > ends:
            return False
        await asyncio.sleep(0.05)
    return True


@dataclass
class Instance:
    """One `latchstring serve` with its workers."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    host: str = "127.0.0.1"
    seen_workers: set[int] = field(default_factory=set)

    @property
    def origin(self) -> str:
        """Where it listens."""
        return f"http://{self.host}:{self.port}"

    @property
    def said(self) -> str:
        """All that it has written so far."""
        return self.log.read_text("utf-8", "replace")

    def workers(self) -> list[int]:
        """The process ids of its workers."""
        found = children_of(self.process.pid)
        self.seen_workers.update(found)
        return found

    async def ready(self, patience_s: float = 60) -> None:
        """Wait until it answers that it can serve."""
        ends = time.monotonic() + patience_s
        async with httpx.AsyncClient(base_url=self.origin) as client:
            while True:
                assert self.process.poll() is None, self.said
                assert time.monotonic() < ends, self.said
                try:
                    if (await client.get("/readyz")).status_code == 200 and self.workers():
                        break
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.05)

    async def stop(self) -> int:
        """Ask it to stop; its exit status, once it and all of its workers are gone."""
        self.workers()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        ended = await until(lambda: self.process.poll() is not None)
        left = [pid for pid in self.seen_workers if is_running(pid)]
        if not ended or left:
            self.end_by_force()
        assert ended, f"still running 30 seconds after SIGTERM\n{self.said}"
        assert not left, f"workers left behind: {left}\n{self.said}"
        return int(self.process.returncode)

    def end_by_force(self) -> None:
        """Kill it and all of its workers."""
        for pid in {self.process.pid, *self.seen_workers, *self.workers()}:
            if is_running(pid):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)


def launch(
    folder: Path,
    dsn: str | None,
    *,
    workers: int = 2,
    command: str = "serve",
    before: tuple[str, ...] = (),
    **settings: str,
) -> Instance:
    """Start an instance; its data, key file and log are in `folder`. `before`: what the command is given to."""
    folder.mkdir(parents=True, exist_ok=True)
    port = int(settings.get("port") or free_port())
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LATCHSTRING_")}
    given = {
        "data_dir": str(folder),
        "port": str(port),
        "workers": str(workers),
        "log_level": "debug",
        **({"database_url": dsn} if dsn else {}),
        **settings,
    }
    environment |= {f"LATCHSTRING_{name.upper()}": value for name, value in given.items()}
    log = folder / f"output-{port}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            (*before, *COMMAND, command), env=environment, stdin=subprocess.DEVNULL, stdout=out,
            stderr=subprocess.STDOUT, cwd=folder, start_new_session=True,
        )  # fmt: skip
    return Instance(process, port, log, settings.get("host", "127.0.0.1"))


@dataclass
class Cluster:
    """Several instances over one database, with the same keys."""

    dsn: str
    folder: Path
    instances: list[Instance]

    @property
    def ports(self) -> list[int]:
        """The ports of all instances."""
        return [instance.port for instance in self.instances]

    @property
    def said(self) -> str:
        """All that every instance has written so far."""
        return "\n".join(instance.said for instance in self.instances)

    def assert_no_failure(self) -> None:
        """Nothing that we did not foresee was logged."""
        for sign in ("\nTraceback", '"event": "failure"', '"level": "error"', "panicked"):
            assert sign not in self.said, self.said[max(0, self.said.find(sign) - 2000) :][:6000]


@asynccontextmanager
async def cluster_of(
    folder: Path, dsn: str, instances: int = 2, *, workers: int = 2, **settings: str
) -> AsyncIterator[Cluster]:
    """A cluster for as long as the block lasts; each instance must then stop within 30 seconds."""
    started = [launch(folder, dsn, workers=workers, **settings) for _ in range(instances)]
    try:
        await asyncio.gather(*(instance.ready() for instance in started))
        yield Cluster(dsn, folder, started)
        await asyncio.gather(*(instance.stop() for instance in started))
    finally:
        for instance in started:
            instance.end_by_force()


@asynccontextmanager
async def world_at(cluster: Cluster, hashed_password: str) -> AsyncIterator[World]:
    """A world whose browsers are in this process, and whose machine talks to the first instance."""
    async with world_of(cluster.folder, cluster.dsn, hashed_password, cluster.instances[0].origin) as made:
        yield made


@asynccontextmanager
async def world_of(folder: Path, dsn: str, hashed_password: str, origin: str) -> AsyncIterator[World]:
    """See `world_at`."""
    clock = SystemClock()
    settings = Settings(data_dir=str(folder), pool_size=4)
    platform = await assemble(settings, dsn, clock=clock, entropy=SystemEntropy())
    people = next(_CROWDS) * 1000
    try:
        async with httpx.AsyncClient(base_url=origin, timeout=30) as machine:
            yield World(platform, application(platform), clock, machine, hashed_password, people)  # type: ignore[arg-type]
    finally:
        await platform.close()


@pytest.fixture(scope="session")
def shared(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two instances with two workers each, for all tests that do them no harm."""
    name = f"shared_{os.getpid()}"
    dsn = asyncio.run(_create(postgres, name, template))
    folder = tmp_path_factory.mktemp("shared")
    started = [launch(folder, dsn) for _ in range(2)]

    async def ready() -> None:
        await asyncio.gather(*(instance.ready() for instance in started))

    async def stop() -> None:
        await asyncio.gather(*(instance.stop() for instance in started))

    try:
        asyncio.run(ready())
        yield Cluster(dsn, folder, started)
        asyncio.run(stop())
    finally:
        for instance in started:
            instance.end_by_force()
        asyncio.run(_drop(postgres, name))


@pytest.fixture
async def live(shared: Cluster, hashed_password: str) -> AsyncIterator[World]:
    """A world on the shared processes; what it makes is its own."""
    async with world_at(shared, hashed_password) as made:
        yield made
    shared.assert_no_failure()
