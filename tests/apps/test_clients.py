"""Apps and test clients: what can be said of them, and what becomes of their secrets."""

from dataclasses import replace
from uuid import uuid4

import pytest
from tests.accounts.conftest import Office
from tests.apps.conftest import FIELDS, Sandbox

from latchstring.accounts import organizations
from latchstring.accounts.refused import Conflict, Missing, Refused
from latchstring.apps import apps, clients
from latchstring.apps.model import AppFields
from latchstring.protocol.credentials import is_well_formed


@pytest.mark.row("S11", "A186", "R17")
async def test_a_new_client_has_a_secret_that_is_shown_once(sandbox: Sandbox) -> None:
    """The secret is in the answer to its creation and nowhere else; a keyed digest is stored."""
    made = await sandbox.client()
    assert is_well_formed(made.client_secret, "lscs")
    rows = await sandbox.office.database.fetch("SELECT * FROM clients")
    assert made.client_secret not in str(dict(rows[0]))
    assert sandbox.office.keys.matches(clients.PURPOSE, made.client_secret, rows[0]["secret_digest"])
    assert made.client_secret not in repr(made.client)
    log = await sandbox.office.database.fetch("SELECT * FROM audit_entries")
    assert not any(made.client_secret in str(dict(row)) for row in log)


@pytest.mark.row("S12", "S13", "S15")
async def test_a_test_client_can_be_changed_in_every_field(sandbox: Sandbox) -> None:
    """Name, description, redirect URIs, onboarding URL and scopes; in force when the transaction is done."""
    made = await sandbox.client(replace(FIELDS, redirect_uris=(), onboarding_url="", scopes=()))
    changed = await sandbox.update(made.client.id, FIELDS)
    assert clients.fields_of(changed) == replace(FIELDS, scopes=tuple(changed.scopes))
    assert set(changed.scopes) == set(FIELDS.scopes)
    assert await sandbox.digest(made.client.id) == await sandbox.digest(changed.id)


@pytest.mark.row("T10", "A187", "B090")
async def test_regenerating_kills_the_old_secret(sandbox: Sandbox) -> None:
    """One secret is active at a time; the change is logged."""
    made = await sandbox.client()
    async with sandbox.office.tx() as tx:
        again = await clients.regenerate_secret(
            tx, sandbox.smithy, sandbox.office.act, sandbox.id, made.client.id
        )
        assert tx.revoking
    stored = await sandbox.digest(made.client.id)
    keys = sandbox.office.keys
    assert keys.matches(clients.PURPOSE, again.client_secret, stored)
    assert not keys.matches(clients.PURPOSE, made.client_secret, stored)
    assert not keys.matches(clients.PURPOSE, again.client_secret[:-1], stored)
    assert (await sandbox.office.audited(sandbox.id))[-1] == "client.secret_regenerated"


@pytest.mark.row("A058", "A059", "B051")
async def test_dangerous_addresses_are_refused_on_every_path(sandbox: Sandbox) -> None:
    """The field and its place are named, when a client is made and when it is changed."""
    made = await sandbox.client()
    for uri in ("javascript:alert(1)", "https://notifier.example/cb#", "http://notifier.example/cb", ""):
        for problem in (
            replace(FIELDS, redirect_uris=("https://notifier.example/cb", uri)),
            replace(FIELDS, onboarding_url=uri or "data:,x"),
        ):
            with pytest.raises(Refused) as refused:
                await sandbox.client(problem)
            with pytest.raises(Refused):
                await sandbox.update(made.client.id, problem)
            assert refused.value.field in ("redirect_uris/1", "onboarding_url")
    with pytest.raises(Refused, match="twice"):
        await sandbox.client(replace(FIELDS, redirect_uris=("https://a.example/", "https://a.example/")))
    with pytest.raises(Refused, match="at most"):
        await sandbox.client(
            replace(FIELDS, redirect_uris=tuple(f"https://a.example/{n}" for n in range(21)))
        )


@pytest.mark.row("S14", "A193", "B072", "R16")
async def test_a_private_scope_needs_approval(sandbox: Sandbox) -> None:
    """api_keys_write is refused until the host has approved it for this partner; unknown scopes always are."""
    wanted = replace(FIELDS, scopes=("monitors_read", "api_keys_write"))
    made = await sandbox.client()
    with pytest.raises(Refused, match="private"):
        await sandbox.client(wanted)
    with pytest.raises(Refused, match="private"):
        await sandbox.update(made.client.id, wanted)
    await sandbox.approve("api_keys_write")
    assert "api_keys_write" in (await sandbox.update(made.client.id, wanted)).scopes
    with pytest.raises(Refused, match="bogus"):
        await sandbox.update(made.client.id, replace(FIELDS, scopes=("bogus",)))


@pytest.mark.row("S31", "A189", "B073")
async def test_a_published_client_cannot_be_edited_or_deleted(sandbox: Sandbox) -> None:
    """Not its fields, and not by deleting its app; regenerating its secret is allowed."""
    made = await sandbox.client()
    await sandbox.publish(made.client.id)
    with pytest.raises(Conflict):
        await sandbox.update(made.client.id, FIELDS)
    async with sandbox.office.tx() as tx:
        with pytest.raises(Conflict):
            await clients.delete(tx, sandbox.office.act, sandbox.id, made.client.id)
        with pytest.raises(Conflict):
            await apps.delete(tx, sandbox.office.act, sandbox.id, sandbox.app_id)


@pytest.mark.row("R21")
async def test_a_foreign_client_or_app_does_not_exist(sandbox: Sandbox) -> None:
    """Another organization finds nothing under their ids."""
    made = await sandbox.client()
    other = await sandbox.office.organization("Other", kind="sandbox")
    async with sandbox.office.tx() as tx:
        for client_id in (made.client.id, uuid4(), None):
            with pytest.raises(Missing):
                await clients.get(tx, other.id, client_id)
            with pytest.raises(Missing):
                await clients.regenerate_secret(tx, sandbox.smithy, sandbox.office.act, other.id, client_id)
        with pytest.raises(Missing):
            await clients.create(
                tx,
                sandbox.office.contract,
                sandbox.smithy,
                sandbox.office.act,
                other.id,
                sandbox.app_id,
                FIELDS,
            )
        with pytest.raises(Missing):
            await apps.get(tx, other.id, sandbox.app_id)


async def test_deleting_an_app_ends_its_test_clients(sandbox: Sandbox) -> None:
    """Nothing of them is found any more, and the transaction waits out the leases."""
    made = await sandbox.client()
    async with sandbox.office.tx() as tx:
        await apps.delete(tx, sandbox.office.act, sandbox.id, sandbox.app_id)
        assert tx.revoking
        with pytest.raises(Missing):
            await clients.get(tx, sandbox.id, made.client.id)
        with pytest.raises(Missing):
            await apps.get(tx, sandbox.id, sandbox.app_id)
    assert (await sandbox.office.audited(sandbox.id))[-2:] == ["client.deleted", "app.deleted"]


async def test_clients_show_their_partner_and_whether_the_host_knows_it(sandbox: Sandbox) -> None:
    """Approval, its withdrawal and a new name reach the clients that are there."""
    made, office = await sandbox.client(), sandbox.office

    async def shown() -> tuple[str, bool]:
        rows = await office.database.fetch(
            "SELECT partner_name, partner_verified FROM clients WHERE id = $1", made.client.id
        )
        return rows[0]["partner_name"], rows[0]["partner_verified"]

    assert await shown() == ("Pagewell", False)
    async with office.tx() as tx:
        await organizations.approve_partner(tx, office.act, sandbox.id)
        await organizations.name_partner(tx, office.act, sandbox.id, "Pagewell Inc.")
    assert await shown() == ("Pagewell Inc.", True)
    async with office.tx() as tx:
        await organizations.unapprove_partner(tx, office.act, sandbox.id)
    assert await shown() == ("Pagewell Inc.", False)


async def test_apps_are_built_in_a_sandbox_only(office: Office) -> None:
    """A customer's organization is no place for them."""
    acme = await office.organization()
    async with office.tx() as tx:
        with pytest.raises(Conflict):
            await apps.create(tx, office.entropy, office.act, acme.id, AppFields("Notifier"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "a\x00b"), ("description", "x" * 2001), ("homepage", "javascript:alert(1)"),
     ("homepage", "http://example.com"), ("category", "two\nlines")],
)  # fmt: skip
async def test_an_apps_fields_are_checked(sandbox: Sandbox, field: str, value: str) -> None:
    """The field that does not fit is named."""
    fields = replace(AppFields("Notifier", homepage="https://notifier.example/#about"), **{field: value})
    async with sandbox.office.tx() as tx:
        with pytest.raises(Refused) as refused:
            await apps.update(tx, sandbox.office.act, sandbox.id, sandbox.app_id, fields)
    assert refused.value.field == field
