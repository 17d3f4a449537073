"""The database drops its connections, or is away: nothing is let in that should not be, and it passes."""

import asyncpg
import pytest
from tests.world import World


async def drop_connections(postgres: str, dsn: str) -> None:
    """The server ends every connection to this test's database."""
    name = dsn.rpartition("/test_")[2].partition("?")[0]
    connection = await asyncpg.connect(postgres)
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", f"test_{name}"
        )
    finally:
        await connection.close()


@pytest.mark.row("B102", "R27")
async def test_dropped_connections_are_survived(world: World, postgres: str, dsn: str) -> None:
    """At most a 503 on the way; then everything works as before."""
    partner = await world.partner()
    await world.sign_in(partner.developer)
    flow = await world.flow(partner.developer, partner)
    for _ in range(3):
        await drop_connections(postgres, dsn)
        first = await world.call(flow.access)
        assert first.status_code in (200, 503)
    for _ in range(5):
        last = await world.call(flow.access)
    assert last.status_code == 200
    assert (await world.refresh(partner, flow.refresh)).status_code in (200, 503)
    assert (await world.refresh(partner, flow.refresh)).status_code == 200


@pytest.mark.row("B102", "R8")
async def test_without_a_database_nobody_is_let_in(world: World) -> None:
    """503 with Retry-After on every door: JSON for machines, a page for people; no fail-open."""
    partner = await world.partner()
    await world.sign_in(partner.developer)
    flow = await world.flow(partner.developer, partner)
    for database in (world.platform.database, world.platform.batched):
        await database.pool.close()
    for answer in (
        await world.call(flow.access),
        await world.machine.get("/api/v1/validate", headers={"dd-api-key": "0" * 32}),
        await world.refresh(partner, flow.refresh),
        await world.revoke(partner, flow.access),
        await partner.developer.browser.get("/organization-settings/oauth-apps"),
    ):
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
    told = await world.refresh(partner, flow.refresh)
    assert told.json()["error"] in ("temporarily_unavailable", "server_error")
    assert told.headers["cache-control"] == "no-store"
