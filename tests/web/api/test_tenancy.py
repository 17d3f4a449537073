"""Tenants are separate: for a member, what is another's does not exist; and nobody lifts themselves up."""

import re
from uuid import uuid4

import pytest
from tests.web.api.conftest import V1, Caller, caller
from tests.world import World

from latchstring.web.api.routes import ROUTES


async def admin(world: World, name: str = "Other", kind: str = "sandbox") -> Caller:
    """An administrator of another organization."""
    organization_id = await world.organization(name, kind)
    person = await world.person(organization_id)
    return await caller(world, organization_id, person.id)


@pytest.mark.row("B063", "B065", "R21")
async def test_a_foreign_organization_answers_like_one_that_does_not_exist(world: World) -> None:
    """Every route, with every id of another organization: the same status and body as with random ids."""
    partner, eve = await world.partner(), await admin(world)
    await world.sign_in(partner.developer)
    await world.flow(partner.developer, partner)
    rows = await world.platform.database.fetch(
        "SELECT a.id, r.id AS role FROM authorizations a JOIN roles r USING (organization_id)"
    )
    real = {
        "organization_id": str(partner.organization_id),
        "user_id": str(partner.developer.id),
        "app_id": str(partner.app_id),
        "client_id": partner.client_id,
        "authorization_id": str(rows[0]["id"]),
        "role_id": str(rows[0]["role"]),
        "scope": "api_keys_write",
    }
    body = {
        "name": "Mine",
        "kind": "rate_limit",
        "permissions": [],
        "roles": [],
        "url": "https://hooks.example.com/",
        "events": ["api_key.created"],
        "password": "x" * 20,
        "manifest_version": 1,
        "app": {"name": "Mine"},
        "clients": [{"name": "Mine"}],
        "client_id": partner.client_id,
        "audience": "everyone",
        "files": {"README.md": "Mine"},
        "text": "Mine",
    }
    before = await _everything(world)
    for route in ROUTES:
        names = re.findall(r"{([a-z_]+)}", route.path)
        if not names or route.document is None:
            continue
        wanted = {
            k: v for k, v in body.items() if k in getattr(route.document.request, "__struct_fields__", ())
        }
        sent = {"json": wanted} if route.document.request else {}
        path = route.path.removeprefix(V1)
        foreign = path.format(**{name: real.get(name) or str(uuid4()) for name in names})
        nowhere = path.format(**{name: real[name] if name == "scope" else str(uuid4()) for name in names})
        first, second = (
            await eve.ask(route.method, foreign, **sent),
            await eve.ask(route.method, nowhere, **sent),
        )
        assert first.status_code in (403, 404), (route.method, route.path, first.text)
        assert (first.status_code, first.text) == (second.status_code, second.text), route.path
    assert await _everything(world) == before


@pytest.mark.row("B063")
async def test_parts_of_another_organization_do_not_exist_in_ones_own(world: World) -> None:
    """Own organization, foreign app, client, role, member, key or authorization: 404."""
    partner, eve = await world.partner(), await admin(world)
    own = (await eve.get("/caller")).json()["data"]["organization_id"]
    rows = await world.platform.database.fetch(
        "SELECT id FROM roles WHERE organization_id = $1", partner.organization_id
    )
    base = f"/organizations/{own}"
    for method, path in (
        ("GET", f"{base}/apps/{partner.app_id}"),
        ("DELETE", f"{base}/apps/{partner.app_id}"),
        ("GET", f"{base}/clients/{partner.client_id}"),
        ("DELETE", f"{base}/clients/{partner.client_id}"),
        ("POST", f"{base}/clients/{partner.client_id}/secret"),
        ("GET", f"{base}/apps/{partner.app_id}/manifest"),
        ("GET", f"{base}/members/{partner.developer.id}"),
        ("DELETE", f"{base}/members/{partner.developer.id}"),
        ("GET", f"{base}/roles/{rows[0]['id']}"),
        ("DELETE", f"{base}/roles/{rows[0]['id']}"),
        ("DELETE", f"{base}/api_keys/{uuid4()}"),
        ("DELETE", f"{base}/authorizations/{uuid4()}"),
    ):
        assert (await eve.ask(method, path)).status_code == 404, path
    put = await eve.put(f"{base}/members/{partner.developer.id}", roles=[])
    assert put.status_code == 404, "an organization can't draw strangers in"


@pytest.mark.row("B066", "R16")
async def test_a_partner_approves_neither_itself_nor_its_scopes(world: World) -> None:
    """What is the host's to say is refused to every member, however much they hold."""
    eve = await admin(world)
    own = (await eve.get("/caller")).json()["data"]["organization_id"]
    for method, path in (
        ("PUT", f"/partners/{own}/approval"),
        ("PUT", f"/partners/{own}/private_scope_approvals/api_keys_write"),
        ("PUT", f"/organizations/{own}/disablement"),
        ("GET", "/organizations"),
        ("POST", "/organizations"),
        ("GET", "/users"),
        ("POST", "/resource_servers"),
    ):
        assert (await eve.ask(method, path)).status_code == 403, path
    minted = await eve.post("/credentials", name="up", organization_id=str(uuid4()), user_id=str(uuid4()))
    assert minted.status_code == 403


async def test_every_permission_is_asked_for_where_it_is_needed(world: World) -> None:
    """A Read Only member holds no platform permission: every route that names one answers 403."""
    acme = await world.organization()
    mina = await world.person(acme, "Read Only")
    own = await caller(world, acme, mina.id)
    for route in ROUTES:
        needed = getattr(route.needs, "all_of", None)
        if not needed:
            continue
        path = route.path.removeprefix(V1).replace("{organization_id}", str(acme))
        answer = await own.ask(route.method, re.sub(r"{[a-z_]+}", str(uuid4()), path))
        assert answer.status_code == 403, route.path


async def test_who_manages_members_gives_no_more_than_they_hold(world: World) -> None:
    """Neither by a new role nor by an existing one."""
    acme = await world.organization()
    operator, mina = await caller(world), await world.person(acme, "Read Only")
    base = f"/organizations/{acme}"
    role = (await operator.post(f"{base}/roles", name="HR", permissions=["members_manage"])).json()["data"][
        "id"
    ]
    await operator.put(f"{base}/members/{mina.id}", roles=[role])
    own = await caller(world, acme, mina.id)
    assert (await own.post(f"{base}/roles", name="Up", permissions=["audit_read"])).status_code == 403
    changed = await own.patch(f"{base}/roles/{role}", permissions=["members_manage", "audit_read"])
    assert changed.status_code == 403
    roles = (await own.get(f"{base}/roles")).json()["data"]
    top = next(line["id"] for line in roles if line["name"] == "Admin")
    assert (await own.put(f"{base}/members/{mina.id}", roles=[role, top])).status_code == 403
    assert (await own.post(f"{base}/roles", name="Same", permissions=["members_manage"])).status_code == 201


async def _everything(world: World) -> dict[str, list[str]]:
    """All rows of what another organization has, but for when credentials were used."""
    tables = (
        "organizations",
        "partners",
        "users",
        "memberships",
        "roles",
        "apps",
        "clients",
        "authorizations",
    )
    return {
        table: sorted(str(dict(row)) for row in await world.platform.database.fetch(f"SELECT * FROM {table}"))
        for table in tables
    }
