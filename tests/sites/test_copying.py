"""What is published at one site works at the others; nothing else of it is there. A line that is cut heals."""

from uuid import UUID

import asyncpg
import pytest
from tests.sites.conftest import End, Pair
from tests.world import Partner, Person, World

from latchstring.apps import clients
from latchstring.apps.clients import Smithy
from latchstring.sites import mending, replication
from latchstring.sites.offering import SHARED
from latchstring.sites.replication import Link
from latchstring.sites.standing import standings
from latchstring.storage.database import Transaction

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def customer(world: World, name: str) -> Person:
    """The signed-in administrator of a new customer."""
    person = await world.person(await world.organization(name), name=f"Administrator of {name}")
    assert (await world.sign_in(person)).status_code == 303
    return person


async def rotate(world: World, partner: Partner) -> str:
    """Another secret for the partner's client, made at its home site."""
    platform = world.platform
    smithy = Smithy(platform.shared_keys, platform.entropy, platform.site.key)
    async with platform.database.transaction() as tx:
        made = await clients.regenerate_secret(
            tx, smithy, world.act, partner.organization_id, UUID(partner.client_id)
        )
    return made.client_secret


async def dump(dsn: str) -> str:
    """Every row of every table, as text."""
    connection = await asyncpg.connect(dsn)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    lines: list[str] = []
    for table in tables:
        rows = await connection.fetch(f'SELECT t::text AS line FROM "{table["tablename"]}" t')
        lines += [row["line"] for row in rows]
    await connection.close()
    return "\n".join(lines)


async def shared_rows(end: End) -> dict[str, list[str]]:
    """What both sites must have alike."""
    found = {}
    for table, condition in SHARED.items():
        rows = await end.world.platform.database.fetch(
            f"SELECT t::text AS line FROM {table} t WHERE {condition or 'true'} ORDER BY 1"
        )
        found[table] = [row["line"] for row in rows]
    return found


@pytest.mark.row("S22", "S23", "R20", "B008")
async def test_a_published_client_works_at_every_site_with_its_one_secret(pair: Pair) -> None:
    """Made at us1, let in at eu1; the code of eu1 is refused at us1 and stays whole."""
    us, eu = pair.us.world, pair.eu.world
    published = await us.released(await us.partner("Pagewell"))
    await pair.settled()
    lena = await customer(eu, "Nordlicht")
    code = await eu.code(lena, published)
    refused = await us.redeem(published, code)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    tokens = (await eu.redeem(published, code)).json()
    assert (await eu.call(tokens["access_token"])).status_code == 200
    elsewhere = await us.call(tokens["access_token"])
    assert elsewhere.status_code == 401
    told = elsewhere.headers["www-authenticate"]
    assert "belongs to eu1; call its API at https://api.eu1.example.com" in told
    assert (await us.refresh(published, tokens["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await eu.refresh(published, tokens["refresh_token"])).status_code == 200


@pytest.mark.row("T10", "S22", "R17")
async def test_a_new_secret_is_in_force_at_the_other_site_once_it_has_arrived(pair: Pair) -> None:
    """The old one is dead there, and known as the one before, though triggers do not fire for what is copied."""
    us, eu = pair.us.world, pair.eu.world
    published = await us.released(await us.partner("Rotator"))
    await pair.settled()
    flow = await eu.flow(await customer(eu, "Südwind"), published)
    secret = await rotate(us, published)
    await pair.settled()
    assert (await eu.refresh(published, flow.refresh)).status_code == 401
    published.client_secret = secret
    assert (await eu.refresh(published, flow.refresh)).status_code == 200
    rows = [
        await world.platform.database.fetch(
            "SELECT secret_digest, previous_secret_digest FROM clients WHERE id = $1", published.client_id
        )
        for world in (us, eu)
    ]
    assert rows[0] == rows[1]
    assert rows[0][0]["previous_secret_digest"] is not None


@pytest.mark.row("S22", "R21", "B086")
async def test_nothing_of_a_customer_of_one_site_is_in_the_other_ones_database(pair: Pair) -> None:
    """Organizations, people, authorizations, tokens, keys, logs, test clients: a dump of each shows none of it."""
    known: dict[str, list[str]] = {}
    for end in (pair.us, pair.eu):
        key, world = end.settings.site, end.world
        published = await world.released(await world.partner(f"Maker at {key}"))
        person = await customer(world, f"Customer at {key}")
        flow = await world.flow(person, published)
        made = await world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")
        test = await world.partner(f"Tester at {key}")
        await world.call(flow.access, "/api/v1/dashboard")
        async with world.platform.database.transaction() as tx:
            ids = await _ids(tx, person)
        known[key] = [
            f"Customer at {key}", str(person.organization_id), str(person.id), str(test.client_id),
            made.json()["data"]["id"], *ids,
        ]  # fmt: skip
    await pair.settled()
    us, eu = await dump(pair.us.dsn), await dump(pair.eu.dsn)
    for text, own, other in ((us, "us1", "eu1"), (eu, "eu1", "us1")):
        assert all(word in text for word in known[own])
        assert [word for word in known[other] if word in text] == []
        assert f"Maker at {other}" in text
        assert f"Tester at {other}" not in text


async def _ids(tx: Transaction, person: Person) -> list[str]:
    """Of what a person has let in, and of what was written down of it."""
    rows = await tx.rows(
        "SELECT id::text, encode(secret, 'hex') AS secret FROM authorizations WHERE user_id = $1", person.id
    )
    found = [value for row in rows for value in (row["id"], row["secret"])]
    refused = await tx.rows("SELECT request_id FROM refusals")
    return found + [row["request_id"] for row in refused]


@pytest.mark.row("S22", "R26", "R27")
async def test_a_site_that_is_cut_off_goes_on_and_converges_when_it_comes_back(pair: Pair) -> None:
    """Both publish and rotate a secret meanwhile; afterwards both have the same, and the new secrets work."""
    us, eu = pair.us.world, pair.eu.world
    before = {
        end.settings.site: await end.world.released(await end.world.partner("Before"))
        for end in (pair.us, pair.eu)
    }
    await pair.settled()
    for end in (pair.us, pair.eu):
        await end.line.cut()
    made = {}
    for end, partner in zip((pair.us, pair.eu), before.values(), strict=True):
        made[end.settings.site] = await end.world.released(await end.world.partner("Meanwhile"))
        partner.client_secret = await rotate(end.world, partner)
        person = await customer(end.world, f"Cut off at {end.settings.site}")
        flow = await end.world.flow(person, made[end.settings.site])
        assert (await end.world.call(flow.access)).status_code == 200
    assert await shared_rows(pair.us) != await shared_rows(pair.eu)
    [standing] = await standings(us.platform.database, "us1", ["eu1"])
    assert (standing.arriving.state, standing.leaving.state) == ("cut", "cut")
    assert len(standing.problems) == 2
    for end in (pair.us, pair.eu):
        await end.line.heal()
    await pair.settled()
    assert await shared_rows(pair.us) == await shared_rows(pair.eu)
    person = await customer(eu, "Healed")
    for partner in (made["us1"], before["us1"], made["eu1"], before["eu1"]):
        assert (await eu.call((await eu.flow(person, partner)).access)).status_code == 200
    [standing] = await standings(us.platform.database, "us1", ["eu1"])
    assert standing.problems == ()


@pytest.mark.row("S22", "R20")
async def test_a_row_of_another_site_can_be_written_by_nobody_here(pair: Pair) -> None:
    """Not by our own code; and what arrives can be no row of ours, no test client, and no id that is taken."""
    eu = pair.eu.world.platform.database
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only that site may write it"):
        await eu.fetch("UPDATE clients SET name = 'ours now' WHERE home_site = 'us1'")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await eu.fetch("DELETE FROM client_revisions WHERE home_site = 'us1'")
    connection = await asyncpg.connect(pair.eu.dsn)
    await connection.execute("SET session_replication_role = replica")
    copied = (
        "INSERT INTO clients SELECT (jsonb_populate_record(c, jsonb_build_object('home_site', $1::text,"
        " 'kind', $2::text, 'id', coalesce($3, c.id::text)))).* FROM clients c WHERE home_site = 'eu1' LIMIT 1"
    )
    fresh = "00000000-0000-0000-0000-00000000cafe"
    for home, kind, name in (("eu1", "published", fresh), ("us1", "test", fresh), ("us1", "published", None)):
        assert await connection.execute(copied, home, kind, name) == "INSERT 0 0"
    assert (
        await connection.execute("UPDATE clients SET name = 'theirs' WHERE home_site = 'eu1'") == "UPDATE 0"
    )
    assert await connection.execute("DELETE FROM clients WHERE home_site = 'eu1'") == "DELETE 0"
    await connection.close()


@pytest.mark.row("S22", "R27")
async def test_repair_finds_and_mends_what_is_broken(pair: Pair) -> None:
    """Switched off, slot lost with changes in it, rows that differ, another address, no subscription at all."""
    async with pair.link(pair.eu, pair.us) as link:
        published = await pair.us.world.released(await pair.us.world.partner("Mended"))
        await pair.settled()
        assert await mending.repair(link) == []
        await link.here.execute(f"ALTER SUBSCRIPTION {link.subscription} DISABLE")
        await rotate(pair.us.world, published)
        assert await said(link) == ["it is switched off"]
        found = await replication.subscription(link)
        await replication.drop_slot(link, found["subslotname"])
        await rotate(pair.us.world, published)
        [standing] = await standings(pair.us.world.platform.database, "us1", ["eu1"])
        assert standing.leaving.state == "missing"
        dry = await mending.repair(link, dry_run=True)
        assert [one.mended for one in dry] == [False]
        assert await said(link) == ["its slot is lost, and with it what changed since"]
        async with link.here.transaction():
            await link.here.execute("SET LOCAL session_replication_role = replica")
            await link.here.execute("UPDATE clients SET name = 'tampered with' WHERE home_site = 'us1'")
            await link.here.execute("DELETE FROM client_revisions WHERE home_site = 'us1'")
            await link.here.execute(
                "INSERT INTO contract_versions VALUES ('us1', 'no more', 't', 1, 1, now())"
            )
        assert [one.partition(":")[0] for one in await said(link)] == [
            "rows differ",
            "rows are here that us1 has no more",
        ]
        await replication.end(link)
        assert await said(link) == ["nothing is received from it"]
    async with pair.link(pair.eu, pair.us, pair.us.dsn) as other:
        assert await said(other) == ["it is received from another address"]
    async with pair.link(pair.eu, pair.us) as link:
        assert await said(link) == ["it is received from another address"]
    assert await shared_rows(pair.us) == await shared_rows(pair.eu)


async def said(link: Link) -> list[str]:
    """What a repair found, all of it mended, after which nothing is found."""
    found = await mending.repair(link)
    assert all(one.mended for one in found)
    assert await mending.repair(link) == []
    return [one.what for one in found]
