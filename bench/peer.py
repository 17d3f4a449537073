"""Another authorization server under the same kind of load: started, loaded and stopped by its own scripts."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from load import Measured

#: Where the scripts are copied when they can't be set up where they are.
_COPY = Path(tempfile.gettempdir()) / "latchstring-peers"


class Peer:
    """A peer that runs."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name

    def load(self, op: str, seconds: float) -> Measured:
        """One run of `refresh`, `introspect` or `code`: `peer op rps p50 p99 errors …` is what the script prints."""
        options = ["--pinned", "--runs", "1", "--warm", "1", "--dur", f"{seconds:.0f}"]
        words = _run(self._folder, "bench.sh", *options, self._name, op).split()
        if words[5] != "0":
            raise RuntimeError(f"{self._name} {op}: {words[5]} requests failed")
        return Measured(float(words[2]), float(words[3]), float(words[4]))


@contextmanager
def running(peers: Path, name: str) -> Iterator[Peer]:
    """The peer `name` of the folder `peers`, set up first if need be, until the block ends."""
    folder = _set_up(peers.resolve())
    _run(folder, "peer.sh", "start", name, "pinned")
    try:
        yield Peer(folder, name)
    finally:
        _run(folder, "peer.sh", "stop", name)
        _stop_database(folder)


def _set_up(peers: Path) -> Path:
    """The folder itself when it was set up; otherwise a copy of it, set up now (takes minutes, needs root)."""
    if (peers / "pg" / "data").exists():
        return peers
    if not _COPY.exists():
        shutil.copytree(peers, _COPY)
        for path in [_COPY, *_COPY.rglob("*")]:
            path.chmod(0o755)
    if not (_COPY / "pg" / "data").exists():
        _run(_COPY, "setup.sh")
    return _COPY


def _stop_database(folder: Path) -> None:
    """The peers' PostgreSQL outlives them by itself; nothing that we start stays behind."""
    pid = folder / "pg" / "data" / "postmaster.pid"
    if pid.exists():
        os.kill(int(pid.read_text().split()[0]), 2)


def _run(folder: Path, script: str, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603
        [str(folder / script), *arguments], stdout=subprocess.PIPE, text=True, timeout=600, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{script} {' '.join(arguments)} failed with status {done.returncode}")
    return done.stdout
