"""What waits and what has failed is told to Prometheus."""

from tests.messages.conftest import Messages
from tests.world import World

from latchstring.messages import webhooks


async def test_prometheus_is_told_what_waits(world: World, messages: Messages) -> None:
    """By kind and state, with the age of the oldest."""
    partner = await world.partner()
    await messages.hook(partner, "https://hooks.example.com/")
    async with world.platform.database.transaction() as tx:
        await webhooks.send_test(tx, world.act, world.platform.entropy, messages.owner(partner), "us1")
    world.clock.move(seconds=90)
    told = (await world.machine.get("/metrics")).text
    assert 'latchstring_messages{kind="webhook",state="waiting"} 1.0' in told
    assert 'latchstring_messages{kind="mail",state="failed"} 0.0' in told
    assert 'latchstring_messages_oldest_seconds{kind="webhook"} 90.0' in told
