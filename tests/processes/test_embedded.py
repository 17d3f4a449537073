"""The embedded PostgreSQL: any folder, several users at once, and no process left behind."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.processes.servers import is_running, launch, until

from latchstring.storage.embedded import EmbeddedFailed, start_embedded

pytestmark = pytest.mark.processes


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose path is far too long for a socket, with a space and a quote in it."""
    top = Path(tempfile.mkdtemp(prefix="latchstring-embedded-"))
    made = top / ("it's a long path " + "x" * 60) / ("y" * 60)
    made.mkdir(parents=True)
    yield made
    shutil.rmtree(top, ignore_errors=True)


def postmaster(folder: Path) -> int:
    """The process id of the server whose data is there."""
    return int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])


async def test_the_last_to_go_stops_the_database_however_the_others_ended(folder: Path) -> None:
    """Two servers share a data folder; one is killed, the other goes on, and when it stops nothing is left."""
    first = launch(folder, None, workers=1)
    second = None
    try:
        await first.ready()
        second = launch(folder, None, workers=1)
        await second.ready()
        database = postmaster(folder)
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait(10)
        assert await until(lambda: not any(is_running(pid) for pid in first.seen_workers))
        assert is_running(database)
        assert await second.stop() == 0
        assert await until(lambda: not is_running(database))
    finally:
        for instance in (first, second):
            if instance is not None:
                instance.end_by_force()


async def test_what_a_killed_server_left_is_taken_up_and_stopped(folder: Path) -> None:
    """After a kill -9 the next start joins the database that still runs, and stops it at its own end."""
    killed = launch(folder, None, workers=1)
    await killed.ready()
    database = postmaster(folder)
    killed.end_by_force()
    assert is_running(database)
    following = launch(folder, None, workers=1)
    try:
        await following.ready()
        assert postmaster(folder) == database
        assert await following.stop() == 0
        assert await until(lambda: not is_running(database))
    finally:
        following.end_by_force()


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    """Nothing that is not a database is ever made into one."""
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "letter.txt").write_text("dear reader")
    with pytest.raises(EmbeddedFailed, match="not a database"):
        start_embedded(tmp_path / "postgres")
    assert [path.name for path in (tmp_path / "postgres").iterdir()] == ["letter.txt"]
