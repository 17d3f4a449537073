"""Manifests carried out on a real database: files of integrations that exist, two sites, two at once."""

import asyncio
import json
from pathlib import Path

import pytest
from tests.accounts.conftest import Office
from tests.apps.conftest import FIELDS, Sandbox

from latchstring.accounts.refused import Conflict, Missing, Refused
from latchstring.apps import clients, imports
from latchstring.apps.imports import Applied, Target
from latchstring.apps.manifest import read_manifest
from latchstring.apps.plan import Plan
from latchstring.protocol.credentials import is_well_formed

INTEGRATIONS = Path(__file__).resolve().parents[3] / "shared" / "reference" / "integrations"
FILES = sorted(INTEGRATIONS.glob("*/assets/oauth_clients.json"))
CONTENT = {
    "manifest_version": 1,
    "app": {"name": "Cost Advisor"},
    "clients": [
        {"name": "Advisor", "redirect_uris": ["https://advisor.example/cb"], "scopes": ["monitors_read"]}
    ],
}


def encoded(**changes: object) -> bytes:
    """The manifest with other members."""
    return json.dumps({**CONTENT, **changes}).encode()


async def planned(sandbox: Sandbox, content: bytes, target: Target = "matching") -> Plan:
    """The plan of a manifest."""
    async with sandbox.office.tx() as tx:
        return await imports.plan(tx, sandbox.office.contract, sandbox.id, read_manifest(content), target)


async def applied(
    sandbox: Sandbox,
    content: bytes,
    target: Target = "matching",
    *,
    leave_out: bool = False,
    fingerprint: str | None = None,
) -> Applied:
    """Apply a manifest in a transaction of its own."""
    office, manifest = sandbox.office, read_manifest(content)
    async with office.tx() as tx:
        return await imports.apply(
            tx, office.contract, sandbox.smithy, office.act, sandbox.id, manifest, target,
            leave_out=leave_out, fingerprint=fingerprint,
        )  # fmt: skip


def files() -> list[Path]:
    """The files of integrations that exist; a test that needs them is skipped where they are not."""
    if not FILES:
        pytest.skip(
            f"no integrations beside this checkout (looked for */assets/oauth_clients.json in {INTEGRATIONS})"
        )
    return FILES


@pytest.mark.row("S21")
async def test_every_file_of_an_integration_that_exists_is_imported(sandbox: Sandbox) -> None:
    """Each: a plan with an answer for whatever this host does not have, applied, and then nothing to do.

    The foreign id is nobody's id here.
    """
    for file in files():
        content = file.read_bytes()
        (said,) = json.loads(content).values()
        plan = await planned(sandbox, content)
        private = [problem for problem in plan.problems if problem.cause == "private_scope"]
        assert bool(private) == ("api_keys_write" in said["scopes"]), file
        for problem in plan.problems:
            assert problem.reason and problem.value in [
                *said["scopes"],
                *said["redirect_uris"],
                said["onboarding_url"],
            ]
        if plan.problems:
            with pytest.raises(Refused):
                await applied(sandbox, content)
        done = await applied(sandbox, content, leave_out=True)
        (made,) = done.clients
        left = {problem.value for problem in plan.problems}
        assert set(made.client.scopes) == set(said["scopes"]) - left
        assert made.client.redirect_uris == [uri for uri in said["redirect_uris"] if uri not in left]
        assert str(made.client.id) != said["id"]
        assert is_well_formed(made.client_secret or "", "lscs")
        again = await planned(sandbox, content)
        assert (again.differs, again.problems) == (False, plan.problems), file


@pytest.mark.row("S21")
async def test_with_the_private_scope_approved_most_of_them_are_imported_whole(sandbox: Sandbox) -> None:
    """What is left over is named, item by item."""
    await sandbox.approve("api_keys_write")
    whole = 0
    for file in files():
        plan = await planned(sandbox, file.read_bytes())
        assert {problem.cause for problem in plan.problems} <= {"unknown_scope", "invalid"}
        whole += not plan.problems
    assert whole > len(FILES) // 2


@pytest.mark.row("B6")
async def test_applying_twice_changes_nothing_the_second_time(sandbox: Sandbox) -> None:
    """The first time there is a secret; then a difference is applied and named."""
    first = await applied(sandbox, encoded())
    assert first.clients[0].client_secret is not None
    log = await sandbox.office.audited(sandbox.id)
    again = await applied(sandbox, encoded())
    assert (again.clients[0].client.id, again.clients[0].client_secret) == (first.clients[0].client.id, None)
    assert not again.plan.differs
    assert await sandbox.office.audited(sandbox.id) == log
    more = {**CONTENT["clients"][0], "scopes": ["monitors_read", "events_read"]}  # type: ignore[index]
    changed = await applied(sandbox, encoded(clients=[more]))
    assert [change.field for change in changed.plan.clients[0].changes] == ["scopes"]
    assert set(changed.clients[0].client.scopes) == {"monitors_read", "events_read"}


@pytest.mark.row("B6")
async def test_two_at_once_make_one_app(sandbox: Sandbox) -> None:
    """They take turns; the second finds nothing to do."""
    both = await asyncio.gather(applied(sandbox, encoded()), applied(sandbox, encoded()))
    assert both[0].app.id == both[1].app.id
    assert sorted(one.plan.differs for one in both) == [False, True]


@pytest.mark.row("S21", "A192")
async def test_a_client_of_one_site_has_a_twin_on_another(sandbox: Sandbox, tmp_path: Path) -> None:
    """The file has neither secret nor digest nor client id; the twin has its own, under another site's keys."""
    made, office = await sandbox.client(), sandbox.office
    async with office.tx() as tx:
        content = await imports.export(tx, sandbox.id, sandbox.app_id, origin="https://app.us1.example")
    stored = await sandbox.digest(made.client.id)
    for forbidden in ("lscs_", "secret", stored.hex(), str(made.client.id)):
        assert forbidden.encode() not in content
    other = await office.organization("Elsewhere", kind="sandbox")
    elsewhere = Sandbox(office, other.id, sandbox.app_id)
    (twin,) = (await applied(elsewhere, content)).clients
    assert twin.client.id != made.client.id
    assert twin.client_secret not in (None, made.client_secret)
    assert clients.fields_of(twin.client) == clients.fields_of(made.client)


@pytest.mark.row("B072", "B073")
async def test_a_manifest_opens_no_way_around_the_rules(sandbox: Sandbox) -> None:
    """Unapproved private scopes, dangerous addresses and published clients are refused here too."""
    for change in ({"scopes": ["api_keys_write"]}, {"redirect_uris": ["https://x.example/#"]}):
        with pytest.raises(Refused):
            await applied(sandbox, encoded(clients=[{**CONTENT["clients"][0], **change}]))  # type: ignore[index]
    made = await sandbox.client()
    await sandbox.publish(made.client.id)
    for scopes in (["monitors_read"], ["api_keys_write"]):
        content = encoded(app={"name": "On-call Notifier"}, clients=[{"name": FIELDS.name, "scopes": scopes}])
        with pytest.raises(Refused, match="published"):
            await applied(sandbox, content)
        done = await applied(sandbox, content, leave_out=True)
        assert done.clients == ()
    async with sandbox.office.tx() as tx:
        live = await clients.get(tx, sandbox.id, made.client.id)
    assert clients.fields_of(live) == clients.fields_of(made.client)


async def test_a_plan_that_is_out_of_date_is_not_carried_out(sandbox: Sandbox) -> None:
    """Whoever agreed to it sees the new one first; the right one is carried out."""
    plan = await planned(sandbox, encoded())
    await applied(sandbox, encoded(clients=[]))
    with pytest.raises(Conflict):
        await applied(sandbox, encoded(), fingerprint=plan.fingerprint)
    now = await planned(sandbox, encoded())
    assert (await applied(sandbox, encoded(), fingerprint=now.fingerprint)).plan == now


@pytest.mark.row("S5")
async def test_an_app_is_found_by_its_app_uuid_then_by_its_name_or_picked(
    sandbox: Sandbox, office: Office
) -> None:
    """A renamed app is still the same; a new one can be had; another organization's app does not exist."""
    by_uuid = encoded(app={"name": "Renamed", "app_uuid": str(sandbox.app_id)})
    assert (await applied(sandbox, by_uuid)).app.id == sandbox.app_id
    assert (await applied(sandbox, encoded(app={"name": "Renamed"}))).app.id == sandbox.app_id
    fresh = await applied(sandbox, by_uuid, "new")
    assert fresh.app.id != sandbox.app_id
    assert fresh.plan.ignored == ("app/app_uuid",)
    assert (await applied(sandbox, encoded(), sandbox.app_id)).app.name == "Cost Advisor"
    other = Sandbox(office, (await office.organization("Other", kind="sandbox")).id, sandbox.app_id)
    with pytest.raises(Missing):
        await planned(other, encoded(), sandbox.app_id)
    acme = Sandbox(office, (await office.organization("Acme")).id, sandbox.app_id)
    with pytest.raises(Conflict):
        await planned(acme, encoded())
