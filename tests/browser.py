"""A real Chromium for tests: one process for the whole run, a fresh connection for each test.

`chromium` and `browser` are fixtures of every test. The connection is made in the test's own event loop,
so browser tests and tests of the server can stand in one file.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
)
LISTENING = re.compile(r"DevTools listening on (ws://\S+)")


def find_chromium() -> str | None:
    """Where Chromium is on this machine; the variable CHROMIUM overrides."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The debugging address of a Chromium that runs until the tests are over."""
    executable = find_chromium()
    if executable is None:
        pytest.skip("Chromium is not installed")
    home = tmp_path_factory.mktemp("chromium")
    log = home / "log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [executable, *ARGUMENTS, f"--user-data-dir={home / 'profile'}", "about:blank"],
            stdout=output,
            stderr=output,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield _address(process, log)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A connection to the Chromium. Open a context of your own in it; contexts are closed after the test."""
    async with async_playwright() as playwright:
        connected = await playwright.chromium.connect_over_cdp(chromium)
        yield connected
        for context in connected.contexts[1:]:
            await context.close()
        await connected.close()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """Waits for the line in which Chromium says where it listens."""
    for _ in range(300):
        found = LISTENING.search(log.read_text(errors="replace"))
        if found:
            return found.group(1)
        try:
            process.wait(0.1)
            break
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError(f"Chromium did not start: {log.read_text(errors='replace')[-2000:]}")
