"""The administration API as an operator uses it: whatever a page can do."""

from uuid import uuid4

import pytest
from tests.web.api.conftest import Caller, caller
from tests.world import PASSWORD, World

from latchstring.protocol.credentials import is_well_formed


async def test_an_operator_sets_up_an_organization_with_its_people(operator: Caller) -> None:
    """Organization, user, membership with roles, in four requests."""
    made = await operator.post("/organizations", name="Acme", subdomain="acme")
    assert made.status_code == 201, made.text
    acme = made.json()["data"]
    assert (acme["kind"], acme["subdomain"], acme["disabled_at"]) == ("customer", "acme", None)
    user = (await operator.post("/users", email="mina@acme.example", name="Mina", password=PASSWORD)).json()[
        "data"
    ]
    assert "password" not in str(user)
    roles = (await operator.get(f"/organizations/{acme['id']}/roles")).json()["data"]
    admin = next(role["id"] for role in roles if role["name"] == "Admin")
    member = await operator.put(f"/organizations/{acme['id']}/members/{user['id']}", roles=[admin])
    assert member.status_code == 200, member.text
    assert [role["name"] for role in member.json()["data"]["roles"]] == ["Admin"]
    found = (await operator.get("/users", email="MINA@acme.example")).json()["data"]
    assert [line["id"] for line in found] == [user["id"]]


async def test_putting_and_deleting_twice_is_once(operator: Caller) -> None:
    """Disablement, approval and private scopes are idempotent."""
    sandbox = (await operator.post("/organizations", name="Pagewell", kind="sandbox")).json()["data"]["id"]
    for path in (
        f"/organizations/{sandbox}/disablement",
        f"/partners/{sandbox}/approval",
        f"/partners/{sandbox}/private_scope_approvals/api_keys_write",
    ):
        assert [(await operator.put(path)).status_code for _ in range(2)] == [200, 200]
        assert [(await operator.delete(path)).status_code for _ in range(2)] == [204, 204]
    actions = [
        entry["action"]
        for entry in (await operator.get(f"/organizations/{sandbox}/audit_entries")).json()["data"]
    ]
    assert len(actions) == len(set(actions)) == 7


async def test_lists_go_on_from_page_to_page(operator: Caller) -> None:
    """`meta.next` is the cursor of the next page, and null at the end."""
    for number in range(5):
        await operator.post("/organizations", name=f"Organization {number}")
    seen: list[str] = []
    after = ""
    while True:
        page = (
            await operator.ask("GET", "/organizations", params={"page[size]": "2", "page[after]": after})
        ).json()
        seen += [line["name"] for line in page["data"]]
        after = page["meta"]["next"]
        if after is None:
            break
    assert sorted(seen) == [f"Organization {number}" for number in range(5)]


@pytest.mark.parametrize(
    "query",
    ["page[size]=0", "page[size]=101", "page[size]=x", "page[size]=9999999999999", "page[after]=x",
     "page[size]=1&page[size]=2", "page[after]=%00", "page[size]=%F0%9F%98%80"],
)  # fmt: skip
async def test_a_bad_page_is_refused_naming_the_parameter(operator: Caller, query: str) -> None:
    """400 with `source.parameter`."""
    refused = await operator.ask("GET", f"/organizations?{query}")
    assert refused.status_code == 400
    (error,) = refused.json()["errors"]
    assert error["source"]["parameter"] in query


@pytest.mark.row("R8", "B024")
@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        (b'{"name": 7}', "/name"),
        (b'{"name": ""}', "/name"),
        (b'{"name": "a\\u0000b"}', "/name"),
        (b'{"name": "Acme", "subdomain": "www"}', "/subdomain"),
        (b'{"name": "Acme", "kind": "host"}', "/kind"),
        (b'{"name": "Acme", "extra": 1}', None),
        (b"{}", None),
        (b"null", None),
        (b"", None),
        (b"[" * 10_000, None),
        (b"\xff", None),
        (b'{"name": "\\ud800"}', None),
    ],
)
async def test_a_bad_body_is_refused_naming_the_field(
    operator: Caller, content: bytes, pointer: str | None
) -> None:
    """400 with title, detail and the pointer to the member; unknown members are refused; nothing is made."""
    refused = await operator.ask("POST", "/organizations", content=content)
    assert refused.status_code == 400, refused.text
    (error,) = refused.json()["errors"]
    assert error["title"]
    assert error["detail"]
    assert error.get("source", {}).get("pointer") == pointer
    assert (await operator.get("/organizations")).json()["data"] == []


@pytest.mark.row("B022")
async def test_a_body_that_is_too_large_is_refused(operator: Caller) -> None:
    """413 in the words of this API."""
    refused = await operator.ask("POST", "/organizations", content=b" " * 300_000)
    assert refused.status_code == 413
    assert refused.json()["errors"][0]["title"] == "Too large"


async def test_what_is_refused_half_way_is_undone(operator: Caller) -> None:
    """Whatever was written before the refusal is not there; the request's transaction goes on."""
    await operator.post("/organizations", name="Acme", subdomain="acme")
    other = (await operator.post("/organizations", name="Other")).json()["data"]["id"]
    refused = await operator.patch(f"/organizations/{other}", name="New name", subdomain="acme")
    assert refused.status_code == 409
    assert refused.json()["errors"][0]["source"] == {"pointer": "/subdomain"}
    assert (await operator.get(f"/organizations/{other}")).json()["data"]["name"] == "Other"


async def test_without_a_valid_credential_there_is_nothing(operator: Caller, world: World) -> None:
    """401 for none, a wrong one, a revoked one and any other kind of secret."""
    minted = (await operator.post("/credentials", name="second")).json()["data"]
    second = Caller(world, minted["value"])
    assert (await second.get("/caller")).json()["data"]["kind"] == "operator"
    assert (await operator.delete(f"/credentials/{minted['id']}")).status_code == 204
    partner = await world.partner()
    for value in (None, "", "lspt_us1_0", minted["value"], partner.client_secret, "é"):
        if value == "é":
            answer = await Caller(world).ask("GET", "/caller", headers={b"authorization": b"Bearer \xe9"})
        else:
            answer = await Caller(world, value).get("/caller")
        assert answer.status_code == 401, value
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.row("A186", "A187", "T10")
async def test_a_clients_life_over_the_api(operator: Caller, world: World) -> None:
    """App, client with its secret once, edit, regenerate, export, delete."""
    sandbox = (await operator.post("/organizations", name="Pagewell", kind="sandbox")).json()["data"]["id"]
    base = f"/organizations/{sandbox}"
    app = (await operator.post(f"{base}/apps", name="Notifier")).json()["data"]["id"]
    made = (await operator.post(f"{base}/apps/{app}/clients", name="Notifier")).json()["data"]
    client, secret = made["client"]["id"], made["client_secret"]
    assert is_well_formed(secret, "lscs")
    changed = await operator.patch(
        f"{base}/clients/{client}", redirect_uris=["https://notifier.example/cb"], scopes=["monitors_read"]
    )
    assert changed.json()["data"]["scopes"] == ["monitors_read"]
    refused = await operator.patch(
        f"{base}/clients/{client}", redirect_uris=["https://a/", "http://a.example"]
    )
    assert refused.json()["errors"][0]["source"] == {"pointer": "/redirect_uris/1"}
    again = (await operator.post(f"{base}/clients/{client}/secret")).json()["data"]["client_secret"]
    asked = {"client_id": client, "token": "x"}
    for tried, status in ((secret, 401), (again, 200)):
        answer = await world.machine.post("/oauth2/v1/introspect", data={**asked, "client_secret": tried})
        assert answer.status_code == status
    manifest = await operator.get(f"{base}/apps/{app}/manifest")
    assert manifest.json()["manifest_version"] == 1
    for answer in (
        manifest,
        await operator.get(f"{base}/clients/{client}"),
        await operator.get(f"{base}/apps/{app}/clients"),
    ):
        assert "lscs_" not in answer.text
    other = (await operator.post("/organizations", name="Twin", kind="sandbox")).json()["data"]["id"]
    twin = await operator.ask("POST", f"/organizations/{other}/manifests", content=manifest.content)
    assert twin.status_code == 200, twin.text
    assert twin.json()["data"]["clients"][0]["client"]["id"] != client
    assert (await operator.delete(f"{base}/clients/{client}")).status_code == 204
    assert (await operator.get(f"{base}/clients/{client}")).status_code == 404


@pytest.mark.row("R15", "S33", "S34", "A177")
async def test_revoking_over_the_api_is_in_force_when_the_answer_is_there(
    operator: Caller, world: World
) -> None:
    """An authorization and an API key die; the very next call is refused."""
    acme, partner = await world.organization(), await world.partner()
    await world.publish(partner)
    mina = await world.person(acme)
    await world.sign_in(mina)
    flow = await world.flow(mina, partner)
    key = (await world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")).json()["data"]
    assert (await world.call(flow.access)).status_code == 200
    base = f"/organizations/{acme}"
    (listed,) = (await operator.get(f"{base}/authorizations")).json()["data"]
    assert (listed["client_id"], listed["live_api_keys"]) == (partner.client_id, 1)
    assert (await operator.delete(f"{base}/authorizations/{listed['id']}")).status_code == 204
    assert (await world.call(flow.access)).status_code == 401
    assert (await operator.delete(f"{base}/authorizations/{listed['id']}")).status_code == 404
    (api_key,) = (await operator.get(f"{base}/api_keys", search="notifier")).json()["data"]
    assert key["attributes"]["key"] not in str(api_key)
    for _ in range(2):
        assert (await operator.delete(f"{base}/api_keys/{api_key['id']}")).status_code == 204
    refused = await world.machine.get("/api/v1/validate", headers={"dd-api-key": key["attributes"]["key"]})
    assert refused.status_code == 403
    actions = [e["action"] for e in (await operator.get(f"{base}/audit_entries")).json()["data"]]
    assert actions[:2] == ["api_key.revoked", "authorization.revoked"]


@pytest.mark.row("R15", "B069", "B067")
async def test_what_an_operator_takes_away_stops_tokens_at_once(operator: Caller, world: World) -> None:
    """Disabling the organization or the user, losing a role and leaving stop the token in the next call."""
    acme, partner = await world.organization(), await world.partner()
    await world.publish(partner)
    mina = await world.person(acme)
    await world.sign_in(mina)
    flow = await world.flow(mina, partner)
    for path in (f"/organizations/{acme}/disablement", f"/users/{mina.id}/disablement"):
        assert (await operator.put(path)).status_code == 200
        assert (await world.call(flow.access)).status_code == 401
        assert (await operator.delete(path)).status_code == 204
        assert (await world.call(flow.access)).status_code == 200
    member = f"/organizations/{acme}/members/{mina.id}"
    admin = (await operator.get(member)).json()["data"]["roles"][0]["id"]
    await operator.put(member, roles=[])
    assert (await world.call(flow.access)).status_code == 403
    await operator.put(member, roles=[admin])
    assert (await world.call(flow.access)).status_code == 200
    assert (await operator.delete(member)).status_code == 204
    assert (await world.call(flow.access)).status_code == 401
    await operator.put(member, roles=[admin])
    assert (await world.call(flow.access)).status_code == 401, "coming back does not revive what was revoked"


async def test_a_resource_server_may_introspect_any_token(operator: Caller, world: World) -> None:
    """Its secret is shown once, works, is replaced, and is dead when the server is disabled."""
    server = (await operator.post("/resource_servers", name="gateway")).json()["data"]
    assert is_well_formed(server["client_secret"], "lsrs")
    path = f"/resource_servers/{server['client_id']}"
    again = (await operator.post(f"{path}/secret")).json()["data"]

    async def status(secret: str) -> int:
        asked = {"client_id": server["client_id"], "client_secret": secret, "token": "x"}
        return (await world.machine.post("/oauth2/v1/introspect", data=asked)).status_code

    assert [await status(server["client_secret"]), await status(again["client_secret"])] == [401, 200]
    assert (await operator.put(f"{path}/disablement")).json()["data"]["disabled_at"]
    assert await status(again["client_secret"]) == 401
    assert (await operator.delete(f"{path}/disablement")).status_code == 204
    assert (await operator.get(path)).json()["data"]["disabled_at"] is None
    assert (await operator.get(f"/resource_servers/{uuid4()}")).status_code == 404


async def test_a_member_looks_after_themselves(world: World) -> None:
    """Own profile, sessions, password and credentials; a wrong current password counts and is told."""
    acme = await world.organization()
    mina = await world.person(acme, "Read Only")
    await world.sign_in(mina)
    own = await caller(world, acme, mina.id)
    me = (await own.get("/caller")).json()["data"]
    assert (me["user_id"], me["organization_id"]) == (str(mina.id), str(acme))
    assert (await own.patch(f"/users/{mina.id}", name="Mina P.", locale="ko")).json()["data"][
        "locale"
    ] == "ko"
    (session,) = (await own.get(f"/users/{mina.id}/sessions")).json()["data"]
    assert (await own.delete(f"/users/{mina.id}/sessions/{session['id']}")).status_code == 204
    assert (await own.get(f"/users/{mina.id}/sessions")).json()["data"] == []
    path = f"/users/{mina.id}/password"
    assert (await own.put(path, password="short", current_password=PASSWORD)).status_code == 400
    wrong = [await own.put(path, password="another long one", current_password="no") for _ in range(11)]
    assert [answer.status_code for answer in wrong] == [403] * 10 + [429]
    assert int(wrong[-1].headers["retry-after"]) > 0
    world.clock.move(hours=1)
    assert (await own.put(path, password="another long one", current_password=PASSWORD)).status_code == 204
    minted = (await own.post("/credentials", name="mine")).json()["data"]
    assert len((await own.get("/credentials")).json()["data"]) == 2
    assert (await own.delete(f"/credentials/{minted['id']}")).status_code == 204
