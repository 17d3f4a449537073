"""A real Chromium for tests: one process for the whole run, a fresh connection for each test.

`chromium` and `browser` are fixtures of every test. The connection is made in the test's own event loop,
so browser tests and tests of the server can stand in one file.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from playwright.async_api import Browser, async_playwright

from latchstring.access.guard import Application
from tests.ports import free_port

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


@asynccontextmanager
async def connected(chromium: str) -> AsyncIterator[Browser]:
    """A connection to the Chromium, which takes a second; contexts that were opened in it are closed with it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(chromium)
        yield browser
        for context in browser.contexts[1:]:
            await context.close()
        await browser.close()


@asynccontextmanager
async def listening(application: Application) -> AsyncIterator[str]:
    """An application that listens in this process; its origin."""
    port = free_port()
    server = Server(application, address="127.0.0.1", port=port, interface=Interfaces.ASGINL)
    task = asyncio.create_task(server.serve())
    while not server_is_up(port):  # noqa: ASYNC110 - nobody tells when it listens
        await asyncio.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.stop()
    await task


def server_is_up(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A connection of this test's own. Open a context in it; contexts are closed after the test."""
    async with connected(chromium) as made:
        yield made


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
