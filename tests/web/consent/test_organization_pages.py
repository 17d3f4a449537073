"""Organization Settings: what a customer's administrator sees and ends, and nobody else."""

from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from tests.settled import Settled
from tests.world import Flow, Person, csrf_in

from latchstring.accounts import people, roles

pytestmark = pytest.mark.asyncio(loop_scope="module")
APPS, KEYS = "/organization-settings/oauth-apps", "/organization-settings/api-keys"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def intruder(settled: Settled) -> Person:
    """An administrator of another organization."""
    person = await settled.world.person(await settled.world.organization("Elsewhere"), name="In Truder")
    await settled.world.sign_in(person)
    return person


async def with_key(settled: Settled, name: str) -> tuple[Person, Flow, dict[str, str]]:
    """A fresh organization whose administrator let the app in, and the key that it made."""
    world = settled.world
    person = await world.person(await world.organization(name), name=f"{name} Admin")
    await world.sign_in(person)
    flow = await world.flow(person, settled.partner)
    made = (await world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")).json()["data"]
    return person, flow, {"id": made["id"], "value": made["attributes"]["key"]}


async def authorization_of(person: Person) -> str:
    """The id of the newest authorization on the page."""
    page = await person.browser.get(APPS)
    return page.text.partition(f"{APPS}/")[2].partition("/")[0]


async def is_alive(settled: Settled, flow: Flow, key: dict[str, str]) -> bool:
    """Whether token and key both work."""
    valid = await settled.world.machine.get("/api/v1/validate", headers={"dd-api-key": key["value"]})
    return (await settled.world.call(flow.access)).status_code == valid.status_code == 200


def without_marks(page: httpx.Response) -> str:
    """A page without what differs between any two requests."""
    path = page.request.url.path
    return page.text.replace(page.headers["x-request-id"], "").replace(path, "")


@pytest.mark.row("B063", "B065", "R21")
async def test_another_organization_s_ids_are_as_good_as_none(settled: Settled, intruder: Person) -> None:
    """404 with the very page of an id that does not exist, on every route, and nothing happens."""
    person, flow, key = await with_key(settled, "Guarded")
    authorization = await authorization_of(person)
    csrf = csrf_in(await intruder.browser.get(APPS))
    for base, known in ((APPS, authorization), (KEYS, key["id"])):
        for method in ("GET", "POST"):
            pages = [
                await intruder.browser.request(method, f"{base}/{one}/revocation", data={"csrf": csrf})
                for one in (known, str(uuid4()))
            ]
            assert [page.status_code for page in pages] == [404, 404]
            assert without_marks(pages[0]) == without_marks(pages[1])
    assert await is_alive(settled, flow, key)


@pytest.mark.row("B063")
async def test_other_organizations_do_not_show(settled: Settled, intruder: Person) -> None:
    """Neither their apps nor their keys, whatever is searched for."""
    _, _, key = await with_key(settled, "Hidden")
    for path in (APPS, KEYS, f"{KEYS}?search={key['value'][-4:]}", f"{KEYS}?search=%25", f"{KEYS}?search=_"):
        page = await intruder.browser.get(path)
        assert page.status_code == 200
        assert key["id"] not in page.text
        assert "Hidden Admin" not in page.text


@pytest.mark.row("B063")
@pytest.mark.parametrize(
    "path", [APPS, KEYS, f"{APPS}/x/revocation", f"{KEYS}/x/revocation", "/", "/account/sessions"]
)
async def test_strangers_are_sent_to_sign_in(settled: Settled, path: str) -> None:
    """And come back here afterwards; forms of strangers are not even read."""
    browser = settled.world.browser()
    for method in ("GET", "POST"):
        answer = await browser.request(method, path)
        if answer.status_code != 405:
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/sign-in?next=")


@pytest.mark.row("B034", "B065", "R22")
@pytest.mark.parametrize("csrf", [None, "", "x", "of another session"])
async def test_a_form_from_elsewhere_ends_nothing(
    settled: Settled, intruder: Person, csrf: str | None
) -> None:
    """403 without the session's own token."""
    person, flow, key = await with_key(settled, f"Forged {csrf}")
    if csrf == "of another session":
        csrf = csrf_in(await intruder.browser.get(APPS))
    for path in (f"{APPS}/{await authorization_of(person)}/revocation", f"{KEYS}/{key['id']}/revocation"):
        answer = await person.browser.post(path, data={"x": "y"} if csrf is None else {"csrf": csrf})
        assert answer.status_code == 403
    assert await is_alive(settled, flow, key)


@pytest.mark.row("R14", "S33", "S34")
async def test_without_the_permission_there_is_no_page(settled: Settled) -> None:
    """A colleague without administration sees and ends nothing."""
    person, flow, key = await with_key(settled, "Ranked")
    reader = await settled.world.person(person.organization_id, "Read Only", "Rea Der")
    await settled.world.sign_in(reader)
    csrf = csrf_in(await reader.browser.get("/"))
    for path in (f"{APPS}/{await authorization_of(person)}/revocation", f"{KEYS}/{key['id']}/revocation"):
        assert (await reader.browser.post(path, data={"csrf": csrf})).status_code == 403
        assert (await reader.browser.get(path)).status_code == 403
    assert await is_alive(settled, flow, key)


@pytest.mark.row("R14", "B067")
async def test_a_lost_permission_counts_for_pages_too(settled: Settled) -> None:
    """The next click of a colleague who was demoted is refused."""
    world = settled.world
    person, flow, key = await with_key(settled, "Demoted")
    path = f"{KEYS}/{key['id']}/revocation"
    csrf = csrf_in(await person.browser.get(path))
    async with world.platform.database.transaction() as tx:
        named = await roles.named(tx, person.organization_id, ["Read Only"])
        await people.put_member(tx, world.act, person.organization_id, person.id, named)
    assert (await person.browser.post(path, data={"csrf": csrf})).status_code == 403
    assert await is_alive(settled, flow, key) or (await world.call(flow.access)).status_code == 200


@pytest.mark.row("S33", "A128")
async def test_the_page_says_who_allowed_what(settled: Settled) -> None:
    """App, person and scopes; and what is revoked is gone from it."""
    person, flow, _ = await with_key(settled, "Listed")
    page = await person.browser.get(APPS)
    assert "On-call Notifier" in page.text
    assert "Listed Admin" in page.text
    path = f"{APPS}/{await authorization_of(person)}/revocation"
    csrf = csrf_in(await person.browser.get(path))
    done = await person.browser.post(path, data={"csrf": csrf})
    assert done.status_code == 303
    assert (await settled.world.call(flow.access)).status_code == 401
    assert path not in (await person.browser.get(APPS)).text


@pytest.mark.row("R19")
async def test_revoking_in_one_organization_leaves_the_other_alone(settled: Settled) -> None:
    """The same app, two organizations: one shuts it out."""
    here, flow_here, _ = await with_key(settled, "Shut")
    _, flow_there, key_there = await with_key(settled, "Open")
    path = f"{APPS}/{await authorization_of(here)}/revocation"
    csrf = csrf_in(await here.browser.get(path))
    await here.browser.post(path, data={"csrf": csrf})
    assert (await settled.world.call(flow_here.access)).status_code == 401
    assert await is_alive(settled, flow_there, key_there)


@pytest.mark.row("B024", "B033", "R8")
@pytest.mark.parametrize(
    "search", ["%00", "%FF", "%27%3B--", "%25%25", "_", "%5C", "a" * 5_000, "%3Cscript%3E", "{{7*7}}"]
)
async def test_any_search_is_answered(settled: Settled, search: str) -> None:
    """Literally, and inert."""
    page = await settled.mina.browser.get(f"{KEYS}?search={search}")
    assert page.status_code in (200, 400)
    assert "<script>" not in page.text.replace("<script src=", "")
    assert ">49<" not in page.text


@pytest.mark.row("B050", "R23")
async def test_names_are_inert_on_every_page(settled: Settled) -> None:
    """An organization, a person and an app that are called like an attack."""
    world, evil = settled.world, "<script>alert(1)</script>{{7*7}}"
    organization = await world.organization(evil)
    person = await world.person(organization, name=f'"><img src=x onerror=alert(1)>{evil}')
    partner = await world.publish(await world.partner(evil))
    await world.platform.database.fetch(
        "UPDATE clients SET name = $1 WHERE id::text = $2", evil, partner.client_id
    )
    await world.sign_in(person)
    flow = await world.flow(person, partner)
    await world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")
    for path in ("/", APPS, KEYS, world.authorize_url(partner), "/account/organization", "/account/sessions"):
        page = await person.browser.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "alert(1)&lt;/script&gt;49" not in page.text
