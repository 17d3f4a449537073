"""The demo's two sites: two databases of the embedded server, each receiving what the other has published."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from latchstring.demo.stage import Stage
from latchstring.kit.entropy import SystemEntropy
from latchstring.sites.replication import begin, linked
from latchstring.web.platform import Platform
from latchstring.wiring import assemble, dsn_of, keys_of, prepare

_KEYS = ("us1", "eu1")


async def prepared(stage: Stage) -> dict[str, str]:
    """The sites' databases, up to date, with their keys, and copying from each other; their addresses."""
    _from_before_there_were_two(stage)
    dsns: dict[str, str] = {}
    for key in _KEYS:
        settings = stage.settings(key)
        keys_of(settings, SystemEntropy())
        dsns[key] = await dsn_of(settings)
        await prepare(settings, dsns[key])
    for key, peer in (_KEYS, _KEYS[::-1]):
        async with linked(key, dsns[key], peer, dsns[peer]) as link:
            await begin(link)
    return dsns


@asynccontextmanager
async def at_site(stage: Stage, dsns: Mapping[str, str], key: str) -> AsyncIterator[Platform]:
    """The platform of a site, for as long as the block lasts."""
    platform = await assemble(stage.settings(key), dsns[key])
    try:
        yield platform
    finally:
        await platform.close()


def _from_before_there_were_two(stage: Stage) -> None:
    """A demo that was kept from before has one site's keys: those of us1."""
    old, new = stage.folder / "keys.json", stage.folder / "keys-us1.json"
    if old.exists() and not new.exists():
        old.rename(new)
