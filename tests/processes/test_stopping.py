"""A server that is asked to stop, while somebody listens to it."""

from pathlib import Path

import httpx
import pytest
from tests.processes.servers import cluster_of, world_at
from tests.web.api.conftest import caller

pytestmark = pytest.mark.processes


@pytest.mark.row("B108")
async def test_who_listens_hears_the_end_and_holds_nobody_up(
    dsn: str, tmp_path: Path, hashed_password: str
) -> None:
    """The stream of a recorded run ends as streams end, and no worker has to be killed."""
    async with (
        cluster_of(tmp_path, dsn, 1) as cluster,
        world_at(cluster, hashed_password) as world,
    ):
        (instance,) = cluster.instances
        partner = await world.partner()
        await world.sign_in(partner.developer)
        api = await caller(world, partner.organization_id, partner.developer.id)
        clients = f"/organizations/{partner.organization_id}/clients/{partner.client_id}"
        run = (await api.post(f"{clients}/runs")).json()["data"]["id"]
        events = f"/developer/apps/{partner.app_id}/clients/{partner.client_id}/runs/{run}/events"
        cookies = "; ".join(f"{name}={value}" for name, value in partner.developer.browser.cookies.items())
        async with (
            httpx.AsyncClient(base_url=instance.origin, timeout=60) as browser,
            browser.stream("GET", events, headers={"cookie": cookies}) as stream,
        ):
            assert stream.status_code == 200
            lines = stream.aiter_lines()
            while "event: changed" not in await anext(lines):
                continue
            instance.process.terminate()
            assert "event: over" not in [line async for line in lines]
        assert await instance.stop() == 0
        assert "refused to gracefully stop" not in instance.said
