"""What is wrong with the copying from another site, and how it is mended. Each finding says what; a repair does it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import msgspec

from latchstring.sites import comparing
from latchstring.sites.offering import literal
from latchstring.sites.replication import CannotReplicate, Link, address_in_use, begin, renew, subscription

_LOOK_EVERY_S = 0.05


class Finding(msgspec.Struct, frozen=True):
    """Something that was wrong, and whether it has been mended."""

    site: str
    what: str
    mended: bool


@dataclass(frozen=True, slots=True)
class _Fault:
    what: str
    mend: Callable[[Link], Awaitable[object]]


async def repair(link: Link, *, dry_run: bool = False, patience_s: float = 60) -> list[Finding]:
    """Find what is wrong with what arrives from the other site, mend it, and compare what came of it."""
    found: list[Finding] = []
    async for fault in _faults(link, patience_s, dry_run=dry_run):
        if not dry_run:
            await fault.mend(link)
        found.append(Finding(link.peer, fault.what, not dry_run))
    return found


async def _faults(link: Link, patience_s: float, *, dry_run: bool) -> AsyncIterator[_Fault]:
    """One after the other: what is mended first may be the cause of what would come next."""
    broken = await _how_broken(link)
    if broken is not None:
        yield broken
        if dry_run:
            return
    if await _lacks_tables(link):
        yield _Fault("tables that are shared now are not copied yet", _refresh)
    if not await caught_up(link, patience_s):
        yield _Fault("it does not catch up: something that arrives can't be written", renew)
        if dry_run:
            return
    async for fault in _differences(link, patience_s):
        yield fault


async def _how_broken(link: Link) -> _Fault | None:
    """Whether there is a subscription, with its slot, switched on."""
    found = await subscription(link)
    if found is None:
        return _Fault("nothing is received from it", begin)
    slot = await link.there.fetchrow(
        "SELECT wal_status FROM pg_replication_slots WHERE slot_name = $1 AND database = current_database()",
        found["subslotname"],
    )
    if slot is None or slot["wal_status"] == "lost":
        return _Fault("its slot is lost, and with it what changed since", renew)
    if found["suborigin"] != "none":
        return _Fault("it also receives what others wrote there", renew)
    if not await _reaches(link):
        return _Fault("it is received from another address", _readdress)
    return None if found["subenabled"] else _Fault("it is switched off", _enable)


async def _reaches(link: Link) -> bool:
    """Whether the subscription uses the address that was given; who may not read it takes its word."""
    used = await address_in_use(link.dsn, link.peer)
    return used in (None, link.peer_dsn)


async def _readdress(link: Link) -> None:
    await link.here.execute(f"ALTER SUBSCRIPTION {link.subscription} CONNECTION {literal(link.peer_dsn)}")
    await _enable(link)


async def _enable(link: Link) -> None:
    await link.here.execute(f"ALTER SUBSCRIPTION {link.subscription} ENABLE")


async def _lacks_tables(link: Link) -> bool:
    """An upgrade on both sides has brought another shared table."""
    offered = await link.there.fetch(
        "SELECT tablename FROM pg_publication_tables WHERE pubname = 'latchstring_shared'"
    )
    copied = await link.here.fetch(
        "SELECT r.srrelid::regclass::text AS name FROM pg_subscription_rel r"
        " JOIN pg_subscription s ON s.oid = r.srsubid WHERE s.subname = $1",
        link.subscription,
    )
    return {row["tablename"] for row in offered} != {row["name"] for row in copied}


async def _refresh(link: Link) -> None:
    await link.here.execute(
        f"ALTER SUBSCRIPTION {link.subscription} REFRESH PUBLICATION WITH (copy_data = true)"
    )


async def caught_up(link: Link, patience_s: float) -> bool:
    """Wait until all that is committed there now has arrived here; whether it did."""
    goal = await link.there.fetchval("SELECT pg_current_wal_lsn()")
    for _ in range(int(patience_s / _LOOK_EVERY_S)):
        found = await subscription(link)
        copying = found and await link.here.fetchval(
            "SELECT count(*) FROM pg_subscription_rel WHERE srsubid = $1 AND srsubstate <> 'r'", found["oid"]
        )
        if copying == 0 and await link.there.fetchval(
            "SELECT confirmed_flush_lsn >= $2::pg_lsn FROM pg_replication_slots WHERE slot_name = $1",
            found["subslotname"],
            goal,
        ):
            return True
        await asyncio.sleep(_LOOK_EVERY_S)
    return False


async def _differences(link: Link, patience_s: float) -> AsyncIterator[_Fault]:
    """Rows that differ are copied again; those that are gone there go here too."""
    if not (differing := await comparing.differing(link)):
        return
    if any(one.missing or one.other for one in differing):
        yield _Fault(comparing.told(differing), renew)
        if not await caught_up(link, patience_s):
            raise CannotReplicate(f"the new copy of {link.peer} does not arrive; see the log of the server")
    if any(one.extra for one in differing):
        yield _Fault(f"rows are here that {link.peer} has no more", comparing.drop_extras)
