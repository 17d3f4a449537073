"""Export and Import App Manifest, over HTTP: the plan first, new secrets once, nothing around the rules."""

import html
import json
import re
from typing import Any

import httpx
import pytest
from tests.web.developer.conftest import Desk, desk_of, secret_in, words
from tests.world import World

from latchstring.accounts import organizations

IMPORT = "/developer/import"
CONFIRM = f"{IMPORT}/confirmation"
CONTENT: dict[str, Any] = {
    "manifest_version": 1,
    "app": {"name": "Cost Advisor", "description": "Advises"},
    "clients": [
        {"name": "Advisor", "redirect_uris": ["https://advisor.example/cb"], "scopes": ["monitors_read"]}
    ],
}


def form_of(page: httpx.Response, action: str) -> dict[str, str]:
    """The hidden fields of the form that posts to `action`."""
    body = page.text.partition(f'<form method="post" action="{action}"')[2].partition("</form>")[0]
    assert body, words(page)
    pairs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', body)
    return {html.unescape(name): html.unescape(value) for name, value in pairs}


async def send(
    desk: Desk, action: str, fields: dict[str, str], status: int = 200, file: bytes | None = None
) -> httpx.Response:
    """Post a form with a file in it."""
    parts: dict[str, Any] = {name: (None, value) for name, value in fields.items()}
    parts["file"] = ("m.json" if file else "", file or b"")
    answer = await desk.person.browser.post(action, files=parts)
    assert answer.status_code == status, (answer.status_code, words(answer)[:2000])
    return answer


async def planned(desk: Desk, content: object, app: str = "matching", status: int = 200) -> httpx.Response:
    """The plan of a manifest that is pasted."""
    text = content if isinstance(content, str) else json.dumps(content)
    fields = form_of(await desk.get(IMPORT), IMPORT)
    return await send(desk, IMPORT, {**fields, "manifest": text, "app": app}, status)


async def confirmed(desk: Desk, plan: httpx.Response, status: int = 200, **more: str) -> httpx.Response:
    """A plan that is agreed to."""
    return await send(desk, CONFIRM, {**form_of(plan, CONFIRM), **more}, status)


async def stored(world: World) -> str:
    """All apps and clients as they are."""
    rows = await world.platform.database.fetch(
        "SELECT a.*, c.* FROM apps a LEFT JOIN clients c ON c.app_id = a.id"
    )
    return str([dict(row) for row in rows])


@pytest.mark.row("S21", "B6", "A192")
async def test_a_manifest_is_planned_then_applied_and_its_secret_shown_once(desk: Desk, world: World) -> None:
    """Nothing happens before the plan is agreed to; the second time there is nothing to do."""
    plan = await planned(desk, CONTENT)
    assert "Nothing has happened yet" in words(plan)
    assert "https://advisor.example/cb" in words(plan)
    assert await stored(world) == "[]"
    done = await confirmed(desk, plan)
    secret = secret_in(done)
    again = await planned(desk, CONTENT)
    assert "nothing to change" in words(again)
    assert "<form" not in again.text.partition("plan-step")[2].partition("</main")[0]
    repeated = await confirmed(desk, plan, 409)
    assert secret not in repeated.text
    assert "nothing to change" in words(repeated)


@pytest.mark.row("S21")
async def test_before_and_after_are_shown_field_by_field(desk: Desk) -> None:
    """What goes and what comes; clients that the file does not mention stay."""
    await confirmed(desk, await planned(desk, CONTENT))
    other = {**CONTENT, "app": {"name": "Cost Advisor", "description": "Advises more"}}
    other["clients"] = [{"name": "Second"}, {"name": "Third"}]
    page = await planned(desk, other)
    assert re.search(r"<del>.*Advises</bdi></del>", page.text)
    assert re.search(r"<ins>.*Advises more</bdi></ins>", page.text)
    assert "Not in the file, and left as they are: Advisor" in words(page)


@pytest.mark.row("S21", "A192")
async def test_an_export_is_a_file_without_a_secret(desk: Desk, world: World) -> None:
    """It can be imported into another sandbox, where the client has an id and a secret of its own."""
    done = await confirmed(desk, await planned(desk, CONTENT))
    found = re.search(r"/developer/apps/([0-9a-f-]{36})/manifest", done.text)
    assert found is not None
    exported = await desk.get(f"/developer/apps/{found[1]}/manifest")
    assert exported.headers["content-disposition"] == f'attachment; filename="app-manifest-{found[1]}.json"'
    rows = await world.platform.database.fetch("SELECT id, secret_digest FROM clients")
    assert "lscs_" not in exported.text
    assert rows[0]["secret_digest"].hex() not in exported.text
    assert str(rows[0]["id"]) not in exported.text
    assert exported.json()["clients"][0]["redirect_uris"] == ["https://advisor.example/cb"]
    other = await desk_of(world, "Twin")
    twin = await confirmed(other, await planned(other, exported.text))
    assert secret_in(twin) != secret_in(done)
    assert (await other.get(f"/developer/apps/{found[1]}/manifest", 404)).status_code == 404


async def test_a_file_can_be_sent_and_the_app_chosen(desk: Desk) -> None:
    """The file goes before what is pasted; a chosen app is changed whatever it is called; a new one is made anew."""
    app = await desk.app("Something else")
    app_id = app.rpartition("/")[2]
    form = await desk.get(IMPORT, app=app_id)
    assert re.search(rf'<option value="{app_id}" selected>Something else', form.text)
    fields = {**form_of(form, IMPORT), "manifest": "{", "app": app_id}
    plan = await send(desk, IMPORT, fields, file=b"\xef\xbb\xbf" + json.dumps(CONTENT).encode())
    done = await confirmed(desk, plan)
    assert f"{app}/oauth" in done.text
    again = await planned(desk, CONTENT, "new")
    assert words(again).count("Create") == 2
    for unknown in ("nobody", "5a000000-0000-4000-8000-000000000000"):
        await planned(desk, CONTENT, unknown, 404)


@pytest.mark.row("B072", "S21")
async def test_a_private_scope_is_refused_until_it_is_approved(desk: Desk, world: World) -> None:
    """The plan says so; applying it takes the developer's word to go on without."""
    client = {**CONTENT["clients"][0], "scopes": ["api_keys_write", "monitors_read", "coffee_read"]}
    plan = await planned(desk, {**CONTENT, "clients": [client]})
    assert "2 items can’t be done here" in words(plan)
    unanswered = await confirmed(desk, plan, 400)
    assert "Nothing was changed" in words(unanswered)
    assert await stored(world) == "[]"
    await confirmed(desk, plan, leave_out="yes")
    rows = await world.platform.database.fetch("SELECT scopes FROM clients")
    assert [row["scopes"] for row in rows] == [["monitors_read"]]
    platform = world.platform
    async with platform.database.transaction() as tx:
        await organizations.approve_private_scope(
            tx, platform.contract, world.act, desk.organization_id, "api_keys_write"
        )
    assert "1 item can’t be done here" in words(await planned(desk, {**CONTENT, "clients": [client]}))


@pytest.mark.row("B073")
async def test_a_published_client_is_never_changed(desk: Desk, world: World) -> None:
    """Neither by a plan made before it was published nor by one made after."""
    await confirmed(desk, await planned(desk, CONTENT))
    other = {**CONTENT, "clients": [{**CONTENT["clients"][0], "scopes": ["events_read"]}]}
    before = await planned(desk, other)
    await world.platform.database.fetch("UPDATE clients SET kind = 'published', published_at = now()")
    live = await stored(world)
    assert "changed since you saw the plan" in words(await confirmed(desk, before, 409))
    after = await planned(desk, other)
    assert "changes only through review" in words(after)
    assert await stored(world) == live


@pytest.mark.row("B060", "B061", "B050")
@pytest.mark.parametrize(
    "content",
    [
        "",
        "PK\x03\x04../../x",
        "manifest_version: 1\nx: !!python/object/apply:os.system ['true']",
        '{"a":' * 20_000,
        '{"manifest_version": 1, "manifest_version": 1}',
        '{"manifest_version": 1, "app": {"name": 7}}',
        '{"integration": {"name": "x", "client_secret": "x"}}',
        '"</textarea><script>alert(1)</script>',
    ],
)
async def test_what_is_no_manifest_comes_back_with_a_reason(desk: Desk, world: World, content: str) -> None:
    """400, the text where it was, inert; nothing is stored."""
    page = await planned(desk, content, status=400)
    assert "can’t be imported" in words(page)
    assert "<script>alert" not in page.text
    assert await stored(world) == "[]"


@pytest.mark.row("B060")
async def test_what_is_too_large_is_refused_before_it_is_read(desk: Desk) -> None:
    """413, whatever is in it."""
    fields = form_of(await desk.get(IMPORT), IMPORT)
    await send(desk, IMPORT, fields, 413, file=b" " * 400_000)
    await send(desk, IMPORT, {**fields, "manifest": " " * 300_000}, 400)


@pytest.mark.row("B063")
async def test_import_is_for_developers_of_a_sandbox(desk: Desk, world: World) -> None:
    """Not for customers, nor for others' apps."""
    acme = await world.organization()
    mina = await world.person(acme)
    await world.sign_in(mina)
    assert (await mina.browser.get(IMPORT)).status_code == 403
    app = await desk.app()
    stranger = await desk_of(world, "Stranger")
    await stranger.get(f"{app}/manifest", 404)
    await planned(stranger, CONTENT, app.rpartition("/")[2], 404)


@pytest.mark.row("S21")
async def test_the_schema_is_published(world: World) -> None:
    """For editors and checks, anywhere."""
    answer = await world.machine.get("/schemas/app-manifest.v1.json")
    assert answer.headers["content-type"] == "application/schema+json"
    assert answer.json()["$defs"]["ManifestFile"]["properties"]["manifest_version"] == {"enum": [1]}
