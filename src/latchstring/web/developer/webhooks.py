"""The tab Webhooks: where a client's events go, what was delivered, and sending again.

The signing secret is the answer to the POST that makes it, as a client's secret is: it is never in a URL, and a
repeated POST finds that there is a webhook already, or that the secret it asked about is gone.
"""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

import msgspec
from starlette.responses import Response

from latchstring.accounts.refused import Conflict, Refused
from latchstring.apps.model import App, OwnedClient
from latchstring.messages import store, webhooks
from latchstring.messages.model import EVENTS, Delivery, NewSigningSecret, Webhook
from latchstring.messages.schedule import FAILURES_TO_PAUSE
from latchstring.messages.webhooks import Owner
from latchstring.web.developer.desk import (
    act_of,
    app_path,
    client_head_of,
    client_of,
    head_of,
    page,
    sandbox_of,
)
from latchstring.web.developer.reasons import by_field
from latchstring.web.http import Request, path_uuid, see_other
from latchstring.web.pages.developer.webhooks import (
    MEANINGS,
    ConfirmWebhookRemoval,
    ConfirmWebhookSecret,
    DeliveryLine,
    EventRow,
    Try,
    WebhookDelivery,
    WebhookForm,
    Webhooks,
    WebhookSecretOnce,
    WebhookState,
    problem_of,
)
from latchstring.web.routing import Route
from latchstring.web.show import show

_SIZE = 25
_DONE = ("saved", "stored", "tested", "resumed", "removed", "too_many")


async def index(request: Request) -> Response:
    """Address, events, secret and log."""
    app, client = await client_of(request)
    webhook = await webhooks.find(request.tx, _owner(request, client))
    form = _form(webhook.url, webhook.events) if webhook else _form("", EVENTS)
    return await _shown(request, app, client, webhook, form)


async def save(request: Request) -> Response:
    """Save address and events; the first time the secret is shown."""
    app, client = await client_of(request)
    url = request.fields.get("url") or ""
    events = [event for event in EVENTS if request.fields.get(f"event.{event}") == "yes"]
    owner = _owner(request, client)
    try:
        made = await webhooks.put(request.tx, act_of(request), owner, url, events)
    except Refused as refused:
        form = _form(url, events, [refused])
        return await _shown(request, app, client, await webhooks.find(request.tx, owner), form, 400)
    if isinstance(made, NewSigningSecret):
        return _secret(request, app, client, made)
    return see_other(_path(app, client) + "?done=saved")


async def stored(request: Request) -> Response:
    """Somebody has stored the secret; on to the webhook."""
    app, client = await client_of(request)
    return see_other(_path(app, client) + "?done=stored")


async def confirm_secret(request: Request) -> Response:
    """Ask before the secret is replaced."""
    app, client = await client_of(request)
    webhook = await webhooks.get(request.tx, _owner(request, client))
    asked = ConfirmWebhookSecret(
        app=head_of(app), client=client_head_of(client, app), seen=webhook.secret_created_at.isoformat()
    )
    return show(request, asked)


async def regenerate_secret(request: Request) -> Response:
    """Put another secret beside the one that was asked about, and show it this once."""
    app, client = await client_of(request)
    owner = _owner(request, client)
    webhook = await webhooks.get(request.tx, owner)
    if request.fields.get("seen") != webhook.secret_created_at.isoformat():
        return see_other(_path(app, client))
    return _secret(request, app, client, await webhooks.rotate_secret(request.tx, act_of(request), owner))


async def test(request: Request) -> Response:
    """Send a test event."""
    app, client = await client_of(request)
    platform, owner = request.platform, _owner(request, client)
    try:
        await webhooks.send_test(request.tx, act_of(request), platform.entropy, owner, platform.site.key)
    except Conflict:
        return see_other(_path(app, client) + "?done=too_many")
    return see_other(_path(app, client) + "?done=tested#deliveries")


async def resume(request: Request) -> Response:
    """Go on sending to an endpoint that was paused."""
    app, client = await client_of(request)
    await webhooks.resume(request.tx, act_of(request), _owner(request, client))
    return see_other(_path(app, client) + "?done=resumed")


async def confirm_removal(request: Request) -> Response:
    """Ask before the webhook ends."""
    app, client = await client_of(request)
    webhook = await webhooks.get(request.tx, _owner(request, client))
    asked = ConfirmWebhookRemoval(app=head_of(app), client=client_head_of(client, app), url=webhook.url)
    return show(request, asked)


async def remove(request: Request) -> Response:
    """End the webhook."""
    app, client = await client_of(request)
    await webhooks.remove(request.tx, act_of(request), _owner(request, client))
    return see_other(_path(app, client) + "?done=removed")


async def delivery(request: Request) -> Response:
    """One message and its attempts."""
    app, client = await client_of(request)
    owner = _owner(request, client)
    found = await webhooks.delivered(request.tx, owner, path_uuid(request, "message_id"))
    webhook = await webhooks.find(request.tx, owner)
    shown = WebhookDelivery(
        app=head_of(app),
        client=client_head_of(client, app),
        line=_line(app, client, found.delivery),
        message_id=f"msg_{found.delivery.id.hex}",
        payload=msgspec.json.format(msgspec.json.encode(found.payload), indent=2).decode(),
        tries=tuple(
            Try(
                number=one.number,
                at=one.at,
                milliseconds=one.milliseconds,
                status=one.status,
                problem=problem_of(one.status, one.problem),
                answer=one.answer,
                ok=one.problem == "",
            )
            for one in found.tries
        ),
        may_send_again=webhook is not None and found.delivery.state != "waiting",
        done="again" if request.query_params.get("done") == "again" else None,
    )
    return show(request, shown)


async def send_again(request: Request) -> Response:
    """Send a message once more."""
    app, client = await client_of(request)
    message_id = path_uuid(request, "message_id")
    try:
        await webhooks.send_again(request.tx, act_of(request), _owner(request, client), message_id)
    except Conflict:
        return see_other(f"{_path(app, client)}/deliveries/{message_id}")
    return see_other(f"{_path(app, client)}/deliveries/{message_id}?done=again")


async def _shown(
    request: Request,
    app: App,
    client: OwnedClient,
    webhook: Webhook | None,
    form: WebhookForm,
    status: int = 200,
) -> Response:
    after, done = _cursor(request.query_params.get("after", "")), request.query_params.get("done")
    found = await store.deliveries(request.tx, sandbox_of(request), client.id, after=after, limit=_SIZE + 1)
    path = _path(app, client)
    shown = Webhooks(
        app=head_of(app),
        client=client_head_of(client, app),
        form=form,
        webhook=_state(webhook) if webhook else None,
        rows=tuple(_line(app, client, one) for one in found[:_SIZE]),
        older=_onward(path, found[_SIZE - 1]) if len(found) > _SIZE else None,
        first=f"{path}#deliveries" if after else None,
        done=done if done in _DONE else None,
        days=request.platform.settings.messages_days,
        failures_to_pause=FAILURES_TO_PAUSE,
    )
    return show(request, shown, status, path=path)


def _owner(request: Request, client: OwnedClient) -> Owner:
    platform = request.platform
    loopback = platform.settings.webhooks_allow_loopback
    return Owner(platform.shared_keys, sandbox_of(request), client.id, loopback)


def _form(url: str, events: Sequence[str], refused: list[Refused] | None = None) -> WebhookForm:
    rows = tuple(EventRow(event, MEANINGS[event], event in events) for event in EVENTS)
    return WebhookForm(url=url[:2_000], events=rows, problems=by_field(refused or []))


def _state(webhook: Webhook) -> WebhookState:
    return WebhookState(
        secret_created_at=webhook.secret_created_at,
        former_secret_until=webhook.former_secret_until,
        paused_at=webhook.paused_at,
        retry_at=webhook.retry_at,
    )


def _line(app: App, client: OwnedClient, one: Delivery) -> DeliveryLine:
    return DeliveryLine(
        path=f"{_path(app, client)}/deliveries/{one.id}",
        event=one.event,
        state=one.state,
        attempts=one.attempts,
        at=one.created_at,
        next_attempt_at=one.next_attempt_at,
        status=one.status,
        problem=problem_of(one.status, one.problem),
    )


def _secret(request: Request, app: App, client: OwnedClient, made: NewSigningSecret) -> Response:
    shown = WebhookSecretOnce(
        app=head_of(app),
        client=client_head_of(client, app),
        secret=made.secret,
        former_until=made.webhook.former_secret_until,
    )
    return show(request, shown, path=_path(app, client))


def _path(app: App, client: OwnedClient) -> str:
    return app_path(app, "clients", client.id, "webhooks")


def _onward(path: str, last: Delivery) -> str:
    return f"{path}?after={quote(f'{last.created_at.isoformat()}~{last.id}', safe='')}#deliveries"


def _cursor(text: str) -> tuple[datetime, UUID] | None:
    moment, _, number = text.partition("~")
    try:
        at = datetime.fromisoformat(moment)
        return (at, UUID(number)) if at.tzinfo else None
    except ValueError:
        return None


_CLIENT = "/apps/{app_id}/clients/{client_id}/webhooks"

ROUTES: tuple[Route, ...] = (
    page("GET", _CLIENT, index),
    page("POST", _CLIENT, save),
    page("POST", _CLIENT + "/stored", stored),
    page("GET", _CLIENT + "/secret", confirm_secret),
    page("POST", _CLIENT + "/secret", regenerate_secret),
    page("POST", _CLIENT + "/test", test),
    page("POST", _CLIENT + "/resumption", resume),
    page("GET", _CLIENT + "/removal", confirm_removal),
    page("POST", _CLIENT + "/removal", remove),
    page("GET", _CLIENT + "/deliveries/{message_id}", delivery),
    page("POST", _CLIENT + "/deliveries/{message_id}", send_again),
)
