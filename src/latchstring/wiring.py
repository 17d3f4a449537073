"""The one place that assembles: settings become a clock, keys, databases and everything that stands on them."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

import asyncpg
import structlog

from latchstring import sample_host
from latchstring.access.attempts import Attempts
from latchstring.access.attribution import Attribution
from latchstring.access.elsewhere import Elsewhere
from latchstring.access.introspect import Introspection
from latchstring.access.law import Law
from latchstring.access.resource_servers import KnownServer, read_servers
from latchstring.accounts import roles
from latchstring.accounts.choices import Choice, read_choices
from latchstring.accounts.permission_sets import PermissionSets
from latchstring.accounts.sessions import BrowserSession, read_sessions
from latchstring.accounts.sessions import Lifetimes as SessionLifetimes
from latchstring.accounts.sign_in import Limits
from latchstring.api_keys.model import LiveKey
from latchstring.api_keys.store import read_live
from latchstring.apps.lookup import Client, read_clients
from latchstring.apps.recorder import Recorder
from latchstring.audit.calls import Calls
from latchstring.audit.refusals import Refusals
from latchstring.contract.load import load_contract, shipped_contract_path
from latchstring.contract.model import Contract
from latchstring.grants.ledger import Ledger
from latchstring.grants.mint import Lifetimes, Mint
from latchstring.grants.store.reading import Reader
from latchstring.integrations.circumstances import Case, Findings, look_into
from latchstring.kit.clock import Clock, SystemClock
from latchstring.kit.entropy import Entropy, SystemEntropy
from latchstring.protocol.rotation import Policy
from latchstring.settings import Settings, load_settings
from latchstring.sites import offering
from latchstring.sites.configured import site_of, sites_of
from latchstring.storage import embedded
from latchstring.storage.database import Database, connect
from latchstring.storage.gather import Gather
from latchstring.storage.keys import KeyFile, KeyRing, KeysInvalid, make_keys, read_keys
from latchstring.storage.leases import Leases
from latchstring.storage.migrations import migrate
from latchstring.web.platform import Platform

#: Every folder of migrations, in the order in which they are applied.
SCHEMA_FOLDERS = (Path(__file__).parent / "storage" / "schema", sample_host.SCHEMA_FOLDER)

_KEYS = "keys.json"
log = structlog.get_logger("latchstring")


class WrongDatabase(Exception):
    """This database belongs to another site."""


def keys_of(settings: Settings, entropy: Entropy) -> KeyFile:
    """The key ring: the file that is named, which must exist, or the one in the data folder, made if missing.

    Raises:
        KeysInvalid: it can't be used, or is from before there was a list of sites.
    """
    if settings.keys_file is not None:
        return read_keys(Path(settings.keys_file))
    file = keys_file_of(settings)
    if settings.sites and not file.exists() and file.with_name(_KEYS).exists():
        raise KeysInvalid(
            f"{file.with_name(_KEYS)} is from before there was a list of sites; if it is {settings.site}'s, rename it"
            f" to {file.name}"
        )
    return make_keys(file, entropy, shared_with=file.parent.glob("keys-*.json") if settings.sites else ())


def keys_file_of(settings: Settings) -> Path:
    """Where the key ring is; several sites may have one data folder, and never one file."""
    if settings.keys_file is not None:
        return Path(settings.keys_file)
    return Path(settings.data_dir) / (f"keys-{settings.site}.json" if settings.sites else _KEYS)


def contract_of(settings: Settings) -> Contract:
    """The host's description of its API."""
    return load_contract(Path(settings.contract) if settings.contract else shipped_contract_path())


async def dsn_of(settings: Settings, *, watch: bool = False) -> str:
    """The DSN of the site's database; without one in the settings, the embedded server is started for it.

    `watch`: for as long as this process lives, the embedded server is started again should it die.
    """
    if settings.database_url is not None:
        return settings.database_url
    server = embedded.start_embedded(Path(settings.data_dir).resolve() / "postgres")
    if watch:
        server.watch()
    return await embedded.ensure_database(server, f"latchstring_{settings.site}")


async def prepare(settings: Settings, dsn: str) -> list[str]:
    """Bring the schema up to date and mark whose database it is; the names of the migrations applied.

    Raises:
        WrongDatabase: it belongs to another site.
    """
    applied = await migrate(dsn, SCHEMA_FOLDERS)
    database = await connect(dsn, size=1)
    try:
        async with database.transaction() as tx:
            await tx.execute("INSERT INTO site (key) VALUES ($1) ON CONFLICT DO NOTHING", settings.site)
            owner = await tx.value("SELECT key FROM site")
            if owner != settings.site:
                raise WrongDatabase(f"this database belongs to the site {owner}, not to {settings.site}")
            await roles.sync_managed(tx, contract_of(settings), SystemClock().now())
        await _tell_other_sites(database, settings)
    finally:
        await database.close()
    return applied


async def _tell_other_sites(database: Database, settings: Settings) -> None:
    """Offer the other sites what they copy, and tell them what runs here."""
    contract, file = contract_of(settings), keys_file_of(settings)
    prints = offering.fingerprints(KeyRing(read_keys(file).shared)) if file.exists() else []
    running = offering.Running(
        version("latchstring"),
        contract.version,
        contract.title,
        len(contract.scopes),
        len(contract.operations),
        prints,
    )
    async with database.transaction() as tx:
        await offering.announce(tx, settings.site, running, SystemClock().now())
    if settings.sites and len(settings.sites) > 1:
        await _offer(database, settings.site)


async def _offer(database: Database, site: str) -> None:
    try:
        async with database.transaction() as tx:
            await offering.publish(tx, site)
    except asyncpg.InsufficientPrivilegeError as problem:
        log.warning("not_offered_to_other_sites", problem=str(problem))


async def assemble(
    settings: Settings, dsn: str, *, clock: Clock | None = None, entropy: Entropy | None = None
) -> Platform:
    """Connect and put everything together. The caller closes it."""
    clock, entropy = clock or SystemClock(), entropy or SystemEntropy()
    lease_s = settings.lease_ms / 1000
    database, batched, quick = await _connections(settings, dsn)
    key_file = keys_of(settings, entropy)
    keys, shared_keys = KeyRing(key_file.site), KeyRing(key_file.shared)
    site, contract = site_of(settings), contract_of(settings)
    ledger = Ledger(batched, quick, Reader(batched, PermissionSets(batched)), clock=clock, lease_s=lease_s)
    mint = Mint(site.key, keys, entropy, lifetimes_of(settings))
    leases = _Leased(batched, clock, lease_s)
    session_lifetimes = SessionLifetimes(
        timedelta(hours=settings.session_lifetime_h), timedelta(hours=settings.session_idle_h)
    )
    return Platform(
        settings=settings,
        site=site,
        sites=sites_of(settings),
        clock=clock,
        entropy=entropy,
        keys=keys,
        shared_keys=shared_keys,
        contract=contract,
        database=database,
        batched=batched,
        quick=quick,
        clients=leases.clients(),
        resource_servers=leases.resource_servers(),
        sessions=leases.sessions(session_lifetimes.idle),
        choices=leases.choices(),
        circumstances=_circumstances(batched, clock),
        ledger=ledger,
        mint=mint,
        introspection=Introspection(ledger, mint, site.issuer),
        law=Law(contract, ledger, mint, leases.api_keys(), site=site, origins=_api_origins(settings)),
        attempts=Attempts(clock),
        refusals=Refusals(quick, clock, most=settings.refusals_per_client),
        attribution=Attribution(batched, ledger, mint, shared_keys),
        elsewhere=Elsewhere(site.key, _api_origins(settings), clock),
        calls=Calls(quick),
        recorder=Recorder(quick),
        sign_in_limits=Limits(settings.sign_in_attempts, timedelta(seconds=settings.sign_in_window_s)),
        session_lifetimes=session_lifetimes,
    )


def _api_origins(settings: Settings) -> dict[str, str]:
    """Where each site's API is, by the site's key."""
    return {one.key: one.api_origin for one in sites_of(settings)}


async def _connections(settings: Settings, dsn: str) -> tuple[Database, Database, Database]:
    """For pages and commands; for gathered queries; and for what may be lost in a crash of the machine."""
    lease_s = settings.lease_ms / 1000
    database = await connect(dsn, size=settings.pool_size, lease_s=lease_s)
    batched = await connect(
        dsn, size=4, lease_s=lease_s, planned_once=True, application="latchstring batched"
    )
    quick = await connect(
        dsn, size=2, lease_s=lease_s, durable=False, planned_once=True, application="latchstring quick"
    )
    return database, batched, quick


def lifetimes_of(settings: Settings) -> Lifetimes:
    """How long codes and tokens live."""

    def seconds(value: int | None) -> timedelta | None:
        return None if value is None else timedelta(seconds=value)

    days = settings.refresh_inactivity_days
    return Lifetimes(
        code=timedelta(seconds=settings.code_lifetime_s),
        access_token_s=settings.access_token_lifetime_s,
        rotation=Policy(
            overlap=timedelta(seconds=settings.refresh_overlap_s),
            retry_window=seconds(settings.refresh_retry_window_s),
            inactivity=None if days is None else timedelta(days=days),
        ),
    )


@asynccontextmanager
async def open_platform(settings: Settings | None = None) -> AsyncIterator[Platform]:
    """A platform for as long as the block lasts, its schema up to date: for the command line."""
    settings = settings or load_settings(os.environ)
    dsn = await dsn_of(settings)
    await prepare(settings, dsn)
    platform = await assemble(settings, dsn)
    try:
        yield platform
    finally:
        await platform.close()


def _circumstances(database: Database, clock: Clock) -> Gather[Case, Findings]:
    async def read(cases: list[Case]) -> list[Findings]:
        return await look_into(database, cases, clock.now())

    return Gather(read)


class _Leased:
    """The leased reads that a platform has."""

    def __init__(self, database: Database, clock: Clock, lease_s: float) -> None:
        self._database = database
        self._clock = clock
        self._lease_s = lease_s

    def clients(self) -> Leases[UUID, Client]:
        async def read(ids: list[UUID]) -> list[Client | None]:
            return await read_clients(self._database, ids)

        return Leases(read, clock=self._clock, lease_s=self._lease_s)

    def resource_servers(self) -> Leases[UUID, KnownServer]:
        async def read(ids: list[UUID]) -> list[KnownServer | None]:
            return await read_servers(self._database, ids)

        return Leases(read, clock=self._clock, lease_s=self._lease_s)

    def api_keys(self) -> Leases[bytes, LiveKey]:
        async def read(digests: list[bytes]) -> list[LiveKey | None]:
            return await read_live(self._database, digests)

        return Leases(read, clock=self._clock, lease_s=self._lease_s)

    def sessions(self, idle: timedelta) -> Leases[bytes, BrowserSession]:
        async def read(digests: list[bytes]) -> list[BrowserSession | None]:
            return await read_sessions(self._database, digests, self._clock.now(), idle)

        return Leases(read, clock=self._clock, lease_s=self._lease_s)

    def choices(self) -> Leases[UUID, tuple[Choice, ...]]:
        async def read(user_ids: list[UUID]) -> list[tuple[Choice, ...] | None]:
            return await read_choices(self._database, user_ids)

        return Leases(read, clock=self._clock, lease_s=self._lease_s)
