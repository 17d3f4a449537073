"""A disk that fills up: refused in our form, nothing lost, and working again by itself when there is room."""

import asyncio
import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.ports import free_port
from tests.processes.servers import COMMAND
from tests.world import csrf_in

pytestmark = [pytest.mark.processes, pytest.mark.long]
_MIB = 1024 * 1024


@pytest.fixture
def small_volume(tmp_path: Path) -> Iterator[Path]:
    """A volume of 400 MiB, for root on Linux."""
    folder = tmp_path / "volume"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or shutil.which("mount") is None or subprocess.run(mount).returncode:
        pytest.skip("mounting a small volume takes root on Linux")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


async def _until(url: str, status: int, within_s: float = 60) -> None:
    async with httpx.AsyncClient(timeout=10) as machine:
        for _ in range(int(within_s * 2)):
            try:
                if (await machine.get(url)).status_code == status:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.5)
    raise AssertionError(f"{url} never answered {status}")


def _take_all_room(folder: Path) -> None:
    with (folder / "ballast").open("ab") as ballast, contextlib.suppress(OSError):
        while free := shutil.disk_usage(folder).free:
            os.write(ballast.fileno(), b"x" * min(free, 8 * _MIB))


async def _work_without_room(url: str, folder: Path) -> set[int]:
    """Wrong passwords, which are written down, while there is no room; the statuses that were answered."""
    seen: set[int] = set()
    async with httpx.AsyncClient(base_url=url, timeout=30) as browser:
        for number in range(30):
            _take_all_room(folder)
            form = await browser.get("/sign-in")
            seen.add(form.status_code)
            if form.status_code == 200:
                guess = {"email": f"{number}@example.com", "password": "x" * 20, "csrf": csrf_in(form)}
                seen.add((await browser.post("/sign-in", data=guess)).status_code)
    return seen


@pytest.mark.row("B104")
async def test_a_full_disk_is_survived(small_volume: Path, tmp_path: Path) -> None:
    """With no room left requests are refused or answered, never garbled; with room again everything works."""
    port = free_port()
    origin = f"http://localhost:{port}"
    environment = {
        **os.environ,
        "LATCHSTRING_DATA_DIR": str(small_volume),
        "LATCHSTRING_PORT": str(port),
        "LATCHSTRING_DOMAIN": f"localhost:{port}",
        "LATCHSTRING_APP_ORIGIN": origin,
        "LATCHSTRING_API_ORIGIN": origin,
    }
    with (tmp_path / "out.log").open("wb") as out:
        command = [*COMMAND, "serve"]
        server = subprocess.Popen(command, env=environment, stdout=out, stderr=out)  # noqa: ASYNC220
    try:
        await _until(f"{origin}/readyz", 200)
        seen = await _work_without_room(origin, small_volume)
        assert 503 in seen
        assert seen <= {200, 401, 429, 503}, seen
        (small_volume / "ballast").unlink()
        await _until(f"{origin}/readyz", 200)
        command = [*COMMAND, "operator", "create"]
        operator = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: ASYNC221
        assert operator.returncode == 0, operator.stderr
    finally:
        server.terminate()
        server.wait(40)
