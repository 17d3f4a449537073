"""A partner asks for a sandbox on another site, where it looks for one."""

import json
from pathlib import Path

import pytest
from tests.sites.test_settings import EU
from tests.web.developer.conftest import Desk, words

from latchstring.apps import partner_request_store, partner_requests
from latchstring.settings import Settings, load_settings

HERE = {
    "name": "US1",
    "domain": "localhost:8100",
    "app_origin": "http://localhost:8100",
    "api_origin": "http://localhost:8100",
}
PATH = "/developer/sites"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """This site and another one."""
    return load_settings(
        {
            "LATCHSTRING_SITES": json.dumps({"us1": HERE, "eu1": EU}),
            "LATCHSTRING_SITE": "us1",
            "LATCHSTRING_DATA_DIR": str(tmp_path),
            "LATCHSTRING_LEASE_MS": "0",
            "LATCHSTRING_POOL_SIZE": "4",
        }
    )


@pytest.mark.row("T11", "S21")
async def test_a_sandbox_on_another_site_is_asked_for_and_answered(desk: Desk) -> None:
    """From the import page: asked once, waiting, declined with a reason, asked again, granted with where it is."""
    assert f'href="{PATH}"' in (await desk.get("/developer/import")).text
    shown = await desk.get(PATH)
    assert "EU1" in words(shown)
    assert "US1" not in words(shown)
    refused = await desk.post(PATH, shown, 400, site="eu1", reason="x" * 1_001)
    assert "Use at most 1000 characters." in words(refused)
    await desk.post(PATH, shown, site="eu1", reason="Our customers in Europe")
    waiting = await desk.get(PATH, asked="eu1")
    assert "Waiting for an answer" in words(waiting)
    assert "Ask for a sandbox" not in words(waiting)
    twice = await desk.post(PATH, shown, 400, site="eu1")
    assert "the host has not answered yet" in words(twice)
    await _answer(desk, granted=False, answer="Only for <b>verified</b> partners")
    declined = await desk.get(PATH)
    assert "Only for <b>verified</b> partners" in words(declined)
    desk.world.clock.move(minutes=1)
    await desk.post(PATH, declined, site="eu1")
    await _answer(desk, granted=True, answer="Pagewell EU; you are invited")
    assert "Pagewell EU; you are invited" in words(await desk.get(PATH))
    await desk.post(PATH, declined, 400, site="moon1")


async def _answer(desk: Desk, *, granted: bool, answer: str) -> None:
    platform = desk.world.platform
    async with platform.database.transaction() as tx:
        asked = await partner_request_store.of_subject(tx, desk.organization_id, "sandbox_elsewhere", "eu1")
        assert asked is not None
        await partner_requests.answer(
            tx,
            platform.contract,
            desk.world.act,
            desk.organization_id,
            asked.id,
            granted=granted,
            answer=answer,
        )
