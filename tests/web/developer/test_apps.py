"""Apps in the Developer Platform: the list, a new app, its Basic Information, and its end."""

import re
import struct
import zlib
from uuid import uuid4

import pytest
from tests.web.developer.conftest import APPS, Desk, desk_of, hidden, words
from tests.world import World

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)> {{7*7}}'


def png(width: int = 64, height: int = 64, more: bytes = b"") -> bytes:
    """A PNG image."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\x00" + b"\x0b\x5f\x70" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + more + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


async def upload(desk: Desk, app: str, content: bytes, **fields: str) -> int:
    """Upload a logo; the status."""
    shown = await desk.get(app)
    answer = await desk.person.browser.post(
        f"{app}/logo",
        data={**hidden(shown, app), **fields},
        files={"logo": ("x.svg", content, "image/svg+xml")},
    )
    return answer.status_code


@pytest.mark.row("S3")
async def test_a_new_app_begins_with_the_question_what_it_is(desk: Desk) -> None:
    """Software on premises and agent checks are told that OAuth is not for them, and stop there."""
    asked = await desk.get(f"{APPS}/new")
    assert "On-premises software or agent check" in words(asked)
    stopped = await desk.get(f"{APPS}/new", kind="premises")
    assert "OAuth is not for software on the customer’s premises" in words(stopped)
    assert f'action="{APPS}"' not in stopped.text


@pytest.mark.row("S6", "S7")
async def test_an_empty_sandbox_teaches_the_first_steps(desk: Desk) -> None:
    """Nothing there yet: what to do, in order, and one button for it."""
    assert (await desk.get("/developer", 303)).headers["location"] == APPS
    empty = await desk.get(APPS)
    for step in (
        "Create the app",
        "Add an OAuth client",
        "Choose scopes",
        "Test the authorization",
        "New App",
    ):
        assert step in words(empty)
    app = await desk.app()
    assert "On-call Notifier" in words(await desk.get(app))
    assert "On-call Notifier" in words(await desk.get(APPS))


@pytest.mark.row("S7")
async def test_a_template_gives_the_first_client_fitting_scopes(desk: Desk) -> None:
    """The read-only notifier starts with reading scopes; a second client starts with none."""
    app = await desk.app(template="notifier")
    client, _ = await desk.client(app)
    ticked = re.findall(r'data-scope="([a-z_]+)"[^>]* checked', (await desk.get(client)).text)
    assert set(ticked) == {"monitors_read", "events_read", "incident_read"}
    second, _ = await desk.client(app)
    assert " checked" not in (await desk.get(second)).text


@pytest.mark.row("S7", "S14")
async def test_the_forwarder_asks_for_the_private_scope_before_it_starts_with_it(desk: Desk) -> None:
    """A private scope of a template is not taken before the host has approved it."""
    client, _ = await desk.client(await desk.app(template="forwarder"))
    shown = await desk.get(client)
    assert " checked" not in shown.text
    assert "Request approval" in words(shown)


@pytest.mark.row("S5")
async def test_an_existing_app_uuid_is_taken_over_and_stays(desk: Desk) -> None:
    """The app has the integration's app_uuid; nobody can take it a second time, nor something that is none."""
    app_uuid = str(uuid4())
    form = await desk.get(f"{APPS}/new", kind="api")
    made = await desk.post(APPS, form, name="Old Friend", template="blank", app_uuid=app_uuid)
    assert made.headers["location"].startswith(f"{APPS}/{app_uuid}")
    other = await desk_of(desk.world, "Rival")
    form = await other.get(f"{APPS}/new", kind="api")
    taken = await other.post(APPS, form, 400, name="Mine", app_uuid=app_uuid)
    assert "Another app has this app_uuid." in words(taken)
    assert 'value="Mine"' in taken.text
    for wrong in ("x", "0" * 32, "00000000-0000-0000-0000-000000000001"):
        assert "This is no app_uuid" in words(await other.post(APPS, form, 400, name="Mine", app_uuid=wrong))


@pytest.mark.row("S8", "S10")
async def test_basic_information_is_saved_and_nothing_typed_is_lost(desk: Desk) -> None:
    """Every field; what is wrong is told beside its field, with everything else as it was typed."""
    app = await desk.app()
    shown = await desk.get(app)
    fields = {"name": "Notifier", "description": "Tells.\nTwice.", "category": "Alerting", "author": "Pagewell",
              "support": "help@pagewell.example", "homepage": "https://pagewell.example"}  # fmt: skip
    saved = await desk.post(app, shown, **fields, do="save")
    assert saved.headers["location"] == f"{app}?done=saved"
    again = await desk.get(app, done="saved")
    assert "Saved." in words(again)
    assert all(
        value in again.text
        for value in ("Tells.\r\nTwice.", "Alerting", "help@pagewell.example")
        if "\n" not in value
    )
    wrong = await desk.post(
        app, again, 400, **{**fields, "name": " ", "homepage": "javascript:alert(1)"}, do="save"
    )
    assert "This can’t be empty." in words(wrong)
    assert "Write an address such as https://example.com." in words(wrong)
    assert 'aria-invalid="true"' in wrong.text
    assert 'data-unsaved="yes"' in wrong.text
    assert "help@pagewell.example" in wrong.text
    assert "Notifier" in words(await desk.get(app))


@pytest.mark.row("S9")
async def test_mark_stable_saves_what_is_typed_and_can_be_taken_back(desk: Desk) -> None:
    """Stable, with the fields that were typed; then back in development."""
    app = await desk.app()
    await desk.post(app, await desk.get(app), name="Renamed", do="stable")
    shown = await desk.get(app)
    assert "Stable" in words(shown)
    assert "Renamed" in words(shown)
    await desk.post(app, shown, name="Renamed", do="development")
    assert "In development" in words(await desk.get(app))
    actions = await desk.world.platform.database.fetch(
        "SELECT action FROM audit_entries WHERE organization_id = $1 ORDER BY id", desk.organization_id
    )
    assert [row["action"] for row in actions][-4:] == [
        "app.created", "app.updated", "app.marked_stable", "app.marked_in_development",
    ]  # fmt: skip


@pytest.mark.row("S8", "B051")
async def test_a_logo_is_told_by_its_bytes_and_served_as_nothing_else(desk: Desk) -> None:
    """Its content decides, not its name; it is served with a fixed type, nosniff and without a way to run."""
    app, image = await desk.app(), png()
    await desk.get(f"{app}/logo", 404)
    assert await upload(desk, app, image) == 303
    served = await desk.get(f"{app}/logo")
    assert served.content == image
    assert served.headers["content-type"] == "image/png"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in served.headers["content-security-policy"]
    assert f'src="{app}/logo?' in (await desk.get(app)).text
    assert await upload(desk, app, b"", do="remove") == 303
    await desk.get(f"{app}/logo", 404)


@pytest.mark.row("S8", "B051")
@pytest.mark.parametrize(
    "content",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", png()[:-4], png() + b"<script>", png(8, 8),
     png(64, 4000), png(more=b"\x00" * 300_000), b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xd9", b"RIFF\x1a\0\0\0WEBPVP8 "],
    ids=["none", "svg", "gif", "cut off", "goes on", "small", "tall", "large", "stub", "jpeg stub", "webp stub"],
)  # fmt: skip
async def test_other_files_are_no_logo(desk: Desk, content: bytes) -> None:
    """SVG, polyglots, stubs and large files are refused beside the field."""
    app = await desk.app()
    assert await upload(desk, app, content) == 400
    await desk.get(f"{app}/logo", 404)


async def test_a_file_that_is_far_too_large_is_not_even_read(desk: Desk) -> None:
    """413 before it is in memory; a form without the token, or of another kind, is refused as everywhere."""
    app = await desk.app()
    assert await upload(desk, app, b"\0" * 2_000_000) == 413
    browser = desk.person.browser
    strange = await browser.post(
        f"{app}/logo", data={"csrf": "x"}, files={"logo": ("x.png", png(), "image/png")}
    )
    assert strange.status_code == 403
    assert (await browser.post(f"{app}/logo", data={"csrf": "x"})).status_code == 415
    for content_type in ("multipart/form-data", "multipart/form-data; boundary=x"):
        broken = await browser.post(
            f"{app}/logo", content=b"--x\r\n\r\n", headers={"content-type": content_type}
        )
        assert broken.status_code == 400


@pytest.mark.row("S6")
async def test_the_list_finds_apps_by_name_app_uuid_and_client_and_goes_on(desk: Desk) -> None:
    """Newest first, 25 to a page, each app on one page only."""
    apps = []
    for number in range(27):
        desk.world.clock.move(seconds=1)
        apps.append(await desk.app(f"App {number:02}"))
    client, _ = await desk.client(apps[3])
    first = await desk.get(APPS)
    older = re.search(r'href="(/developer/apps\?after=[^"]+)"', first.text)
    assert older is not None
    second = await desk.get(older.group(1).replace("&amp;", "&"))
    listed = re.findall(r"<b><bdi>(App \d\d)", first.text + second.text)
    assert listed == sorted((f"App {number:02}" for number in range(27)), reverse=True)
    for wanted in ("app 03", apps[3].rpartition("/")[2], client.rpartition("/")[2], "notif"):
        assert re.findall(r"<b><bdi>(App \d\d)", (await desk.get(APPS, search=wanted)).text) == ["App 03"], (
            wanted
        )
    assert "No app matches" in words(await desk.get(APPS, search="%_"))
    for cursor in ("x", "2026~x", "~", "2026-11-23T12:00:00+00:00~" + "9" * 40):
        assert "App 26" in words(await desk.get(APPS, after=cursor))


async def test_deleting_an_app_lists_and_takes_what_is_in_it(world: World) -> None:
    """Clients, authorizations and API keys are listed first, and dead afterwards."""
    partner = await world.partner()
    await world.sign_in(partner.developer)
    desk = Desk(world, partner.developer)
    flow = await world.flow(partner.developer, partner)
    assert (await world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")).status_code == 201
    app = f"{APPS}/{partner.app_id}"
    asked = await desk.get(f"{app}/deletion")
    assert "Authorizations" in words(asked)
    assert re.findall(r'data-label="(Authorizations|API keys)">(\d+)', asked.text) == [
        ("Authorizations", "1"),
        ("API keys", "1"),
    ]
    gone = await desk.post(f"{app}/deletion", asked)
    assert "is deleted" in words(await desk.get(gone.headers["location"]))
    assert (await world.call(flow.access)).status_code == 401
    await desk.get(app, 404)


@pytest.mark.row("B063", "R21")
async def test_another_organizations_apps_do_not_exist(world: World, desk: Desk) -> None:
    """Every page, with every id of another organization: 404, and nothing happens."""
    partner = await world.partner()
    app = f"{APPS}/{partner.app_id}"
    client = f"{app}/clients/{partner.client_id}"
    own = await desk.app()
    own_client, _ = await desk.client(own)
    for path in (app, f"{app}/logo", f"{app}/deletion", f"{app}/oauth", f"{app}/clients/new", client,
                 f"{client}/secret", f"{client}/deletion", f"{own}/clients/{partner.client_id}",
                 f"{app}/clients/{own_client.rpartition('/')[2]}", f"{APPS}/x"):  # fmt: skip
        await desk.get(path, 404)
    csrf = hidden(await desk.get(own), own)["csrf"]
    for path in (app, f"{app}/deletion", client, f"{client}/secret", f"{client}/deletion", f"{client}/test"):
        answer = await desk.person.browser.post(path, data={"csrf": csrf, "name": "Mine", "do": "save"})
        assert answer.status_code == 404, path
    assert "On-call Notifier" not in words(await desk.get(APPS, search=partner.client_id)).replace("“", "")


async def test_who_may_not_build_does_not_get_in(world: World) -> None:
    """A customer organization is told where apps are built; a member without the permission is refused; and
    neither sees the navigation."""
    mina = await world.person(await world.organization("Acme"))
    await world.sign_in(mina)
    told = await mina.browser.get(APPS)
    assert told.status_code == 403
    assert "Apps are built in a sandbox organization" in words(told)
    assert "Developer Platform" not in (await mina.browser.get("/")).text
    reader = await world.person(await world.organization("Pagewell", "sandbox"), "Read Only")
    await world.sign_in(reader)
    assert (await reader.browser.get(APPS)).status_code == 403
    assert "Developer Platform" not in (await reader.browser.get("/")).text
    developer = await desk_of(world)
    home = await developer.get("/")
    assert "You build 0 apps" in words(home)
    assert f'href="{APPS}"' in home.text


@pytest.mark.row("B050", "B053")
async def test_names_that_would_run_or_reorder_are_inert(desk: Desk) -> None:
    """Mark-up in names is shown as it was written on every page; invisible characters are refused."""
    app = await desk.app(HOSTILE)
    client, _ = await desk.client(app, name=HOSTILE)
    for path in (APPS, app, f"{app}/oauth", client, f"{app}/deletion", f"{client}/secret", f"{client}/deletion",
                 f"{APPS}?search={HOSTILE}", f"{APPS}?deleted={HOSTILE}"):  # fmt: skip
        shown = await desk.get(path)
        assert "<script>alert" not in shown.text
        assert "<img src=x" not in shown.text
        assert "49" not in words(shown).replace("{{7*7}}", "")[:50]
    form = await desk.get(f"{APPS}/new", kind="api")
    assert "can’t be seen" in words(await desk.post(APPS, form, 400, name="txt\u202eexe", template="blank"))
