"""What is measured is measured for all workers, whichever of them is asked."""

import re

import httpx
import pytest
from tests.processes.servers import Cluster

pytestmark = pytest.mark.processes
REQUESTS = 40
COUNTED = re.compile(
    r'^latchstring_requests_total\{route="/oauth2/v1/token",status="401"\} ([0-9.]+)$', re.MULTILINE
)


async def counted(origin: str) -> float:
    """How many token requests of strangers one worker, reached by a connection of its own, says there were."""
    async with httpx.AsyncClient(base_url=origin) as client:
        text = (await client.get("/metrics")).text
    return sum(float(found) for found in COUNTED.findall(text))


async def test_every_worker_answers_for_all(shared: Cluster) -> None:
    """Each publishes what it counted within a second or so; then whoever is asked knows the sum."""
    origin = shared.instances[0].origin
    before = await counted(origin)
    for _ in range(REQUESTS):
        async with httpx.AsyncClient(base_url=origin) as client:
            assert (await client.post("/oauth2/v1/token", data={"grant_type": "x"})).status_code == 401
    while await counted(origin) < before + REQUESTS:
        pass
    assert min([await counted(origin) for _ in range(8)]) >= before + REQUESTS
