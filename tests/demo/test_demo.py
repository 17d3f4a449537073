"""The demo holds, stops cleanly in every way it can be stopped, and says what is in its way."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ports import free_row

pytestmark = pytest.mark.processes
ROOT = Path(__file__).parents[2]


def is_listening(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


PORT = free_row(4)
PARTNER_PORT = PORT + 3


class Demo:
    """A demo in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self, *more: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "latchstring", "demo", "--folder", str(self.folder)]
        command += ["--port", str(PORT), "--partner-port", str(PARTNER_PORT), *more]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT,
            env={**os.environ, "COLUMNS": "100"},
        )  # fmt: skip

    def left(self) -> list[str]:
        """What of it still runs: whatever names its folder or listens on its ports."""
        listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        found = [line for line in listed.splitlines() if str(self.folder) in line]
        return found + [str(port) for port in range(PORT, PORT + 4) if is_listening(port)]


def read_until(process: "subprocess.Popen[str]", words: str) -> str:
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(said)


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """A demo that all tests start again, as one does by hand. Its folder is not one of pytest's, which other runs
    close to PostgreSQL's user; the sites' databases reach each other through it."""
    with tempfile.TemporaryDirectory(prefix="latchstring-demo-") as folder:
        yield Demo(Path(folder) / "kept")


@pytest.fixture(autouse=True)
def _nothing_is_left(demo: Demo) -> Iterator[None]:
    yield
    assert demo.left() == []


@pytest.mark.row("S1", "S16", "S20", "S21", "S22", "S23", "B1", "B5")
def test_every_step_of_the_walk_holds_and_the_second_start_keeps_the_data(demo: Demo) -> None:
    """The main job over real HTTP, twice: the same clients, the same people. Then Ctrl-C stops everything."""
    walked = demo.start("--once")
    said, _ = walked.communicate(timeout=180)
    assert walked.returncode == 0, said
    assert "All 30 steps held" in said
    with demo.start() as running:
        again = read_until(running, "Ctrl-C stops everything")
        assert f"http://localhost:{PARTNER_PORT}" in again
        running.send_signal(signal.SIGINT)
        assert running.wait(60) == 0
    clients = [re.findall(r"client ([0-9a-f-]{36})", one) for one in (said, again)]
    assert clients[0] == clients[1]
    assert len(set(clients[0])) == 2


@pytest.mark.long
@pytest.mark.parametrize(
    ("number", "words"), [(signal.SIGTERM, "steps held"), (signal.SIGHUP, "Organizations, people")]
)
def test_stopping_leaves_no_process_behind(demo: Demo, number: signal.Signals, words: str) -> None:
    """A plain kill and a terminal that closes stop everything too, at the end of the walk or before it begins."""
    with demo.start() as running:
        read_until(running, words)
        running.send_signal(number)
        assert running.wait(60) == 0


@pytest.mark.long
def test_a_reader_that_goes_away_stops_it_too(demo: Demo) -> None:
    """When nobody reads what it prints, it does not stay behind unseen."""
    running = demo.start()
    read_until(running, "PostgreSQL")
    assert running.stdout is not None
    running.stdout.close()
    running.wait(120)


def test_a_port_in_use_is_named_with_a_way_out(demo: Demo) -> None:
    """Nothing is started, and the message says what to do."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", PARTNER_PORT))
        other.listen()
        refused = demo.start("--once")
        said, _ = refused.communicate(timeout=60)
    assert refused.returncode == 1
    assert f"port {PARTNER_PORT} is in use" in said and "make demo PARTNER_PORT=" in said
    assert "Two sites" not in said
