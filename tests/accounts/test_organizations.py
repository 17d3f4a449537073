"""Organizations, partners, and which private scopes those may request."""

import pytest
from tests.accounts.conftest import Office

from latchstring.accounts import organizations
from latchstring.accounts.refused import Conflict, Missing, Refused
from latchstring.accounts.store import organizations as store
from latchstring.apps import apps, clients
from latchstring.apps.clients import Smithy
from latchstring.apps.model import AppFields, ClientFields


async def test_a_new_organization_has_its_managed_roles_and_a_log_entry(office: Office) -> None:
    """Admin, Standard and Read Only are there from the beginning."""
    acme = await office.organization(subdomain="acme")
    rows = await office.database.fetch(
        "SELECT name FROM roles WHERE organization_id = $1 ORDER BY name", acme.id
    )
    assert [row["name"] for row in rows] == ["Admin", "Read Only", "Standard"]
    assert await office.audited(acme.id) == ["organization.created"]


async def test_a_subdomain_belongs_to_one_organization(office: Office) -> None:
    """A second one that asks for it is refused, when made and when renamed."""
    await office.organization(subdomain="acme")
    with pytest.raises(Conflict):
        await office.organization(subdomain="ACME")
    other = await office.organization("Other")
    with pytest.raises(Conflict):
        async with office.tx() as tx:
            await organizations.rename(tx, office.act, other.id, name="Other", subdomain="acme")


async def test_disabling_twice_is_once(office: Office) -> None:
    """Disabling and enabling are idempotent and logged once each."""
    acme = await office.organization()
    for _ in range(2):
        async with office.tx() as tx:
            await organizations.disable(tx, office.act, acme.id)
            assert tx.revoking
    async with office.tx() as tx:
        assert (await organizations.get(tx, acme.id)).disabled_at == office.now
        await organizations.enable(tx, office.act, acme.id)
    assert await office.audited(acme.id) == [
        "organization.created",
        "organization.disabled",
        "organization.enabled",
    ]


async def test_only_a_sandbox_has_a_partner(office: Office) -> None:
    """A sandbox gets a partner of its name, which the host approves; a customer can't have one."""
    pagewell, acme = await office.organization("Pagewell", kind="sandbox"), await office.organization()
    async with office.tx() as tx:
        assert (await organizations.partner(tx, pagewell.id)).approved_at is None
        approved = await organizations.approve_partner(tx, office.act, pagewell.id)
        assert (approved.approved_at, approved.approved_by) == (office.now, "host")
        with pytest.raises(Missing):
            await organizations.partner(tx, acme.id)
        with pytest.raises(Conflict):
            await organizations.name_partner(tx, office.act, acme.id, "Acme")


@pytest.mark.row("R16", "S14")
async def test_withdrawing_an_approval_takes_the_scope_from_the_test_clients_at_once(office: Office) -> None:
    """api_keys_write leaves the partner's test client in the same transaction, which waits out the leases."""
    pagewell = await office.organization("Pagewell", kind="sandbox")
    smithy = Smithy(office.keys, office.entropy, "us1")
    async with office.tx() as tx:
        await organizations.approve_private_scope(
            tx, office.contract, office.act, pagewell.id, "api_keys_write"
        )
        app = await apps.create(tx, office.entropy, office.act, pagewell.id, AppFields("Notifier"))
        fields = ClientFields("Notifier", scopes=("api_keys_write", "monitors_read"))
        made = await clients.create(tx, office.contract, smithy, office.act, pagewell.id, app.id, fields)
    async with office.tx() as tx:
        await organizations.withdraw_private_scope(tx, office.act, pagewell.id, "api_keys_write")
        assert tx.revoking
        left = await clients.get(tx, pagewell.id, made.client.id)
        assert left.scopes == ["monitors_read"]
        with pytest.raises(Refused):
            await clients.update(tx, office.contract, office.act, pagewell.id, made.client.id, fields)


async def test_only_private_scopes_of_the_contract_are_approved(office: Office) -> None:
    """A public scope needs no approval, and an unknown one can't have any."""
    pagewell = await office.organization("Pagewell", kind="sandbox")
    async with office.tx() as tx:
        with pytest.raises(Refused):
            await organizations.approve_private_scope(
                tx, office.contract, office.act, pagewell.id, "monitors_read"
            )
        with pytest.raises(Missing):
            await organizations.approve_private_scope(tx, office.contract, office.act, pagewell.id, "bogus")


async def test_organizations_are_listed_page_by_page(office: Office) -> None:
    """Each page goes on after the last id of the one before, and nothing is left out or twice."""
    made = {(await office.organization(f"Organization {number}")).id for number in range(5)}
    async with office.tx() as tx:
        first = await store.page(tx, None, 3)
        second = await store.page(tx, first[-1].id, 3)
    assert [len(first), len(second)] == [3, 2]
    assert {organization.id for organization in first + second} == made


async def test_a_name_can_stand_for_an_organization_but_a_subdomain_comes_first(office: Office) -> None:
    """On the command line an organization is named by its subdomain, or by its name when that is clear."""
    acme = await office.organization("Acme", subdomain="acme-inc")
    await office.organization("acme-inc")
    async with office.tx() as tx:
        assert await store.named(tx, "acme-inc") == [acme]
        assert await store.named(tx, "Acme") == [acme]
        assert await store.named(tx, "nobody") == []
