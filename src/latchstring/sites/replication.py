"""Copying from another site: PostgreSQL's logical replication into this site's database, begun and ended.

Each site receives from each other one: a publication and a slot there, a subscription here. Three things to know:
`wal_level` must be `logical` there, which takes a restart; the slot is made before the subscription, since both may be
on one server; and what is copied is chosen by key columns alone (`offering.py`). A copy that is made again replaces what
is there, so whatever is broken is mended by making it anew.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import asyncpg

from latchstring.sites.offering import PUBLICATION, literal

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
#: A slot waits for the transactions that are open there; who waits longer than this is told.
_PATIENCE_S = 60
_LOOK_EVERY_S = 0.05
_UNREACHABLE = (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, TimeoutError)


class CannotReplicate(Exception):
    """It can't be done; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Link:
    """This site, the one it receives from, and connections to both databases."""

    site: str
    dsn: str
    peer: str
    peer_dsn: str
    here: Connection
    there: Connection

    @property
    def subscription(self) -> str:
        """The subscription here."""
        return subscription_of(self.peer)


def subscription_of(peer: str) -> str:
    """The name of the subscription that receives from a site."""
    return f"latchstring_from_{peer}"


def slot_prefix(site: str) -> str:
    """How the slots begin through which a site's rows leave; then come the receiver and its database there."""
    return f"latchstring_{site}_to_"


@asynccontextmanager
async def linked(site: str, dsn: str, peer: str, peer_dsn: str) -> AsyncIterator[Link]:
    """Connect to both.

    Raises:
        CannotReplicate: the other one can't be reached, is another site's, or can't replicate.
    """
    async with AsyncExitStack() as stack:
        here = await _connect(dsn)
        stack.push_async_callback(_leave, here)
        try:
            there = await _connect(peer_dsn)
        except (*_UNREACHABLE, asyncpg.InvalidAuthorizationSpecificationError) as problem:
            raise CannotReplicate(f"the database of {peer} can't be reached: {problem}") from None
        stack.push_async_callback(_leave, there)
        await _check(there, peer)
        yield Link(site, dsn, peer, peer_dsn, here, there)


async def _connect(dsn: str) -> Connection:
    settings = {"application_name": "latchstring sites", "timezone": "UTC", "statement_timeout": "60000"}
    return await asyncpg.connect(dsn, timeout=10, server_settings=settings)


async def _leave(connection: Connection) -> None:
    try:
        await connection.close(timeout=5)
    except (*_UNREACHABLE, asyncpg.InterfaceError):
        connection.terminate()


async def _check(there: Connection, peer: str) -> None:
    """That database is the other site's, and its server can replicate."""
    if await there.fetchval("SELECT to_regclass('public.site_states')") is None:
        raise CannotReplicate(
            f"the database of {peer} is not up to date: run `latchstring migrate` there first"
        )
    owner = await there.fetchval("SELECT key FROM site")
    if owner != peer:
        raise CannotReplicate(f"that database belongs to the site {owner}, not to {peer}")
    if (level := await there.fetchval("SHOW wal_level")) != "logical":
        raise CannotReplicate(
            f"wal_level of the server of {peer} is {level}: set wal_level = logical in its postgresql.conf and"
            " restart it"
        )
    if not await there.fetchval("SELECT 1 FROM pg_publication WHERE pubname = $1", PUBLICATION):
        raise CannotReplicate(
            f"{peer} offers nothing yet: give it the list of sites and run `latchstring migrate` there"
        )


async def begin(link: Link) -> bool:
    """Receive from the other site from now on, beginning with all that there is. False: it does so already."""
    if await subscription(link) is not None:
        return False
    slot = await _new_slot(link)
    await link.here.execute(
        f"CREATE SUBSCRIPTION {link.subscription} CONNECTION {literal(link.peer_dsn)} PUBLICATION {PUBLICATION}"
        f" WITH (create_slot = false, slot_name = {literal(slot)}, origin = none, copy_data = true)"
    )
    return True


async def end(link: Link) -> None:
    """Receive no more; what was copied stays."""
    if (found := await subscription(link)) is not None:
        await drop_subscription(link.here, link.peer)
        await drop_slot(link, found["subslotname"])
        await _drop_slots_of_copying(link, found["oid"])


async def renew(link: Link) -> None:
    """Begin anew, whatever state it is in: everything is copied again over what is there."""
    await end(link)
    await begin(link)


async def subscription(link: Link) -> Any:
    """The subscription here, as PostgreSQL has it, or None."""
    return await link.here.fetchrow(
        "SELECT s.oid, s.subenabled, s.subslotname, s.suborigin FROM pg_subscription s"
        " JOIN pg_database d ON d.oid = s.subdbid AND d.datname = current_database() WHERE s.subname = $1",
        link.subscription,
    )


async def address_in_use(dsn: str, peer: str) -> str | None:
    """The address from which a site is received; None when it is not, or when the role may not read it."""
    here = await _connect(dsn)
    try:
        found: str | None = await here.fetchval(
            "SELECT s.subconninfo FROM pg_subscription s"
            " JOIN pg_database d ON d.oid = s.subdbid AND d.datname = current_database() WHERE s.subname = $1",
            subscription_of(peer),
        )
    except asyncpg.InsufficientPrivilegeError:
        return None
    finally:
        await _leave(here)
    return found


async def drop_subscription(here: Connection, peer: str) -> None:
    """Also when the other site can't be reached: its slot stays then, and holds its log back until it is dropped."""
    name = subscription_of(peer)
    await here.execute(f"ALTER SUBSCRIPTION {name} DISABLE")
    await here.execute(f"ALTER SUBSCRIPTION {name} SET (slot_name = NONE)")
    await here.execute(f"DROP SUBSCRIPTION {name}")


async def drop_slot(link: Link, slot: str | None) -> None:
    """Let go of a slot there, once nobody reads it any more."""
    if slot is None:
        return
    await link.there.execute(
        "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1", slot
    )
    for _ in range(int(_PATIENCE_S / _LOOK_EVERY_S)):
        try:
            await link.there.execute(
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1",
                slot,
            )
        except asyncpg.ObjectInUseError:
            await asyncio.sleep(_LOOK_EVERY_S)
        else:
            return
    raise CannotReplicate(f"the slot {slot} of {link.peer} is still in use; try again")


async def _drop_slots_of_copying(link: Link, oid: int) -> None:
    """A copy that was under way had a slot for each table."""
    system = await link.here.fetchval("SELECT system_identifier FROM pg_control_system()")
    rows = await link.there.fetch(
        "SELECT slot_name FROM pg_replication_slots WHERE slot_name LIKE $1",
        f"pg\\_{oid}\\_sync\\_%\\_{system}",
    )
    for row in rows:
        await drop_slot(link, row["slot_name"])


async def _new_slot(link: Link) -> str:
    """A slot there that begins now. One of this name belongs to a subscription that is gone."""
    database = await link.there.fetchval("SELECT oid FROM pg_database WHERE datname = current_database()")
    slot = f"{slot_prefix(link.peer)}{link.site}_{database}"
    await drop_slot(link, slot)
    try:
        await link.there.execute("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", slot)
    except asyncpg.QueryCanceledError:
        raise CannotReplicate(
            f"a transaction on the server of {link.peer} has been open for a minute; end it and try again"
        ) from None
    return slot
