"""OAuth clients in the Developer Platform: made, their secret shown once, changed, tested, and ended."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.web.api.conftest import Caller, caller
from tests.web.developer.conftest import Desk, hidden, secret_in, words
from tests.world import CHALLENGE, REDIRECT, VERIFIER, World, consent_fields, parameters_of

ONBOARDING = "https://notifier.example/start?from=tile&domain=evil"


async def token_status(world: World, client: str, secret: str) -> str:
    """What the token endpoint says to a client's credentials (with a code that is none)."""
    asked = {"client_id": client.rpartition("/")[2], "client_secret": secret, "grant_type": "authorization_code",
             "code": "x", "redirect_uri": REDIRECT, "code_verifier": VERIFIER}  # fmt: skip
    return str((await world.machine.post("/oauth2/v1/token", data=asked)).json()["error"])


@pytest.mark.row("S11", "A186", "R17")
async def test_a_new_client_shows_its_secret_once(desk: Desk) -> None:
    """The secret works, is not to be stored by the browser, and no page shows it again, reload included."""
    app = await desk.app()
    form = await desk.get(f"{app}/clients/new")
    sent = {**hidden(form, f"{app}/clients"), "name": "Notifier", "do": "save"}
    shown = await desk.person.browser.post(f"{app}/clients", data=sent)
    secret = secret_in(shown)
    assert shown.status_code == 200
    assert shown.headers["cache-control"] == "no-store"
    assert "I have stored it" in words(shown)
    again = await desk.person.browser.post(f"{app}/clients", data=sent)
    client = again.headers["location"]
    assert again.status_code == 303
    assert secret not in again.text
    assert await token_status(desk.world, client, secret) == "invalid_grant"
    on = await desk.post(f"{client}/stored", shown, stored="yes")
    for path in (on.headers["location"], f"{app}/oauth", f"{client}/secret"):
        page = await desk.get(path)
        assert secret not in page.text
        assert "Test client" in words(page) or path.endswith("secret")
    assert words(await desk.get(f"{app}/oauth")).count("Test client") == 1


async def test_a_clients_id_can_not_be_chosen(desk: Desk) -> None:
    """The form's token is for the id that it promised, and for no other."""
    app = await desk.app()
    form = await desk.get(f"{app}/clients/new")
    sent = {
        **hidden(form, f"{app}/clients"),
        "name": "Mine",
        "client_id": "11111111-2222-4333-8444-555555555555",
    }
    assert (await desk.person.browser.post(f"{app}/clients", data=sent)).status_code == 403


@pytest.mark.row("S12", "S13", "S15")
async def test_details_and_scopes_are_saved(desk: Desk) -> None:
    """Name, description, redirect URIs, onboarding URL and ticked scopes; a consent page then shows them."""
    client, _ = await desk.client(await desk.app())
    shown = await desk.get(client)
    fields = {"name": "Pager", "description": "Pages whoever is on call", "redirect_uri.1": REDIRECT,
              "redirect_uri.3": "http://localhost:8200/cb", "onboarding_url": ONBOARDING,
              "scope.monitors_read": "yes", "scope.events_read": "yes"}  # fmt: skip
    saved = await desk.post(client, shown, **fields, do="save")
    assert saved.headers["location"] == f"{client}?done=saved"
    again = await desk.get(client, done="saved")
    assert "Saved. It is in force now." in words(again)
    for value in (REDIRECT, "http://localhost:8200/cb", "Pages whoever is on call"):
        assert value in again.text
    assert re.findall(r'data-scope="([a-z_]+)"[^>]* checked', again.text) == ["monitors_read", "events_read"]
    assert 'data-unsaved="no"' in again.text
    consent = await desk.person.browser.get(
        "/oauth2/v1/authorize",
        params={"client_id": client.rpartition("/")[2], "redirect_uri": REDIRECT, "response_type": "code",
                "code_challenge": CHALLENGE, "code_challenge_method": "S256"},
    )  # fmt: skip
    assert "Pager" in words(consent)
    assert 'data-scope="events_read"' in consent.text


@pytest.mark.row("S12", "A058", "A059", "T8")
@pytest.mark.parametrize(
    ("uri", "told", "status"),
    [
        ("http://notifier.example/cb", "Plain http is only for your own computer", 400),
        ("https://*.notifier.example/cb", "A wildcard never matches", 400),
        ("https://notifier.example/cb#x", "What follows # never reaches a server", 400),
        ("https://{tenant}.notifier.example/cb", "An address for each customer is not supported", 400),
        ("https://customer.notifier.example/cb", "An address for each customer is not supported", 303),
        (f"{REDIRECT}/", "differs only by the slash", 303),
        ("http://localhost:8200/cb", "Fine while you test", 303),
        ("javascript:alert(1)", "Write the whole address", 400),
    ],
)
async def test_an_address_that_looks_wrong_has_a_hint_beside_it(
    desk: Desk, uri: str, told: str, status: int
) -> None:
    """Refused or allowed, the developer is told what is odd; nothing that was typed is lost."""
    client, _ = await desk.client(await desk.app())
    fields = {
        "name": "Notifier",
        "redirect_uri.1": REDIRECT,
        "redirect_uri.2": uri,
        "scope.monitors_read": "yes",
    }
    answer = await desk.post(client, await desk.get(client), status, **fields, do="save")
    page = answer if status == 400 else await desk.get(client)
    assert told in words(page)
    assert f'value="{REDIRECT}"' in page.text
    assert re.findall(r'data-scope="([a-z_]+)"[^>]* checked', page.text) == ["monitors_read"]
    assert "https://customer" in page.text or "uri-2-told" in page.text


@pytest.mark.row("S13")
async def test_searching_does_not_lose_what_is_ticked_and_typed(desk: Desk) -> None:
    """A search is a button of the same form: ticks of scopes that it hides, and every field, stay."""
    client, _ = await desk.client(await desk.app())
    shown = await desk.get(client)
    typed = {
        "name": "Changed",
        "redirect_uri.1": REDIRECT,
        "scope.monitors_read": "yes",
        "search": "dashboards",
    }
    found = await desk.post(client, shown, 200, **typed, do="search")
    by_enter = await desk.post(client, shown, 200, **typed, do="enter")
    for page in (found, by_enter):
        assert 'value="Changed"' in page.text
        assert "You have unsaved changes." in words(page)
        assert re.findall(r'data-scope="([a-z_]+)"[^>]* checked', page.text) == ["monitors_read"]
        visible = re.findall(
            r'<tr role="row"(?: class="locked")?>\s*<td role="cell" class="tick-cell"><input[^>]*data-scope="([a-z_]+)"',
            page.text,
        )
        assert visible
        assert all("dashboard" in name or "share" in name for name in visible), visible
    more = await desk.post(client, shown, 200, **typed, do="row")
    assert more.text.count('name="redirect_uri.') == 3
    assert "Changed" not in words(await desk.get(client))


@pytest.mark.row("T1")
@pytest.mark.parametrize("search", ["send logs", "submit metrics", "로그 보내기"])
async def test_a_search_for_a_way_to_send_data_leads_to_the_api_key(desk: Desk, search: str) -> None:
    """There is no scope for sending metrics, events and logs: the picker answers with `api_keys_write`."""
    client, _ = await desk.client(await desk.app())
    desk.person.browser.headers["accept-language"] = "en" if search.isascii() else "ko"
    found = await desk.get(client, search=search)
    visible = re.findall(
        r'<tr role="row"(?: class="locked")?>\s*<td role="cell" class="tick-cell"><input[^>]*data-scope="([a-z_]+)"',
        found.text,
    )
    assert visible == ["api_keys_write"]
    if search.isascii():
        assert "has no scope of its own" in words(found)
        assert "No scope matches" in words(await desk.get(client, search="qqqq"))


@pytest.mark.row("S14", "T11")
async def test_a_private_scope_is_asked_for_and_granted_in_the_product(desk: Desk) -> None:
    """Greyed until then; the request reaches the reviewers with its reason; granted, it can be ticked."""
    world, client = desk.world, (await desk.client(await desk.app()))[0]
    operator = await caller(world)
    shown = await desk.get(client)
    assert re.search(r'data-scope="api_keys_write"[^>]* disabled', shown.text)
    typed = {"name": "Unsaved", "reason.api_keys_write": "It forwards logs", "scope.monitors_read": "yes"}
    asked = await desk.post(client, shown, 200, **typed, do="ask:api_keys_write")
    assert "Approval pending" in words(asked)
    assert 'value="Unsaved"' in asked.text
    twice = await desk.post(client, shown, 400, **typed, do="ask:api_keys_write")
    assert "has not answered yet" in words(twice)
    forced = await desk.post(client, shown, 400, name="Notifier", scope__api_keys_write="yes", do="save")
    assert "One of the scopes is private" in words(forced)
    await desk.post(client, shown, 400, name="x", do="ask:monitors_read")
    await desk.post(client, shown, 400, name="x", do="ask:nothing")

    [request] = (await operator.get("/partner_requests", state="open")).json()["data"]
    assert (request["subject"], request["reason"], request["partner_name"]) == (
        "api_keys_write", "It forwards logs", "Pagewell",
    )  # fmt: skip
    answer = f"/organizations/{desk.organization_id}/partner_requests/{request['id']}/answer"
    declined = await operator.post(answer, granted=False, answer="Which logs?")
    assert declined.json()["data"]["state"] == "declined"
    assert (await operator.post(answer, granted=True)).status_code == 409
    told = words(await desk.get(client))
    assert "Declined" in told
    assert "Which logs?" in told

    await desk.post(client, shown, 200, name="Notifier", do="ask:api_keys_write")
    [second] = (await operator.get("/partner_requests", state="open")).json()["data"]
    granted = await operator.post(answer.replace(request["id"], second["id"]), granted=True)
    assert granted.json()["data"]["state"] == "granted"
    assert "The host has approved it for you." in words(await desk.get(client))
    await desk.post(client, await desk.get(client), name="Notifier", scope__api_keys_write="yes", do="save")
    assert re.findall(r'data-scope="([a-z_]+)"[^>]* checked', (await desk.get(client)).text) == [
        "api_keys_write"
    ]


@pytest.mark.row("S18", "A194")
async def test_test_authorization_goes_to_the_onboarding_url_with_the_site(desk: Desk) -> None:
    """`domain` and `site` are added, the partner's own query is kept, and the page's policy lets the form lead there."""
    client, _ = await desk.client(await desk.app(), onboarding_url=ONBOARDING, redirect_uri__1=REDIRECT)
    shown = await desk.get(client)
    policy = shown.headers["content-security-policy"]
    assert "form-action 'self' https://notifier.example;" in policy
    gone = await desk.post(f"{client}/test", shown)
    target = urlsplit(gone.headers["location"])
    assert target._replace(query="").geturl() == "https://notifier.example/start"
    assert parse_qs(target.query) == {
        "from": ["tile"],
        "domain": ["localhost:8100"],
        "site": ["localhost:8100"],
    }
    bare, _ = await desk.client(await desk.app("Another"))
    without = await desk.get(bare)
    assert re.search(r"<button[^>]* disabled[^>]*>.*?Test Authorization", without.text, re.DOTALL)
    assert (await desk.post(f"{bare}/test", without)).headers["location"] == bare


@pytest.mark.row("T10", "A187", "B090")
async def test_regenerating_kills_the_old_secret_and_leaves_authorizations(world: World) -> None:
    """The old secret dies at once, tokens live on, and repeating the request makes no third one."""
    partner = await world.partner()
    await world.sign_in(partner.developer)
    desk, client = (
        Desk(world, partner.developer),
        f"/developer/apps/{partner.app_id}/clients/{partner.client_id}",
    )
    flow = await world.flow(partner.developer, partner)
    world.clock.move(minutes=1)
    asked = await desk.get(f"{client}/secret")
    shown = await desk.post(f"{client}/secret", asked, 200)
    secret = secret_in(shown)
    assert "The old secret is dead" in words(shown)
    assert await token_status(world, client, partner.client_secret) == "invalid_client"
    assert await token_status(world, client, secret) == "invalid_grant"
    assert (await world.call(flow.access)).status_code == 200
    again = await desk.post(f"{client}/secret", asked)
    assert again.headers["location"] == client
    assert await token_status(world, client, secret) == "invalid_grant"
    partner.client_secret = secret
    assert (await world.refresh(partner, flow.refresh)).status_code == 200


async def test_deleting_a_client_ends_it_at_once(world: World) -> None:
    """What goes is shown first; then its tokens and its secret are dead."""
    partner = await world.partner()
    await world.sign_in(partner.developer)
    desk, app = Desk(world, partner.developer), f"/developer/apps/{partner.app_id}"
    flow = await world.flow(partner.developer, partner)
    asked = await desk.get(f"{app}/clients/{partner.client_id}/deletion")
    assert "Authorizations 1" in words(asked)
    gone = await desk.post(f"{app}/clients/{partner.client_id}/deletion", asked)
    assert gone.headers["location"].startswith(f"{app}/oauth?deleted=")
    assert (await world.call(flow.access)).status_code == 401
    assert await token_status(world, partner.client_id, partner.client_secret) == "invalid_client"
    await desk.get(f"{app}/clients/{partner.client_id}", 404)


@pytest.mark.row("S31")
async def test_a_published_client_can_not_be_edited(world: World) -> None:
    """Its page says so and has no form; a form that is posted anyway changes nothing; its app can't be deleted."""
    partner = await world.publish(await world.partner())
    await world.sign_in(partner.developer)
    desk, app = Desk(world, partner.developer), f"/developer/apps/{partner.app_id}"
    client = f"{app}/clients/{partner.client_id}"
    shown = await desk.get(client)
    assert "can’t be edited" in words(shown)
    csrf = hidden(await desk.get(app), app)["csrf"]
    await desk.person.browser.post(client, data={"csrf": csrf, "name": "Mine", "do": "save"})
    assert "Mine" not in words(await desk.get(client))
    await desk.get(f"{client}/secret", 404)
    await desk.get(f"{client}/deletion", 404)
    asked = await desk.get(f"{app}/deletion")
    assert "published client" in words(asked)
    await desk.post(f"{app}/deletion", asked, 200)
    await desk.get(client)


@pytest.mark.row("S16", "S17", "S18", "S19")
async def test_from_an_empty_sandbox_to_a_working_flow(desk: Desk) -> None:
    """New App, New Confidential OAuth Client, scopes, Test Authorization, consent, tokens, a call."""
    client, secret = await desk.client(await desk.app(), redirect_uri__1=REDIRECT, onboarding_url=ONBOARDING)
    shown = await desk.get(client)
    await desk.post(client, shown, name="Notifier", redirect_uri__1=REDIRECT, onboarding_url=ONBOARDING,
                    scope__monitors_read="yes", do="save")  # fmt: skip
    await desk.post(f"{client}/test", await desk.get(client))
    client_id = client.rpartition("/")[2]
    asked = {"client_id": client_id, "redirect_uri": REDIRECT, "response_type": "code", "state": "s",
             "code_challenge": CHALLENGE, "code_challenge_method": "S256"}  # fmt: skip
    consent = await desk.person.browser.get("/oauth2/v1/authorize", params=asked)
    allowed = await desk.person.browser.post(
        "/oauth2/v1/authorize", data={**consent_fields(consent), "decision": "allow"}
    )
    sent = {"client_id": client_id, "client_secret": secret, "grant_type": "authorization_code",
            "code": parameters_of(allowed)["code"], "redirect_uri": REDIRECT, "code_verifier": VERIFIER}  # fmt: skip
    tokens = (await desk.world.machine.post("/oauth2/v1/token", data=sent)).json()
    assert (await desk.world.call(tokens["access_token"])).status_code == 200


@pytest.mark.row("S7", "S9", "S14", "T11")
async def test_the_json_api_does_what_the_pages_do(desk: Desk) -> None:
    """Template, take-over, state, logo, what goes along, and requests to the host."""
    world = desk.world
    member: Caller = await caller(world, desk.organization_id, desk.person.id)
    base, app_uuid = f"/organizations/{desk.organization_id}", "7a1d3c52-9a4e-4f0b-8a57-0c1d2e3f4a5b"
    made = await member.post(f"{base}/apps", name="Old Friend", template="notifier", app_uuid=app_uuid)
    assert (made.status_code, made.json()["data"]["id"]) == (201, app_uuid)
    assert (await member.post(f"{base}/apps", name="Twin", app_uuid=app_uuid)).status_code == 409
    app = f"{base}/apps/{app_uuid}"
    first = (await member.post(f"{app}/clients", name="Notifier")).json()["data"]["client"]
    assert sorted(first["scopes"]) == ["events_read", "incident_read", "monitors_read"]
    assert (await member.put(f"{app}/stability")).json()["data"]["stable_at"] is not None
    assert (await member.delete(f"{app}/stability")).json()["data"]["stable_at"] is None
    from base64 import b64encode

    from tests.web.developer.test_apps import png

    logo = b64encode(png()).decode()
    assert (await member.put(f"{app}/logo", content=logo)).json()["data"]["logo_type"] == "image/png"
    assert (await member.get(f"{app}/logo")).json()["data"] == {"content": logo, "type": "image/png"}
    assert (await member.put(f"{app}/logo", content=b64encode(b"<svg/>").decode())).status_code == 400
    assert (await member.delete(f"{app}/logo")).status_code == 204
    assert (await member.get(f"{app}/logo")).status_code == 404
    assert [one["id"] for one in (await member.get(f"{app}/dependents")).json()["data"]] == [first["id"]]
    assert len((await member.get(f"{base}/apps", search="friend")).json()["data"]) == 1
    assert (await member.get(f"{base}/apps", search="other")).json()["data"] == []
    asked = await member.post(f"{base}/partner_requests", scope="api_keys_write", reason="Sends logs")
    assert asked.status_code == 201
    assert (await member.post(f"{base}/partner_requests", scope="api_keys_write")).status_code == 409
    request = f"{base}/partner_requests/{asked.json()['data']['id']}"
    assert (await member.post(f"{request}/answer", granted=True)).status_code == 403
    assert (await member.get("/partner_requests")).status_code == 403
    operator = await caller(world)
    assert (await operator.post(f"{request}/answer", granted=True, answer="Fine")).status_code == 200
    assert (await member.get(request)).json()["data"]["answer"] == "Fine"
    changed = await member.patch(f"{base}/clients/{first['id']}", scopes=["api_keys_write"])
    assert changed.status_code == 200


async def test_the_way_to_a_working_flow_says_what_comes_next(desk: Desk) -> None:
    """A newcomer presses three buttons: the sample's addresses, Save Changes, and the program with their ID."""
    app = await desk.app()
    client, _ = await desk.client(app, name="Pager")
    shown = await desk.get(client)
    assert "On the way to a working flow" in words(shown)
    assert f'href="/docs/quick-start?client={client.rpartition("/")[2]}#program"' in shown.text
    filled = await desk.post(client, shown, 200, do="sample", name="Pager")
    assert "You have unsaved changes." in words(filled)
    values = dict(re.findall(r'name="([^"]+)" value="([^"]*)" type="text"', filled.text))
    values |= {
        "onboarding_url": re.findall(r'name="onboarding_url" type="text" value="([^"]*)"', filled.text)[0]
    }
    typed = {name: values[name] for name in ("redirect_uri.1", "onboarding_url")}
    assert typed == {
        "redirect_uri.1": "http://localhost:8400/callback",
        "onboarding_url": "http://localhost:8400/start",
    }
    ticked = re.findall(r'name="(scope\.[a-z_]+)" value="yes"[^>]* checked', filled.text)
    assert ticked == ["scope.monitors_read"]
    saved = {"name": "Pager", "do": "save", ticked[0]: "yes", **typed}
    await desk.post(client, filled, **saved)
    assert "Use those of the sample program" not in words(await desk.get(client))
