"""Sites are separate worlds, and the server's keys rotate with an overlap."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from tests.settled import Settled, database_of_its_own, settle, world_on
from tests.world import Flow, MovableClock, World

from latchstring.settings import Settings

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Sites:
    """Two sites with databases and keys of their own; the same app is built on both."""

    us: Settled
    eu: Settled


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sites(
    postgres: str, template: str, hashed_password: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Sites]:
    """us1 and eu1."""
    clock = MovableClock()
    us = Settings(data_dir=str(tmp_path_factory.mktemp("us")), lease_ms=0, pool_size=2)
    eu = msgspec.structs.replace(us, site="eu1", data_dir=str(tmp_path_factory.mktemp("eu")))
    async with (
        database_of_its_own(postgres, template) as us_dsn,
        database_of_its_own(postgres, template) as eu_dsn,
        world_on(us_dsn, us, hashed_password, clock) as us_world,
        world_on(eu_dsn, eu, hashed_password, clock) as eu_world,
    ):
        yield Sites(await settle(us_world), await settle(eu_world))


@pytest.mark.row("B074", "R20")
async def test_nothing_of_one_site_is_worth_anything_on_another(sites: Sites) -> None:
    """Access token, API key, refresh token, client credentials; introspection knows none of them."""
    flow = await sites.eu.flow()
    made = await sites.eu.world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")
    key = made.json()["data"]["attributes"]["key"]
    us = sites.us.world
    assert (await us.call(flow.access)).status_code == 401
    assert (await us.machine.get("/api/v1/validate", headers={"dd-api-key": key})).status_code == 403
    assert (await us.refresh(sites.us.partner, flow.refresh)).json()["error"] == "invalid_grant"
    assert (await us.refresh(sites.eu.partner, flow.refresh)).status_code == 401
    for token in (flow.access, flow.refresh, flow.parameters["code"]):
        assert await us.introspect(sites.us.partner, token) == {"active": False}
        assert (await us.revoke(sites.us.partner, token)).status_code == 200
    assert (await sites.eu.world.call(flow.access)).status_code == 200


@pytest.mark.row("B008", "R20", "R5")
async def test_a_code_of_another_site_is_refused_and_stays_whole(sites: Sites) -> None:
    """Mixed up by the client, still redeemable where it belongs."""
    code = await sites.eu.code()
    refused = await sites.us.world.redeem(sites.us.partner, code)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert (await sites.us.world.redeem(sites.eu.partner, code)).status_code == 401
    assert (await sites.eu.world.redeem(sites.eu.partner, code)).status_code == 200


@pytest.mark.row("B074", "B036")
async def test_a_session_of_another_site_is_none(sites: Sites) -> None:
    """Under any cookie name."""
    cookie = sites.eu.mina.browser.cookies["latchstring_eu1_session"]
    for name in ("latchstring_us1_session", "latchstring_eu1_session"):
        answer = await sites.us.world.browser().get("/", headers={"cookie": f"{name}={cookie}"})
        assert answer.status_code == 303


@pytest.mark.row("R20")
async def test_a_relabelled_token_is_worth_nothing_even_with_shared_keys(sites: Sites) -> None:
    """Somebody copied the key file: the site is part of what was signed, and the row is not there."""
    from latchstring.protocol.credentials import checksum

    flow = await sites.eu.flow()
    text = flow.access.replace("_eu1_", "_us1_")[:-8]
    assert (await sites.us.world.call(text + checksum(text))).status_code == 401


@dataclass
class Before:
    """What was issued before the rotation, and where."""

    dsn: str
    settings: Settings
    hashed: str
    clock: MovableClock
    settled: Settled
    flow: Flow
    key: str
    code: str
    cookie: str


async def restarted(before: Before, world_keys: list[dict[str, object]]) -> Settings:
    """The key file with another list of site and shared keys."""
    file = Path(before.settings.data_dir) / "keys.json"
    file.write_text(json.dumps({"site": world_keys, "shared": world_keys}))
    return before.settings


@pytest_asyncio.fixture(loop_scope="module")
async def before(postgres: str, template: str, hashed_password: str, tmp_path: Path) -> AsyncIterator[Before]:
    """A platform with something of every kind, stopped."""
    chosen, clock = Settings(data_dir=str(tmp_path), lease_ms=0, pool_size=2), MovableClock()
    old = [{"id": 1, "secret": "11" * 32}]
    (tmp_path / "keys.json").write_text(json.dumps({"site": old, "shared": old}))
    (tmp_path / "keys.json").chmod(0o600)
    async with database_of_its_own(postgres, template) as dsn:
        async with world_on(dsn, chosen, hashed_password, clock) as world:
            settled = await settle(world)
            flow = await settled.flow()
            made = await world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")
            key = made.json()["data"]["attributes"]["key"]
            code = await settled.code()
            cookie = settled.mina.browser.cookies["latchstring_us1_session"]
        yield Before(dsn, chosen, hashed_password, clock, settled, flow, key, code, cookie)


async def is_signed_in(world: World, cookie: str) -> bool:
    """Whether the session's cookie works."""
    headers = {"cookie": f"latchstring_us1_session={cookie}"}
    return (await world.browser().get("/", headers=headers)).status_code == 200


@pytest.mark.row("B110", "R27")
async def test_what_was_issued_before_works_during_the_overlap(before: Before) -> None:
    """Tokens, code, secret, API key, session: with the new key beside the old one everything goes on."""
    both = [{"id": 1, "secret": "11" * 32}, {"id": 2, "secret": "22" * 32}]
    chosen = await restarted(before, both)
    partner = before.settled.partner
    async with world_on(before.dsn, chosen, before.hashed, before.clock) as world:
        assert (await world.call(before.flow.access)).status_code == 200
        assert (await world.introspect(partner, before.flow.refresh))["active"] is True
        valid = await world.machine.get("/api/v1/validate", headers={"dd-api-key": before.key})
        assert valid.status_code == 200
        assert (await world.redeem(partner, before.code)).status_code == 200
        assert await is_signed_in(world, before.cookie)
        first = (await world.refresh(partner, before.flow.refresh)).json()
        again = (await world.refresh(partner, before.flow.refresh)).json()
        assert first["refresh_token"] == again["refresh_token"]


@pytest.mark.row("B110", "R27")
async def test_what_was_refreshed_during_the_overlap_outlives_the_old_key(before: Before) -> None:
    """New tokens are signed with the new key; the old ones die with theirs. Keys and secrets need theirs too."""
    both = [{"id": 1, "secret": "11" * 32}, {"id": 2, "secret": "22" * 32}]
    partner = before.settled.partner
    async with world_on(before.dsn, await restarted(before, both), before.hashed, before.clock) as world:
        fresh = (await world.refresh(partner, before.flow.refresh)).json()
    file = Path(before.settings.data_dir) / "keys.json"
    file.write_text(json.dumps({"site": both[1:], "shared": both}))
    async with world_on(before.dsn, before.settings, before.hashed, before.clock) as world:
        assert (await world.call(fresh["access_token"])).status_code == 200
        assert (await world.call(before.flow.access)).status_code == 401
        assert (await world.refresh(partner, before.flow.refresh)).json()["error"] == "invalid_grant"
        assert (await world.refresh(partner, fresh["refresh_token"])).status_code == 200
        assert not await is_signed_in(world, before.cookie)


@pytest.mark.row("B086", "R27")
async def test_a_dump_holds_no_credential(before: Before) -> None:
    """Neither raw nor in hex or base64: codes, tokens, secrets, keys and cookies are nowhere in the database."""
    import base64

    import asyncpg

    connection = await asyncpg.connect(before.dsn)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    dump = ""
    for table in tables:
        rows = await connection.fetch(f'SELECT t::text AS line FROM "{table["tablename"]}" t')
        dump += "\n".join(row["line"] for row in rows)
    await connection.close()
    for secret in (
        before.flow.access, before.flow.refresh, before.code, before.key, before.cookie,
        before.settled.partner.client_secret, "v" * 64,
    ):  # fmt: skip
        for form in (
            secret,
            secret.encode().hex(),
            base64.b64encode(secret.encode()).decode(),
            secret[10:-8],
        ):
            assert form not in dump


@pytest.mark.row("R27", "B110")
async def test_a_dump_alone_or_a_key_alone_forges_nothing(before: Before) -> None:
    """With every row but another key, or with the key but another row's secret: 401."""
    from uuid import UUID

    from latchstring.protocol import tokens
    from latchstring.storage.keys import Key, KeyRing

    parsed = tokens.parse(before.flow.access)
    assert parsed is not None
    access = tokens.read_access(parsed)
    async with world_on(before.dsn, before.settings, before.hashed, before.clock) as world:
        rows = await world.platform.database.fetch(
            "SELECT secret FROM authorizations WHERE id = $1", UUID(bytes=parsed.row.name[16:])
        )
        right = KeyRing([Key(1, "11" * 32)]).derive("tokens", 1)
        wrong = KeyRing([Key(1, "33" * 32)]).derive("tokens", 1)
        assert right is not None
        assert wrong is not None
        for key, works in (
            (tokens.signing_key(right, rows[0]["secret"]), 200),
            (tokens.signing_key(wrong, rows[0]["secret"]), 401),
            (tokens.signing_key(right, bytes(16)), 401),
        ):
            forged = tokens.access_token("us1", parsed.row, key, access)
            assert (await world.call(forged)).status_code == works
