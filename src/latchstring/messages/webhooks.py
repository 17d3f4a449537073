"""A client's webhook as its owner handles it: made, changed, given another secret, tried, resumed and removed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from latchstring.accounts import organizations
from latchstring.accounts.refused import Conflict, Missing, Refused
from latchstring.apps import clients
from latchstring.apps.model import OwnedClient
from latchstring.audit.entries import Act, record
from latchstring.kit.entropy import Entropy
from latchstring.messages import store, webhook_store
from latchstring.messages.model import EVENTS, TEST_EVENT, Delivered, NewSigningSecret, Webhook
from latchstring.messages.schedule import CLAIM, TRIES
from latchstring.messages.signing import secret_of
from latchstring.messages.store import Draft
from latchstring.protocol.redirect_uri import problem_with
from latchstring.storage.database import Transaction
from latchstring.storage.keys import KeyRing

#: For how long the secret before signs too, so that a server can be given the new one in peace.
OVERLAP: Final = timedelta(hours=24)
_TESTS_A_MINUTE: Final = 10
_HTTPS: Final = 443
_FIRST_FREE_PORT: Final = 1_024


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose client it is, and with which keys and rules."""

    keys: KeyRing
    organization_id: UUID
    client_id: UUID | None
    loopback: bool


async def get(tx: Transaction, owner: Owner) -> Webhook:
    """The client's webhook.

    Raises:
        Missing: no such client, or it has none.
    """
    client = await client_of(tx, owner)
    found = await webhook_store.find(tx, owner.organization_id, client.id)
    if found is None:
        raise Missing("webhook")
    return found


async def client_of(tx: Transaction, owner: Owner) -> OwnedClient:
    """The client.

    Raises:
        Missing: the organization has none of that id.
    """
    return await clients.get(tx, owner.organization_id, owner.client_id)


async def find(tx: Transaction, owner: Owner) -> Webhook | None:
    """The client's webhook, or None."""
    client = await client_of(tx, owner)
    return await webhook_store.find(tx, owner.organization_id, client.id)


async def put(
    tx: Transaction, act: Act, owner: Owner, url: str, events: Collection[str]
) -> NewSigningSecret | Webhook:
    """Write address and events. The first time there is a secret to show.

    Raises:
        Refused: the address or an event can't be so.
    """
    client = await client_of(tx, owner)
    url, wanted = checked_url(url, loopback=owner.loopback), checked_events(events)
    made = await webhook_store.put(
        tx, owner.organization_id, client.id, url=url, events=wanted, key_id=owner.keys.newest, at=act.at
    )
    action = "webhook.created" if made else "webhook.updated"
    await _record(tx, act, owner, action, {"host": urlsplit(url).netloc, "events": wanted})
    webhook = await get(tx, owner)
    return _with_secret(owner, webhook, 1) if made else webhook


async def rotate_secret(tx: Transaction, act: Act, owner: Owner) -> NewSigningSecret:
    """Another secret. The one before signs too for a day, beside it."""
    webhook = await get(tx, owner)
    generation = await webhook_store.rotate(
        tx,
        owner.organization_id,
        webhook.client_id,
        key_id=owner.keys.newest,
        until=act.at + OVERLAP,
        at=act.at,
    )
    await _record(tx, act, owner, "webhook.secret_rotated", {})
    return _with_secret(owner, await get(tx, owner), generation)


async def remove(tx: Transaction, act: Act, owner: Owner) -> None:
    """Send nothing any more; what waits is dropped, and the log stays."""
    webhook = await get(tx, owner)
    await webhook_store.remove(tx, owner.organization_id, webhook.client_id)
    await store.drop(tx, owner.organization_id, webhook.client_id, act.at)
    await _record(tx, act, owner, "webhook.removed", {})


async def resume(tx: Transaction, act: Act, owner: Owner) -> Webhook:
    """Send again to an endpoint that was paused."""
    webhook = await get(tx, owner)
    if await webhook_store.resume(tx, webhook.client_id):
        await store.hasten(tx, webhook.client_id, act.at, CLAIM)
        await _record(tx, act, owner, "webhook.resumed", {})
    return await get(tx, owner)


async def send_test(tx: Transaction, act: Act, entropy: Entropy, owner: Owner, site: str) -> UUID:
    """Send an event that tells of nothing; the message's id.

    Raises:
        Conflict: that was done often enough within a minute.
    """
    webhook = await get(tx, owner)
    since = act.at - timedelta(minutes=1)
    recent = await store.recent_of(tx, owner.organization_id, webhook.client_id, TEST_EVENT, since)
    if recent >= _TESTS_A_MINUTE:
        raise Conflict(f"at most {_TESTS_A_MINUTE} test events are sent within a minute")
    organization = await organizations.get(tx, owner.organization_id)
    payload = {
        "type": TEST_EVENT,
        "timestamp": act.at,
        "data": {
            "site": site,
            "client_id": webhook.client_id,
            "organization": {"id": organization.id, "name": organization.name},
        },
    }
    draft = Draft(
        owner.organization_id, entropy.uuid(), None, "webhook", TEST_EVENT, webhook.client_id, payload
    )
    await store.insert(tx, [draft], act.at, tries=1)
    return draft.id


async def delivered(tx: Transaction, owner: Owner, message_id: UUID | None) -> Delivered:
    """A delivery with all of its attempts.

    Raises:
        Missing: the client has none of that id.
    """
    client = await client_of(tx, owner)
    found = message_id and await store.delivered(tx, owner.organization_id, client.id, message_id)
    if not found:
        raise Missing("delivery")
    return found


async def send_again(tx: Transaction, act: Act, owner: Owner, message_id: UUID | None) -> Delivered:
    """Send a message once more, with the id it has.

    Raises:
        Conflict: it waits to be sent anyway.
        Missing: there is no such delivery, or no webhook any more.
    """
    webhook, found = await get(tx, owner), await delivered(tx, owner, message_id)
    if not await store.send_again(
        tx, owner.organization_id, webhook.client_id, found.delivery.id, at=act.at, tries=TRIES
    ):
        raise Conflict("is waiting to be sent")
    return await delivered(tx, owner, found.delivery.id)


def checked_url(url: str, *, loopback: bool) -> str:
    """The address, or why it can't be one.

    Raises:
        Refused: see its reason.
    """
    url = url.strip()
    if problem := problem_with(url, test_client=loopback):
        raise Refused(problem, field="url")
    parts = urlsplit(url)
    port = parts.port or _HTTPS
    if port != _HTTPS and port < _FIRST_FREE_PORT:
        raise Refused(f"must have port {_HTTPS}, or one from {_FIRST_FREE_PORT}", field="url")
    return url


def checked_events(events: Collection[str]) -> list[str]:
    """The events, in their order.

    Raises:
        Refused: none, or one that there is not.
    """
    if unknown := [event for event in events if event not in EVENTS]:
        raise Refused(f"has an event that there is not: {unknown[0][:100]}", field="events")
    if not events:
        raise Refused("must have at least one event", field="events")
    return [event for event in EVENTS if event in events]


def _with_secret(owner: Owner, webhook: Webhook, generation: int) -> NewSigningSecret:
    secret = secret_of(owner.keys, webhook.client_id, generation, owner.keys.newest)
    assert secret is not None
    return NewSigningSecret(webhook, secret)


async def _record(tx: Transaction, act: Act, owner: Owner, action: str, details: dict[str, Any]) -> None:
    await record(
        tx,
        act,
        owner.organization_id,
        action,
        subject=owner.client_id,
        client_id=owner.client_id,
        details=details,
    )
