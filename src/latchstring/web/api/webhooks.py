"""A client's webhook and its delivery log, over JSON."""

from uuid import UUID

from msgspec import Struct
from starlette.responses import Response

from latchstring.messages import store, webhooks
from latchstring.messages.model import Delivered, Delivery, Event, NewSigningSecret, Webhook
from latchstring.messages.webhooks import Owner
from latchstring.web.api.answers import Many, One, many, nothing, one
from latchstring.web.api.asking import act_of, id_of, organization_of, paging_of
from latchstring.web.api.rows import PAGE, holding, row
from latchstring.web.http import Request
from latchstring.web.routing import Route


class WrittenWebhook(Struct, frozen=True):
    """A webhook as it is now; `secret` only in the answer that made it."""

    webhook: Webhook
    secret: str | None


class WantedWebhook(Struct, forbid_unknown_fields=True):
    """Where events go, and which."""

    url: str
    events: tuple[Event, ...]


class SentMessage(Struct, frozen=True):
    """The delivery to look for in the log."""

    id: UUID


async def read_webhook(request: Request) -> Response:
    return one(await webhooks.get(request.tx, await _owner(request)))


async def put_webhook(request: Request) -> Response:
    asked, owner = await request.json_as(WantedWebhook), await _owner(request)
    made = await webhooks.put(request.tx, act_of(request), owner, asked.url, asked.events)
    if isinstance(made, NewSigningSecret):
        return one(WrittenWebhook(made.webhook, made.secret))
    return one(WrittenWebhook(made, None))


async def remove_webhook(request: Request) -> Response:
    await webhooks.remove(request.tx, act_of(request), await _owner(request))
    return nothing()


async def rotate_secret(request: Request) -> Response:
    return one(await webhooks.rotate_secret(request.tx, act_of(request), await _owner(request)), 201)


async def resume_webhook(request: Request) -> Response:
    return one(await webhooks.resume(request.tx, act_of(request), await _owner(request)))


async def send_test(request: Request) -> Response:
    platform, owner = request.platform, await _owner(request)
    sent = await webhooks.send_test(request.tx, act_of(request), platform.entropy, owner, platform.site.key)
    return one(SentMessage(sent), 201)


async def list_deliveries(request: Request) -> Response:
    page, owner = paging_of(request), await _owner(request)
    found = await store.deliveries(
        request.tx,
        owner.organization_id,
        (await webhooks.client_of(request.tx, owner)).id,
        after=page.after_moment,
        limit=page.size + 1,
    )
    return many(found, page.size, lambda delivery: f"{delivery.created_at.isoformat()}~{delivery.id}")


async def read_delivery(request: Request) -> Response:
    return one(await webhooks.delivered(request.tx, await _owner(request), id_of(request, "message_id")))


async def send_again(request: Request) -> Response:
    owner, message_id = await _owner(request), id_of(request, "message_id")
    return one(await webhooks.send_again(request.tx, act_of(request), owner, message_id), 201)


async def _owner(request: Request) -> Owner:
    platform = request.platform
    return Owner(
        platform.shared_keys,
        await organization_of(request),
        id_of(request, "client_id"),
        platform.settings.webhooks_allow_loopback,
    )


_WEBHOOK = "/organizations/{organization_id}/clients/{client_id}/webhook"
_DELIVERY = _WEBHOOK + "/deliveries/{message_id}"
_MANAGE = holding("apps_manage")

ROUTES: tuple[Route, ...] = (
    row("GET", _WEBHOOK, read_webhook, _MANAGE, "Read a client's webhook", gives=One[Webhook]),
    row("PUT", _WEBHOOK, put_webhook, _MANAGE,
        "Write where a client's events go; the answer that makes the webhook has its signing secret, once",
        takes=WantedWebhook, gives=One[WrittenWebhook]),
    row("DELETE", _WEBHOOK, remove_webhook, _MANAGE, "Remove a webhook; its delivery log stays", status=204),
    row("POST", _WEBHOOK + "/secret", rotate_secret, _MANAGE,
        "Regenerate the signing secret: the one before signs too for 24 hours", gives=One[NewSigningSecret], status=201),
    row("DELETE", _WEBHOOK + "/pause", resume_webhook, _MANAGE,
        "Send again to an endpoint that was paused because it failed", gives=One[Webhook]),
    row("POST", _WEBHOOK + "/test", send_test, _MANAGE, "Send a test event", gives=One[SentMessage], status=201),
    row("GET", _WEBHOOK + "/deliveries", list_deliveries, _MANAGE, "List deliveries, newest first",
        gives=Many[Delivery], query=PAGE),
    row("GET", _DELIVERY, read_delivery, _MANAGE, "Read a delivery: what was sent, and every attempt",
        gives=One[Delivered]),
    row("POST", _DELIVERY + "/redelivery", send_again, _MANAGE, "Send a message again, with the id it has",
        gives=One[Delivered], status=201),
)  # fmt: skip
