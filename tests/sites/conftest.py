"""Two sites over two databases, each receiving what the other publishes, through lines that a test can cut."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest_asyncio
from tests.settled import database_of_its_own, world_on
from tests.world import MovableClock, World

from latchstring.kit.entropy import SystemEntropy
from latchstring.settings import Settings, load_settings
from latchstring.sites import mending, replication
from latchstring.sites.replication import Link
from latchstring.wiring import keys_of, prepare

SITES = {
    key: {
        "name": key.upper(),
        "region": region,
        "domain": f"{key}.example.com",
        "app_origin": f"https://app.{key}.example.com",
        "api_origin": f"https://api.{key}.example.com",
        "intake": {"logs": f"https://http-intake.logs.{key}.example.com"},
    }
    for key, region in (("us1", "Virginia"), ("eu1", "Frankfurt"))
}
_SOCKET = ".s.PGSQL.5432"


@dataclass
class Line:
    """The way from one site's PostgreSQL to another's: a socket that passes everything on, until it is cut."""

    folder: Path
    to: str
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def dsn(self) -> str:
        """The address of the far end, by this line."""
        path = urlsplit(self.to).path
        return f"postgresql://postgres@{path}?host={quote(str(self.folder))}"

    async def heal(self) -> None:
        """Pass everything on."""
        self._server = await asyncio.start_unix_server(self._pass, self.folder / _SOCKET)
        (self.folder / _SOCKET).chmod(0o777)

    async def cut(self) -> None:
        """Nobody gets through any more, whoever is connected either."""
        assert self._server is not None
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        (self.folder / _SOCKET).unlink(missing_ok=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far = parse_qs(urlsplit(self.to).query)["host"][0]
        there, back = await asyncio.open_unix_connection(f"{far}/{_SOCKET}")
        self._writers |= {writer, back}
        await asyncio.gather(_pump(reader, back), _pump(there, writer))
        self._writers -= {writer, back}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


@dataclass
class End:
    """One site: its database, its platform with people, and the line by which it receives."""

    dsn: str
    settings: Settings
    world: World
    line: Line


@dataclass
class Pair:
    """Both."""

    us: End
    eu: End

    @property
    def ways(self) -> tuple[tuple[End, End], ...]:
        """Who receives, and from whom."""
        return (self.us, self.eu), (self.eu, self.us)

    def link(self, here: End, there: End, dsn: str | None = None) -> AbstractAsyncContextManager[Link]:
        """A link by which `here` receives."""
        return replication.linked(here.settings.site, here.dsn, there.settings.site, dsn or here.line.dsn)

    async def settled(self) -> None:
        """Wait until each has what the other published."""
        for here, there in self.ways:
            async with self.link(here, there) as link:
                assert await mending.caught_up(link, 30)


def settings_of(site: str, folder: Path, **more: str) -> Settings:
    """The settings of one of the two."""
    given = {
        "site": site,
        "sites": json.dumps(SITES),
        "data_dir": str(folder),
        "lease_ms": "0",
        "pool_size": "4",
    }
    return load_settings({f"LATCHSTRING_{name.upper()}": value for name, value in {**given, **more}.items()})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pair(postgres: str, template: str, hashed_password: str) -> AsyncIterator[Pair]:
    """us1 and eu1, copying from each other."""
    folder = Path(tempfile.mkdtemp(prefix="latchstring-sites-"))
    folder.chmod(0o755)
    clock, chosen = MovableClock(), {key: settings_of(key, folder) for key in SITES}
    for settings in chosen.values():
        keys_of(settings, SystemEntropy())
    async with (
        database_of_its_own(postgres, template) as us_dsn,
        database_of_its_own(postgres, template) as eu_dsn,
    ):
        await prepare(chosen["us1"], us_dsn)
        await prepare(chosen["eu1"], eu_dsn)
        async with (
            world_on(us_dsn, chosen["us1"], hashed_password, clock) as us_world,
            world_on(eu_dsn, chosen["eu1"], hashed_password, clock) as eu_world,
        ):
            us = End(us_dsn, chosen["us1"], us_world, await _line(folder, "us", eu_dsn))
            eu = End(eu_dsn, chosen["eu1"], eu_world, await _line(folder, "eu", us_dsn))
            both = Pair(us, eu)
            yield await _joined(both)
        for here, there in both.ways:
            async with both.link(here, there, there.dsn) as link:
                await replication.end(link)
            await here.line.cut()
    shutil.rmtree(folder)


async def _line(folder: Path, name: str, to: str) -> Line:
    (folder / name).mkdir(mode=0o755)
    line = Line(folder / name, to)
    await line.heal()
    return line


async def _joined(pair: Pair) -> Pair:
    for here, there in pair.ways:
        async with pair.link(here, there) as link:
            assert await replication.begin(link)
            assert not await replication.begin(link)
    await pair.settled()
    return pair
