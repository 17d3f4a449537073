"""The audit log on the command line: read, verified, and what was done to it named."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from tests.audit.test_chain import seal, tamper
from tests.cli.test_admin import Shell, shell

from latchstring.storage.database import Database, connect

__all__ = ["shell"]


def with_database(dsn: str, *steps: Any) -> None:
    """Do something on the database."""

    async def work() -> None:
        database: Database = await connect(dsn, size=2)
        for step in steps:
            done: Coroutine[Any, Any, object] = step(database)
            await done
        await database.close()

    asyncio.run(work())


@pytest.mark.row("B090", "R27")
def test_a_log_is_verified_and_a_change_is_found(shell: Shell, dsn: str) -> None:
    """Heads are printed and taken back; exit status 1 names the first entry that is not as it was."""
    acme = shell.json("organization", "create", "Acme")["id"]
    shell.json("role", "create", "Acme", "Responders", "--permission", "monitors_write")
    listed = shell.json("audit", "list", "--organization", "Acme")
    assert [entry["action"] for entry in listed] == ["role.created", "organization.created"]
    narrowed = shell.json("audit", "list", "--organization", "Acme", "--action", "role.created")
    assert [entry["action"] for entry in narrowed] == ["role.created"]
    with_database(dsn, take_all)
    whole = shell.run("audit", "verify", "--organization", acme)
    assert whole.exit_code == 0
    head = whole.stdout.split()[-1]
    assert head.startswith(f"{acme}:2:")
    assert shell.run("audit", "verify", "--head", head).exit_code == 0
    with_database(dsn, change)
    broken = shell.run("audit", "verify")
    assert broken.exit_code == 1
    assert f"BROKEN  {acme}: entry {listed[1]['id']} (number 1 of the chain)" in broken.stdout
    assert shell.run("audit", "verify", "--head", "nonsense").exit_code == 2


async def take_all(database: Database) -> object:
    """Seal everything; the entries here have no numbers, which `seal` would look for."""
    from tests.audit.test_chain import NOW

    from latchstring.audit import chain

    async with database.transaction() as tx:
        return await chain.seal(tx, NOW)


async def change(database: Database) -> object:
    """What a superuser can do."""
    await tamper(
        database, "UPDATE audit_entries SET actor = 'user:nobody' WHERE action = 'organization.created'"
    )
    return seal
