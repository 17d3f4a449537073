"""Platform credentials and resource servers: shown once, stored as digests, dead when revoked."""

import asyncio
from uuid import UUID, uuid4

import pytest
from tests.accounts.conftest import Office

from latchstring.accounts import credentials, organizations, people, resource_servers
from latchstring.accounts.credentials import Credential, Holder, Minted
from latchstring.accounts.refused import Missing
from latchstring.audit.entries import HOST
from latchstring.protocol.credentials import is_well_formed
from latchstring.storage.keys import Key, KeyRing


async def mint(office: Office, holder: Holder | None = None) -> Minted:
    """A new credential."""
    async with office.tx() as tx:
        return await credentials.mint(
            tx, office.keys, office.entropy, office.act, site="us1", name="automation", holder=holder
        )


async def find(office: Office, value: str) -> Credential | None:
    """What a presented value stands for now."""
    found = await credentials.read_credentials(office.database, credentials.digests_of(office.keys, value))
    return next((credential for credential in found if credential), None)


async def test_a_credential_is_found_by_its_value_and_stored_as_a_digest(office: Office) -> None:
    """R17, B8: a recognisable prefix, a checksum, and no way to read it back."""
    minted = await mint(office)
    assert is_well_formed(minted.value, "lspt")
    found = await find(office, minted.value)
    assert found is not None
    assert (found.id, found.kind, found.is_operator) == (minted.id, "operator", True)
    assert found.actor == f"operator:{minted.id}"
    (row,) = await office.database.fetch("SELECT * FROM platform_credentials")
    assert minted.value not in str(dict(row))
    assert row["last4"] == minted.value[-4:]
    for wrong in ("", "lspt_us1_zz", minted.value[:-1] + "x", minted.value + "0", "x" * 500, "é"):
        assert await find(office, wrong) is None


async def test_the_first_operator_credential_is_made_once(office: Office) -> None:
    """Two commands at the same moment make one; after it is revoked there may be a first one again."""

    async def first() -> Minted | None:
        async with office.tx() as tx:
            return await credentials.mint_first_operator(
                tx, office.keys, office.entropy, office.act, site="us1", name="first"
            )

    made = [minted for minted in await asyncio.gather(first(), first()) if minted]
    assert len(made) == 1
    async with office.tx() as tx:
        await credentials.revoke(tx, office.act, None, made[0].id)
        assert tx.revoking
    assert await find(office, made[0].value) is None
    assert await first() is not None


async def test_a_personal_credential_may_do_what_its_user_may_do_now(office: Office) -> None:
    """R14: it dies with the user, the membership or the organization, and follows their roles."""
    acme, mina = await office.organization(), await office.user()
    await office.join(acme.id, mina.id, "Admin")
    minted = await mint(office, Holder(acme.id, mina.id))
    found = await find(office, minted.value)
    assert found is not None
    assert found.actor == f"user:{mina.id}"
    assert "audit_read" in found.permissions
    await office.join(acme.id, mina.id, "Read Only")
    found = await find(office, minted.value)
    assert found is not None
    assert "audit_read" not in found.permissions
    async with office.tx() as tx:
        await people.disable(tx, office.act, mina.id)
    assert await find(office, minted.value) is None
    async with office.tx() as tx:
        await people.enable(tx, office.act, mina.id)
        await organizations.disable(tx, office.act, acme.id)
    assert await find(office, minted.value) is None
    async with office.tx() as tx:
        await organizations.enable(tx, office.act, acme.id)
        await people.end_membership(tx, office.act, acme.id, mina.id)
    assert await find(office, minted.value) is None
    await office.join(acme.id, mina.id, "Admin")
    assert await find(office, minted.value) is None, "a new membership does not bring old credentials back"


async def test_a_person_sees_and_revokes_their_own_credentials_only(office: Office) -> None:
    """R21: another's is as good as none."""
    acme, mina, eve = await office.organization(), await office.user(), await office.user()
    for person in (mina, eve):
        await office.join(acme.id, person.id, "Admin")
    minted = await mint(office, Holder(acme.id, mina.id))
    async with office.tx() as tx:
        assert await credentials.page(tx, Holder(acme.id, eve.id)) == []
        for credential_id in (minted.id, uuid4(), None):
            with pytest.raises(Missing):
                await credentials.revoke(tx, office.act, Holder(acme.id, eve.id), credential_id)
        (line,) = await credentials.page(tx, Holder(acme.id, mina.id))
        assert (line.id, line.last4) == (minted.id, minted.value[-4:])


async def test_the_last_use_of_a_credential_is_noted_at_most_once_a_minute(office: Office) -> None:
    """Busy programs do not make a write of every request."""
    minted = await mint(office)
    for _ in range(2):
        found = await find(office, minted.value)
        assert found is not None
        async with office.tx() as tx:
            await credentials.touch(tx, found, office.now)
        office.move(seconds=30)
    found = await find(office, minted.value)
    assert found is not None
    assert found.last_used_at is not None
    assert (office.now - found.last_used_at).total_seconds() == 60


@pytest.mark.row("B110")
async def test_a_credential_survives_the_rotation_of_the_servers_keys(office: Office) -> None:
    """It is looked for under every key of the ring."""
    minted = await mint(office)
    office.keys = KeyRing([Key(1, "11" * 32), Key(2, "22" * 32)])
    assert await find(office, minted.value) is not None


async def test_a_resource_servers_secret_is_shown_once_and_can_be_replaced(office: Office) -> None:
    """R17 for `lsrs_`: the stored digest fits the newest secret only."""

    async def digest(server_id: UUID) -> bytes:
        rows = await office.database.fetch(
            "SELECT secret_digest FROM resource_servers WHERE id = $1", server_id
        )
        stored: bytes = rows[0]["secret_digest"]
        return stored

    async with office.tx() as tx:
        made = await resource_servers.create(
            tx, office.keys, office.entropy, office.act, site="us1", name="gateway"
        )
    assert is_well_formed(made.client_secret, "lsrs")
    assert office.keys.matches(resource_servers.PURPOSE, made.client_secret, await digest(made.client_id))
    async with office.tx() as tx:
        again = await resource_servers.regenerate_secret(
            tx, office.keys, office.entropy, office.act, made.client_id, site="us1"
        )
        assert tx.revoking
        await resource_servers.disable(tx, office.act, made.client_id)
        assert (await resource_servers.get(tx, made.client_id)).disabled_at == office.now
    stored = await digest(made.client_id)
    assert office.keys.matches(resource_servers.PURPOSE, again.client_secret, stored)
    assert not office.keys.matches(resource_servers.PURPOSE, made.client_secret, stored)
    assert (await office.audited(HOST))[-2:] == [
        "resource_server.secret_regenerated",
        "resource_server.disabled",
    ]
