"""Three sites, each receiving from both others: what is true of two is true of more."""

import json
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from tests.settled import database_of_its_own, world_on
from tests.sites.conftest import SITES, End, Line, settings_of
from tests.sites.test_copying import customer, rotate, shared_rows
from tests.world import MovableClock

from latchstring.kit.entropy import SystemEntropy
from latchstring.sites import mending, replication
from latchstring.sites.standing import standings
from latchstring.wiring import keys_of, prepare

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
_AP = {
    "name": "AP1",
    "region": "Seoul",
    "domain": "ap1.example.com",
    "app_origin": "https://app.ap1.example.com",
    "api_origin": "https://api.ap1.example.com",
    "intake": {"logs": "https://http-intake.logs.ap1.example.com"},
}
_ALL = {**SITES, "ap1": _AP}


class Three:
    """The sites by key, and the line of each way: (who receives, from whom)."""

    def __init__(self, ends: dict[str, End], lines: dict[tuple[str, str], Line]) -> None:
        self.ends = ends
        self.lines = lines

    async def settled(self) -> None:
        """Wait until each has what both others published."""
        for (here, there), line in self.lines.items():
            async with replication.linked(here, self.ends[here].dsn, there, line.dsn) as link:
                assert await mending.caught_up(link, 60)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def three(postgres: str, template: str, hashed_password: str) -> AsyncIterator[Three]:
    """us1, eu1 and ap1, copying from each other."""
    folder, clock = Path(tempfile.mkdtemp(prefix="latchstring-three-")), MovableClock()
    folder.chmod(0o755)
    chosen = {key: settings_of(key, folder, sites=json.dumps(_ALL)) for key in _ALL}
    for settings in chosen.values():
        keys_of(settings, SystemEntropy())
    async with AsyncExitStack() as stack:
        ends: dict[str, End] = {}
        for key, settings in chosen.items():
            dsn = await stack.enter_async_context(database_of_its_own(postgres, template))
            await prepare(settings, dsn)
            world = await stack.enter_async_context(world_on(dsn, settings, hashed_password, clock))
            ends[key] = End(dsn, settings, world, Line(folder, dsn))
        lines: dict[tuple[str, str], Line] = {}
        for here in ends:
            for there in ends.keys() - {here}:
                place = folder / f"{here}-{there}"
                place.mkdir(mode=0o755)
                lines[here, there] = Line(place, ends[there].dsn)
                await lines[here, there].heal()
        for (here, there), line in lines.items():
            async with replication.linked(here, ends[here].dsn, there, line.dsn) as link:
                assert await replication.begin(link)
        yield Three(ends, lines)
        for (here, there), line in lines.items():
            async with replication.linked(here, ends[here].dsn, there, ends[there].dsn) as link:
                await replication.end(link)
            await line.cut()
    shutil.rmtree(folder)


@pytest.mark.row("S22", "R26", "R27")
async def test_one_of_three_is_cut_off_and_all_converge_when_it_comes_back(three: Three) -> None:
    """Each publishes and rotates a secret meanwhile. Afterwards all three have the same, and every client works at every
    site; what arrived from one is not sent on to the next."""
    ends = three.ends
    before = {key: await end.world.released(await end.world.partner("Before")) for key, end in ends.items()}
    await three.settled()
    for way, line in three.lines.items():
        if "ap1" in way:
            await line.cut()
    made = {}
    for key, end in ends.items():
        made[key] = await end.world.released(await end.world.partner("Meanwhile"))
        before[key].client_secret = await rotate(end.world, before[key])
    seen = await standings(ends["us1"].world.platform.database, "us1", ["eu1", "ap1"])
    states = {one.site: one.arriving.state for one in seen}
    assert states == {"eu1": "ok", "ap1": "cut"}
    for way, line in three.lines.items():
        if "ap1" in way:
            await line.heal()
    await three.settled()
    rows = {key: await shared_rows(end) for key, end in ends.items()}
    assert rows["us1"] == rows["eu1"] == rows["ap1"]
    for end in ends.values():
        person = await customer(end.world, f"Customer of {end.settings.site}")
        for partner in (*made.values(), *before.values()):
            assert (await end.world.call((await end.world.flow(person, partner)).access)).status_code == 200
