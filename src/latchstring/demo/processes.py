"""The processes of the demo: started, waited for, and ended, in whatever way the demo itself ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import httpx

from latchstring.demo.stage import CannotStart

_PATIENCE_S = 90


@dataclass(frozen=True, slots=True)
class Running:
    """A process, and where it writes what it has to say."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path


class Processes:
    """A context: what was started in it is over when it is left."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[Running] = []

    def __enter__(self) -> "Processes":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        for running in reversed(self._running):
            _end(running.process)

    def start(self, name: str, arguments: list[str], environment: Mapping[str, str]) -> Running:
        """Start Python with these arguments, in a process group of its own: Ctrl-C reaches only us."""
        log = self._folder / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, *arguments],
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        running = Running(name, process, log)
        self._running.append(running)
        return running

    def wait_for(self, running: Running, url: str) -> None:
        """Wait until it answers.

        Raises:
            CannotStart: it ended, or took too long.
        """
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            if running.process.poll() is not None:
                break
            with suppress(httpx.TransportError):
                if httpx.get(url).status_code < 500:
                    return
            time.sleep(0.05)
        last = running.log.read_text(errors="replace").strip().splitlines()[-5:]
        raise CannotStart(
            "\n  ".join([f"the {running.name} did not start; the end of {running.log}:", *last])
        )

    def over(self) -> Running | None:
        """A process that has ended by itself."""
        return next((one for one in self._running if one.process.poll() is not None), None)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask it to stop, then make it; whatever it started is in its group and goes too."""
    with suppress(ProcessLookupError):
        process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(25)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
