"""A proxy in front of a host's own API asks Latchstring about each call: the real ones, the examples' configuration."""

import asyncio
import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from tests.ports import free_port
from tests.processes.servers import cluster_of, until, world_at
from tests.processes.test_races import someone
from tests.world import Flow, Partner, Person, World

pytestmark = pytest.mark.processes
EXAMPLES = Path(__file__).parents[2] / "examples"
TOKEN = "between nginx and us"


@contextmanager
def host_api() -> Iterator[int]:
    """An API that answers with what it was told; its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"path": self.path, **{k.lower(): v for k, v in self.headers.items()}}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def nginx(latchstring: list[int], api: int) -> Iterator[int]:
    """nginx with the example's configuration; its port."""
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    folder, port = Path(tempfile.mkdtemp(prefix="latchstring-nginx-")), free_port()
    text = (
        (EXAMPLES / "nginx" / "forward-auth.conf")
        .read_text()
        .replace("listen 8443", f"listen 127.0.0.1:{port}")
        .replace("change-me", TOKEN)
    )
    for place, to in (("10.0.0.11:8100", latchstring[0]), ("10.0.0.12:8100", latchstring[-1])):
        text = text.replace(place, f"127.0.0.1:{to}")
    text = text.replace("10.0.0.21:9000", f"127.0.0.1:{api}")
    kept = "".join(
        f"{what}_temp_path {folder}/{what};\n"
        for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    file = folder / "nginx.conf"
    file.write_text(
        f"{user}daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nworker_processes 1;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{kept}{text}}}\n"
    )
    process = subprocess.Popen(["nginx", "-e", str(folder / "error.log"), "-c", str(file)])
    try:
        yield port
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def haproxy(latchstring: list[int], api: int) -> Iterator[int]:
    """HAProxy with the example's configuration; its port."""
    if shutil.which("haproxy") is None:
        pytest.skip("haproxy is not installed")
    folder, port = Path(tempfile.mkdtemp(prefix="latchstring-haproxy-")), free_port()
    text = (EXAMPLES / "haproxy" / "forward-auth.cfg").read_text()
    text = text.replace("/etc/haproxy/forward-auth.lua", str(EXAMPLES / "haproxy" / "forward-auth.lua"))
    text = text.replace("bind :8443", f"bind 127.0.0.1:{port}").replace("10.0.0.21:9000", f"127.0.0.1:{api}")
    (folder / "haproxy.cfg").write_text(text)
    asks = {
        "LATCHSTRING_FORWARD_AUTH_URL": f"http://127.0.0.1:{latchstring[0]}/forward-auth",
        "LATCHSTRING_FORWARD_AUTH_TOKEN": TOKEN,
    }
    process = subprocess.Popen(
        ["haproxy", "-db", "-f", str(folder / "haproxy.cfg")], env={**os.environ, **asks}
    )
    try:
        yield port
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.row("B10", "B5", "S35", "T3")
async def test_proxies_let_through_what_the_law_lets_through(
    dsn: str, tmp_path: Path, hashed_password: str
) -> None:
    """The API behind them hears who calls, in headers that nobody else can set, and no credential; it hears nothing of
    what is refused, and nothing once Latchstring is away."""
    async with (
        cluster_of(tmp_path, dsn, 1, workers=1, forward_auth_token=TOKEN) as cluster,
        world_at(cluster, hashed_password) as world,
    ):
        person, partner = await someone(world)
        with host_api() as api, nginx(cluster.ports, api) as one, haproxy(cluster.ports, api) as other:
            flows = [await world.flow(person, partner) for _ in range(2)]
            for port, flow in zip((one, other), flows, strict=True):
                await stands_guard(world, person, partner, flow, port)
            await cluster.instances[0].stop()
            for port, status in ((one, 500), (other, 503)):
                bearer = {"authorization": f"Bearer {flows[0].access}"}
                away = await asyncio.to_thread(
                    httpx.get, f"http://127.0.0.1:{port}/api/v1/monitor", headers=bearer, timeout=30
                )
                assert away.status_code == status
        cluster.assert_no_failure()


async def stands_guard(world: World, person: Person, partner: Partner, flow: Flow, port: int) -> None:
    """Calls through one proxy, until the authorization is revoked and after."""
    assert await until(lambda: _listens(port))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as caller:
        bearer = {"authorization": f"Bearer {flow.access}", "x-latchstring-user": "root"}
        heard = (await caller.get("/api/v1/monitor?page=1", headers=bearer)).json()
        assert heard["path"] == "/api/v1/monitor?page=1"
        assert heard["x-latchstring-client"] == partner.client_id
        assert heard["x-latchstring-user"] == str(person.id)
        assert "authorization" not in heard
        stranger = await caller.get("/api/v1/monitor", headers={"x-latchstring-client": "me"})
        assert (stranger.status_code, stranger.json()) == (401, {"errors": ["Forbidden"]})
        assert stranger.headers["www-authenticate"].startswith("Bearer")
        beyond = await caller.get("/api/v1/dashboard", headers=bearer)
        assert (beyond.status_code, beyond.json()) == (403, {"errors": ["Forbidden"]})
        assert len(beyond.headers["x-request-id"]) == 24
        assert (await caller.get("/_judge", headers=bearer)).status_code in (403, 404)
        assert (await world.revoke(partner, flow.refresh)).status_code == 200
        ended = await caller.get("/api/v1/monitor", headers=bearer)
        assert (ended.status_code, ended.json()) == (401, {"errors": ["Forbidden"]})


def _listens(port: int) -> bool:
    try:
        httpx.get(f"http://127.0.0.1:{port}/_judge")
    except httpx.TransportError:
        return False
    return True
