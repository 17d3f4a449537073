"""POST /api/v2/api_keys/marketplace: an integration makes its API key."""

import asyncio
import re
from datetime import datetime
from uuid import UUID

import httpx
import pytest
from tests.settled import Settled
from tests.world import Person, csrf_in

from latchstring.accounts import people

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATH = "/api/v2/api_keys/marketplace"


async def make(settled: Settled, token: str) -> httpx.Response:
    """Ask for a key."""
    return await settled.world.call(token, PATH, "POST")


async def administrator(settled: Settled, name: str) -> Person:
    """Somebody signed in, in a fresh organization."""
    person = await settled.world.person(await settled.world.organization(name), name=f"{name} Admin")
    await settled.world.sign_in(person)
    return person


async def revoke_on_page(person: Person, key_id: str) -> None:
    """Revoke a key as its administrator does."""
    path = f"/organization-settings/api-keys/{key_id}/revocation"
    csrf = csrf_in(await person.browser.get(path))
    assert (await person.browser.post(path, data={"csrf": csrf})).status_code == 303


async def valid(settled: Settled, key: str) -> httpx.Response:
    """Ask whether a key works."""
    return await settled.world.machine.get("/api/v1/validate", headers={"dd-api-key": key})


@pytest.mark.row("A174", "S20")
async def test_the_answer_has_the_documented_form(settled: Settled) -> None:
    """201, and every member as official clients expect it."""
    person = await administrator(settled, "Formal")
    flow = await settled.world.flow(person, settled.partner)
    answer = await make(settled, flow.access)
    assert answer.status_code == 201
    data = answer.json()["data"]
    about = data["attributes"]
    assert (data["type"], str(UUID(data["id"]))) == ("api_keys", data["id"])
    assert set(about) == {"created_at", "modified_at", "key", "last4", "name"}
    assert re.fullmatch("[0-9a-f]{32}", about["key"])
    assert (about["last4"], about["name"]) == (about["key"][-4:], "OAuth Client API Key")
    for moment in ("created_at", "modified_at"):
        assert datetime.fromisoformat(about[moment]).utcoffset() is not None
    assert set(data["relationships"]) == {"created_by", "modified_by"}
    assert data["relationships"]["created_by"]["data"]["id"] == str(person.id)


@pytest.mark.row("A175")
async def test_without_the_scope_there_is_no_key(settled: Settled) -> None:
    """403 `insufficient_scope`."""
    flow = await settled.flow(scope="monitors_read")
    answer = await make(settled, flow.access)
    assert answer.status_code == 403
    assert 'scope="api_keys_write"' in answer.headers["www-authenticate"]


@pytest.mark.row("A176", "A177", "A180", "T5", "S34", "R18")
async def test_one_key_lives_at_a_time(settled: Settled) -> None:
    """409 until the administrator revokes it; the next one has another value, and the old one is dead."""
    person = await administrator(settled, "Single")
    flow = await settled.world.flow(person, settled.partner)
    first = (await make(settled, flow.access)).json()["data"]
    value = first["attributes"]["key"]
    conflict = await make(settled, flow.access)
    assert conflict.status_code == 409
    assert set(conflict.json()) == {"errors"}
    assert value not in conflict.text
    assert (await valid(settled, value)).json() == {"valid": True}
    await revoke_on_page(person, first["id"])
    assert (await valid(settled, value)).status_code == 403
    second = (await make(settled, flow.access)).json()["data"]["attributes"]["key"]
    assert second != value
    assert (await valid(settled, value)).status_code == 403
    assert (await valid(settled, second)).json() == {"valid": True}


@pytest.mark.row("A178", "R18")
async def test_other_organizations_and_other_clients_have_their_own(settled: Settled) -> None:
    """One per organization and client."""
    person, elsewhere = await administrator(settled, "Here"), await administrator(settled, "There")
    flows = [
        await settled.world.flow(who, client)
        for who, client in (
            (person, settled.partner), (elsewhere, settled.partner), (person, settled.rival)
        )
    ]  # fmt: skip
    answers = [await make(settled, flow.access) for flow in flows]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["data"]["attributes"]["key"] for answer in answers}) == 3


@pytest.mark.row("A179", "S20")
async def test_the_value_is_never_shown_again(settled: Settled) -> None:
    """The page has the last four, the name and the integration, and finds the key by either."""
    person = await administrator(settled, "Looking")
    flow = await settled.world.flow(person, settled.partner)
    value = (await make(settled, flow.access)).json()["data"]["attributes"]["key"]
    for search in ("", "oauth client", "on-call", value[-4:]):
        page = await person.browser.get("/organization-settings/api-keys", params={"search": search})
        assert value not in page.text
        assert value[-4:] in page.text
        assert "OAuth Client API Key" in page.text
    nothing = await person.browser.get("/organization-settings/api-keys", params={"search": value})
    assert value[-4:] not in nothing.text.replace(value, "")


@pytest.mark.row("B096", "R26")
async def test_of_many_at_once_one_gets_the_key(settled: Settled) -> None:
    """One 201, all others 409, one live key."""
    person = await administrator(settled, "Racing")
    flow = await settled.world.flow(person, settled.partner)
    answers = await asyncio.gather(*(make(settled, flow.access) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    rows = await settled.world.platform.database.fetch(
        "SELECT 1 FROM api_keys WHERE organization_id = $1 AND revoked_at IS NULL", person.organization_id
    )
    assert len(rows) == 1


@pytest.mark.row("B069")
async def test_the_key_outlives_the_person_it_was_made_for(settled: Settled) -> None:
    """As documented: tokens die with their user, the organization's keys live on, and the page says so."""
    person = await administrator(settled, "Lasting")
    other = await settled.world.person(person.organization_id, name="Ot Her")
    await settled.world.sign_in(other)
    flow = await settled.world.flow(person, settled.partner)
    value = (await make(settled, flow.access)).json()["data"]["attributes"]["key"]
    async with settled.world.platform.database.transaction() as tx:
        await people.disable(tx, settled.world.act, person.id)
    assert (await settled.world.call(flow.access)).status_code == 401
    assert (await valid(settled, value)).status_code == 200


@pytest.mark.row("T3")
@pytest.mark.parametrize("key", ["", "x", "0" * 32, "A" * 32, "0" * 31, "é" * 32, "lsat_us1_00"])
async def test_what_is_no_live_key_is_refused(settled: Settled, key: str) -> None:
    """403 `{"errors":["Forbidden"]}`."""
    answer = await settled.world.machine.get("/api/v1/validate", headers={b"dd-api-key": key.encode()})
    assert (answer.status_code, answer.json()) == (403, {"errors": ["Forbidden"]})


@pytest.mark.row("B090")
async def test_making_and_revoking_a_key_is_written_down_without_it(settled: Settled) -> None:
    """Actor, client and subject in the audit log; of the value the last four at most."""
    person = await administrator(settled, "Audited")
    flow = await settled.world.flow(person, settled.partner)
    made = (await make(settled, flow.access)).json()["data"]
    await revoke_on_page(person, made["id"])
    rows = await settled.world.platform.database.fetch(
        "SELECT * FROM audit_entries WHERE organization_id = $1 AND action LIKE 'api_key.%' ORDER BY id",
        person.organization_id,
    )
    assert [row["action"] for row in rows] == ["api_key.created", "api_key.revoked"]
    assert all(row["actor"] and str(row["client_id"]) == settled.partner.client_id for row in rows)
    assert all(made["attributes"]["key"] not in str(dict(row)) for row in rows)
