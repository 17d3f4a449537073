"""Sites as regions: each with a PostgreSQL of its own, two application processes, and HAProxy with TLS in front.

As root each region is a network namespace with addresses of its own; otherwise all share the loopback.
"""

import os
import shutil
import signal
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.ports import free_port
from tests.processes.servers import Instance, launch

from latchstring.storage.embedded import Embedded, start_embedded

EXAMPLE = Path(__file__).parents[2] / "examples" / "haproxy" / "haproxy.cfg"


@dataclass(frozen=True)
class Network:
    """Where a region's processes listen. `enter`: the command that goes there."""

    address: str
    enter: tuple[str, ...]


@dataclass
class Region:
    """A site that runs."""

    key: str
    network: Network
    folder: Path
    postgres: Embedded
    dsn: str
    port: int
    certificate: Path
    instances: list[Instance]
    proxy: "subprocess.Popen[bytes] | None" = None

    @property
    def origin(self) -> str:
        """What everybody outside knows of it."""
        return f"https://{self.network.address}:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """What all of its processes are told."""
        origin, domain = self.origin, self.origin[8:]
        named = {"site": self.key, "domain": domain, "app_origin": origin, "api_origin": origin}
        return {**named, "trusted_proxies": "1", "pool_size": "4"}

    def start_instance(self, port: int | None = None) -> Instance:
        """An application process, on a given port or any."""
        return launch(
            self.folder,
            self.dsn,
            workers=1,
            before=self.network.enter,
            host=self.network.address,
            port=str(port or free_port()),
            **self.settings,
        )

    def start_proxy(self) -> None:
        """HAProxy, with the example's configuration."""
        text = EXAMPLE.read_text().replace("bind :443", f"bind {self.network.address}:{self.port}")
        text = text.replace("/etc/haproxy/latchstring.pem", str(self.certificate))
        for place, instance in zip(("10.0.0.11", "10.0.0.12"), self.instances, strict=True):
            text = text.replace(f"{place}:8100", f"{instance.host}:{instance.port}")
        file = self.folder / "haproxy.cfg"
        file.write_text(text)
        command = [*self.network.enter, "haproxy", "-W", "-db", "-f", str(file)]
        with (self.folder / "haproxy.log").open("wb") as log:
            self.proxy = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def reload_proxy(self) -> None:
        """As its unit file does on `reload`."""
        assert self.proxy is not None
        self.proxy.send_signal(signal.SIGUSR2)

    def postmaster(self) -> int:
        """The process id of its PostgreSQL."""
        return int((self.postgres.folder / "postmaster.pid").read_text().split()[0])

    def stop(self) -> None:
        """End everything by force."""
        if self.proxy is not None:
            self.proxy.terminate()
            self.proxy.wait(10)
        for instance in self.instances:
            instance.end_by_force()
        self.postgres.cleanup()


def need_haproxy() -> None:
    """Skip, and say so, where there is no HAProxy or no OpenSSL."""
    for program in ("haproxy", "openssl"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")


@contextmanager
def folder_for_regions() -> Iterator[Path]:
    """A folder that PostgreSQL's own user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="latchstring-regions-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def network(number: int) -> Iterator[Network]:
    """A namespace with addresses from the range for measurements (RFC 2544), or the loopback."""
    name, net = f"latchstring-{os.getpid()}-{number}", f"198.18.{os.getpid() % 100 * 2 + number}"
    inside, outside = f"ls{os.getpid() % 100_000}{number}i", f"ls{os.getpid() % 100_000}{number}o"
    steps = (
        f"link add {outside} type veth peer name {inside} netns {name}",
        f"addr add {net}.1/30 dev {outside}",
        f"link set {outside} up",
        f"-n {name} addr add {net}.2/30 dev {inside}",
        f"-n {name} link set {inside} up",
        f"-n {name} link set lo up",
    )
    if os.geteuid() != 0 or not _ip(f"netns add {name}"):
        yield Network("127.0.0.1", ())
        return
    try:
        if all(_ip(step) for step in steps):
            yield Network(f"{net}.2", ("ip", "netns", "exec", name))
        else:
            yield Network("127.0.0.1", ())
    finally:
        _ip(f"netns del {name}")


def _ip(step: str) -> bool:
    try:
        return subprocess.run(["ip", *step.split()], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


@contextmanager
def regions(folder: Path, *keys: str) -> Iterator[list[Region]]:
    """Regions with their networks, databases and certificates; nothing else runs yet."""
    with ExitStack() as stack:
        made = []
        for number, key in enumerate(keys):
            place = stack.enter_context(network(number))
            home = folder / key
            home.mkdir()
            postgres = start_embedded(home / "postgres")
            region = Region(key, place, home, postgres, "", free_port(), certificate(home, place.address), [])
            stack.callback(region.stop)
            made.append(region)
        yield made


def certificate(folder: Path, address: str) -> Path:
    """A certificate for an address, and its key, in one file."""
    file, key = folder / "site.pem", folder / "site.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", f"/CN={address}", "-addext", f"subjectAltName=IP:{address}",
         "-keyout", str(key), "-out", str(file)],
        check=True, capture_output=True,
    )  # fmt: skip
    file.write_text(file.read_text() + key.read_text())
    return file


def trusting(region: Region) -> ssl.SSLContext:
    """Believes this region's certificate alone."""
    return ssl.create_default_context(cafile=str(region.certificate))
