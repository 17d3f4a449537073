"""Apps are told what happens to their clients: signed, once for each act, tried again, and never too much."""

import asyncio
from datetime import timedelta

import pytest
from tests.messages.conftest import Messages, Receiver
from tests.world import Partner, World

from latchstring.accounts.refused import Conflict, Missing, Refused
from latchstring.audit.entries import record
from latchstring.messages import store, webhooks
from latchstring.messages.model import NewSigningSecret

REFUSES = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 5\r\n\r\nlater"


async def api_key(world: World, token: str) -> None:
    """Make the marketplace key."""
    made = await world.machine.post(
        "/api/v2/api_keys/marketplace", headers={"authorization": f"Bearer {token}"}
    )
    assert made.status_code in (200, 201), made.text


@pytest.mark.row("B090", "R24")
async def test_an_app_is_told_what_happens_to_its_client_signed_and_without_secrets(
    world: World, messages: Messages, receiver: Receiver
) -> None:
    """Connect, make a key, end: three acts of a customer, told with ids and names, and nothing that opens a door."""
    partner = await world.publish(await world.partner())
    acme = await world.organization("Acme")
    mina = await world.person(acme)
    secret = await messages.hook(partner, receiver.url)
    await world.sign_in(mina)
    flow = await world.flow(mina, partner)
    await api_key(world, flow.access)
    await world.revoke(partner, flow.refresh)
    assert await messages.work() == 3 + 1
    (letter,) = messages.letters()
    assert "far-reaching access in Acme" in str(letter["subject"])
    assert sorted(receiver.types) == ["api_key.created", "authorization.created", "authorization.revoked"]
    created = next(one for one in receiver.got if one.json["type"] == "authorization.created")
    assert created.json["data"]["organization"] == {"id": str(acme), "name": "Acme"}
    assert created.json["data"]["client_id"] == partner.client_id
    assert created.json["data"]["authorization"]["user"] == {"id": str(mina.id)}
    assert sorted(created.json["data"]["authorization"]["scopes"]) == sorted(partner.scopes)
    for one in receiver.got:
        assert one.is_signed_with(secret)
        assert not one.is_signed_with("whsec_" + "A" * 43 + "=")
        said = one.body.decode() + str(one.headers)
        for kept in (
            mina.email,
            mina.name,
            flow.access,
            flow.refresh,
            partner.client_secret,
            secret,
            "lsat_",
            "lsrt_",
        ):
            assert kept not in said
        assert one.headers["webhook-id"].startswith("msg_")
    assert await messages.work() == 0
    rows = await world.platform.database.fetch("SELECT t::text FROM webhooks t")
    assert secret.removeprefix("whsec_") not in str(rows)


@pytest.mark.row("R21", "R16")
async def test_only_what_happens_to_the_apps_own_client_is_told(
    world: World, messages: Messages, receiver: Receiver
) -> None:
    """Another app hears nothing; a test client's webhook only of its sandbox; an event that is not wanted, a code
    that is never redeemed and a rolled-back act are not told."""
    pagewell, fathom = await world.partner(), await world.partner("Fathom")
    await messages.hook(fathom, receiver.url)
    await messages.hook(pagewell, receiver.url, ("authorization.revoked", "api_key.created"))
    await world.sign_in(pagewell.developer)
    await world.code(pagewell.developer, pagewell)
    flow = await world.flow(pagewell.developer, pagewell)
    acme = await world.organization("Acme")
    client_id = messages.owner(pagewell).client_id
    database = world.platform.database
    async with database.transaction() as tx:
        await record(tx, world.act, acme, "api_key.created", subject=client_id, client_id=client_id)
    with pytest.raises(RuntimeError):
        async with database.transaction() as tx:
            await record(
                tx,
                world.act,
                pagewell.organization_id,
                "api_key.created",
                subject=client_id,
                client_id=client_id,
            )
            raise RuntimeError
    await messages.work()
    assert receiver.types == []
    await world.revoke(pagewell, flow.refresh)
    await messages.work()
    assert receiver.types == ["authorization.revoked"]
    assert receiver.got[0].json["data"]["client_id"] == pagewell.client_id


async def test_a_new_secret_signs_beside_the_old_one_for_a_day(
    world: World, messages: Messages, receiver: Receiver
) -> None:
    """So that a server can be given it in peace."""
    partner = await world.partner()
    first = await messages.hook(partner, receiver.url)
    database, owner = world.platform.database, messages.owner(partner)
    async with database.transaction() as tx:
        second = (await webhooks.rotate_secret(tx, world.act, owner)).secret
        await webhooks.send_test(tx, world.act, world.platform.entropy, owner, "us1")
    await messages.work()
    world.clock.move(hours=25)
    async with database.transaction() as tx:
        await webhooks.send_test(tx, world.act, world.platform.entropy, owner, "us1")
    await messages.work()
    during, after = receiver.got
    assert first != second
    assert during.is_signed_with(first)
    assert during.is_signed_with(second)
    assert not after.is_signed_with(first)
    assert after.is_signed_with(second)
    assert during.headers["webhook-id"] != after.headers["webhook-id"]


async def test_what_fails_is_tried_again_later_under_the_same_id_and_can_be_sent_again(
    world: World, messages: Messages, receiver: Receiver
) -> None:
    """Back-off, then success; every try is in the log with what was answered; sent again it is the same message."""
    partner = await world.partner(scopes=("monitors_read",))
    await messages.hook(partner, receiver.url)
    owner, database = messages.owner(partner), world.platform.database
    await world.sign_in(partner.developer)
    receiver.answer = REFUSES
    await world.flow(partner.developer, partner)
    await messages.work()
    assert await messages.states() == [("authorization.created", "waiting", 1)]
    assert await messages.work() == 0
    world.clock.move(seconds=7)
    await messages.work()
    receiver.answer = b"HTTP/1.1 200 OK\r\ncontent-length: 60\r\n\r\nthanks lsat_us1_" + b"A" * 44
    world.clock.move(minutes=7)
    await messages.work()
    assert await messages.states() == [("authorization.created", "sent", 3)]
    async with database.transaction() as tx:
        (line,) = await store.deliveries(tx, owner.organization_id, owner.client_id)  # type: ignore[arg-type]
        found = await webhooks.delivered(tx, owner, line.id)
        again = await webhooks.send_again(tx, world.act, owner, line.id)
        with pytest.raises(Conflict):
            await webhooks.send_again(tx, world.act, owner, line.id)
    assert [(one.status, one.answer) for one in found.tries] == [
        (200, "thanks lsat_…"), (503, "later"), (503, "later")
    ]  # fmt: skip
    assert again.delivery.state == "waiting"
    await messages.work()
    assert len({one.headers["webhook-id"] for one in receiver.got}) == 1
    assert len({one.body for one in receiver.got}) == 1
    assert len(receiver.got) == 4


async def test_an_endpoint_that_keeps_failing_is_paused_its_owner_told_and_resumed_when_it_answers(
    world: World, messages: Messages, receiver: Receiver
) -> None:
    """Ten failures in a row open the breaker; then one try at a time; the first success sends all that waits."""
    partner = await world.partner()
    await messages.hook(partner, receiver.url)
    owner, database = messages.owner(partner), world.platform.database
    receiver.answer = REFUSES
    client_id = owner.client_id
    async with database.transaction() as tx:
        for number in range(12):
            await record(
                tx, world.act, owner.organization_id, "api_key.created", subject=number, client_id=client_id
            )
    await messages.work()
    async with database.transaction() as tx:
        paused = await webhooks.get(tx, owner)
    assert paused.paused_at is not None
    tried = len(receiver.got)
    assert 10 <= tried <= 12
    await messages.work()
    (letter,) = messages.letters()
    assert partner.developer.email in str(letter["to"])
    assert "is paused" in str(letter["subject"])
    assert f"/clients/{client_id}/webhooks" in letter.as_string()
    world.clock.move(minutes=7)
    await messages.work()
    assert len(receiver.got) == tried + 1
    receiver.answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
    world.clock.move(minutes=15)
    await messages.work()
    async with database.transaction() as tx:
        assert (await webhooks.get(tx, owner)).paused_at is None
    assert {state for event, state, _ in await messages.states() if event == "api_key.created"} == {"sent"}
    assert {one.json["data"]["api_key"]["id"] for one in receiver.got} == {str(n) for n in range(12)}


async def test_a_paused_endpoint_is_resumed_by_its_owner_and_given_up_after_five_days(
    world: World, messages: Messages, receiver: Receiver
) -> None:
    """Resuming hurries what waits; what waits for an endpoint that never comes back fails in the end."""
    partner = await world.partner()
    await messages.hook(partner, receiver.url)
    owner, database = messages.owner(partner), world.platform.database
    receiver.answer = REFUSES
    async with database.transaction() as tx:
        for number in range(10):
            await record(
                tx,
                world.act,
                owner.organization_id,
                "api_key.created",
                subject=number,
                client_id=owner.client_id,
            )
    await messages.work()
    tried = len(receiver.got)
    world.clock.move(seconds=90)
    async with database.transaction() as tx:
        assert (await webhooks.resume(tx, world.act, owner)).paused_at is None
    await messages.work()
    assert len(receiver.got) >= tried + 9
    world.clock.move(days=6)
    async with database.transaction() as tx:
        await store.give_up(tx, world.clock.now(), timedelta(days=5))
    assert {state for event, state, _ in await messages.states() if event == "api_key.created"} == {"failed"}


async def test_many_workers_at_once_send_each_message_once(
    world: World, messages: Messages, receiver: Receiver
) -> None:
    """Claims are taken in turn, and no endpoint holds up another."""
    partner = await world.partner()
    await messages.hook(partner, receiver.url)
    owner = messages.owner(partner)
    async with world.platform.database.transaction() as tx:
        for number in range(40):
            await record(
                tx,
                world.act,
                owner.organization_id,
                "api_key.created",
                subject=number,
                client_id=owner.client_id,
            )
    await asyncio.gather(*(messages.work() for _ in range(3)))
    await messages.work()
    assert sorted(int(one.json["data"]["api_key"]["id"]) for one in receiver.got) == list(range(40))


async def test_a_webhook_that_is_removed_sends_nothing_more(
    world: World, messages: Messages, receiver: Receiver
) -> None:
    """What waited has failed, and the log stays. A new one has another life."""
    partner, other = await world.partner(), await world.partner("Fathom")
    await messages.hook(partner, receiver.url)
    owner, database = messages.owner(partner), world.platform.database
    async with database.transaction() as tx:
        await webhooks.send_test(tx, world.act, world.platform.entropy, owner, "us1")
        stranger = webhooks.Owner(owner.keys, other.organization_id, owner.client_id, True)
        with pytest.raises(Missing):
            await webhooks.remove(tx, world.act, stranger)
        await webhooks.remove(tx, world.act, owner)
    assert await messages.work() == 0
    assert await messages.states() == [("webhook.test", "failed", 0)]


async def test_test_events_are_few(world: World, messages: Messages) -> None:
    """Nobody uses us to post to somebody all day."""
    partner = await world.partner()
    await messages.hook(partner, "https://hooks.example.com/")
    async with world.platform.database.transaction() as tx:
        for _ in range(10):
            await webhooks.send_test(tx, world.act, world.platform.entropy, messages.owner(partner), "us1")
        with pytest.raises(Conflict):
            await webhooks.send_test(tx, world.act, world.platform.entropy, messages.owner(partner), "us1")


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "ftp://example.com/", "https://user@example.com/", "https://example.com/#a", "https://",
     "https://example.com:22/", "file:///etc/passwd", "gopher://example.com/", "https://exa mple.com/", ""],
)  # fmt: skip
@pytest.mark.row("B057", "R24")
def test_addresses_that_no_webhook_can_have(url: str) -> None:
    """Only https, and only ports that web servers have."""
    with pytest.raises(Refused):
        webhooks.checked_url(url, loopback=False)


def partner_secret(made: object) -> str:
    """The secret that was shown."""
    assert isinstance(made, NewSigningSecret)
    return made.secret


async def test_changing_a_webhook_shows_no_secret(world: World, messages: Messages, partner: Partner) -> None:
    """It is shown when it is made, and never again."""
    owner = messages.owner(partner)
    async with world.platform.database.transaction() as tx:
        first = await webhooks.put(tx, world.act, owner, "https://a.example.com/", ["api_key.created"])
        second = await webhooks.put(tx, world.act, owner, "https://b.example.com/", ["scopes.changed"])
    assert partner_secret(first).startswith("whsec_")
    assert not isinstance(second, NewSigningSecret)
    assert (second.url, second.events) == ("https://b.example.com/", ["scopes.changed"])


@pytest.fixture
async def partner(world: World) -> Partner:
    """A partner with a test client."""
    return await world.partner()
