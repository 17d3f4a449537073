"""Integrations of an organization over JSON: tiles, install, connect, what was called, uninstall and its receipts."""

from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec import Struct
from starlette.responses import Response

from latchstring.accounts import organizations
from latchstring.accounts.refused import Conflict, Forbidden, Missing
from latchstring.integrations import receipts, store
from latchstring.integrations.calls import DAYS, Usage, usages_of_client
from latchstring.integrations.connect import Lacking, asks_for, begin, lacking
from latchstring.integrations.install import install
from latchstring.integrations.model import Ended, Receipt, Tile, TileLine
from latchstring.integrations.uninstall import uninstall, what_would_end
from latchstring.web.api.answers import Many, One, many, one
from latchstring.web.api.asking import act_of, id_of, organization_of, paging_of, query_of
from latchstring.web.api.rows import OWN, PAGE, holding, row
from latchstring.web.http import Request
from latchstring.web.routing import Route


class Integration(Struct):
    """An integration as the organization sees it. `offered`: it may be installed; `blocked` and `withheld`: what the
    organization's app policy says of it."""

    id: UUID
    client_id: UUID
    name: str
    tagline: str
    categories: list[str]
    partner_name: str
    partner_verified: bool
    installed: bool
    installed_at: datetime | None
    offered: bool
    blocked: bool
    withheld: list[str]
    scopes: list[str]
    revision: int


class Listed(Struct):
    """An integration in the list."""

    id: UUID
    client_id: UUID
    name: str
    tagline: str
    categories: list[str]
    partner_name: str
    partner_verified: bool
    installed: bool
    blocked: bool


class Connection(Struct):
    """Where to send the browser of the credential's user: their next consent counts as begun at the tile."""

    url: str
    expires_at: datetime


class ScopeCalls(Struct):
    """What one scope was used for in thirty days; `scope` is null for calls that needed none."""

    scope: str | None
    calls: int
    last_at: datetime | None
    by_day: dict[str, int]
    by_operation: dict[str, int]


class Calls(Struct):
    """What an integration did in the organization within thirty days. `by_api_key`: data that was sent with its key."""

    calls: int
    scopes: list[ScopeCalls]
    without_scope: ScopeCalls
    by_api_key: ScopeCalls


async def list_integrations(request: Request) -> Response:
    """Installed ones with `installed=true`, those that could be installed with `installed=false`."""
    page, organization_id = paging_of(request), await organization_of(request)
    read = store.installed if query_of(request, "installed") == "true" else store.catalogue
    found = await read(
        request.tx,
        organization_id,
        search=query_of(request, "search"),
        category=query_of(request, "category"),
        after=_after(page.after),
        limit=page.size + 1,
    )
    positions = {tile.id: f"{tile.id}~{tile.position}" for tile in found}
    return many([_listed(tile) for tile in found], page.size, lambda listed: positions[listed.id])


def _after(cursor: str | None) -> tuple[str, UUID] | None:
    written, _, position = (cursor or "").partition("~")
    try:
        return (position, UUID(written)) if written else None
    except ValueError:
        return None


async def read_integration(request: Request) -> Response:
    _, tile = await _tile(request)
    return one(_integration(tile))


async def put_installation(request: Request) -> Response:
    """Twice is once."""
    organization_id, tile = await _tile(request)
    await install(request.tx, act_of(request), organization_id, tile, request.credential.user_id)
    _, tile = await _tile(request)
    return one(_integration(tile))


async def create_connection(request: Request) -> Response:
    organization_id, tile = await _tile(request)
    user_id, now = request.credential.user_id, request.platform.clock.now()
    if user_id is None:
        raise Forbidden("a connection is a person's: use a personal credential")
    missing = await lacking(request.tx, organization_id, tile, request.credential.permissions)
    if missing:
        raise Forbidden(f"you lack permissions that it asks for: {_told(missing)}")
    if not (tile.installed and tile.offered and tile.onboarding_url) or tile.blocked:
        raise Conflict("it is not installed, not offered, blocked, or says not where connecting begins")
    subdomain = (await organizations.get(request.tx, organization_id)).subdomain
    url = await begin(
        request.tx, request.platform.site, organization_id, user_id, tile, subdomain=subdomain, now=now
    )
    return one(Connection(url, now + timedelta(hours=1)), 201)


def _told(missing: tuple[Lacking, ...]) -> str:
    return "; ".join(f"{one.scope} (held by {', '.join(one.holders) or 'nobody'})" for one in missing)


async def read_calls(request: Request) -> Response:
    organization_id, tile = await _tile(request)
    now = request.platform.clock.now()
    found = await usages_of_client(
        request.tx, request.platform.contract, organization_id, tile.client_id, tile.client_scopes, now
    )
    today = now.date()
    told = Calls(
        found.total.calls,
        [_usage(usage, today) for usage in found.scopes],
        _usage(found.others, today),
        _usage(found.by_key, today),
    )
    return one(told)


async def preview_uninstallation(request: Request) -> Response:
    organization_id, tile = await _tile(request)
    return one(await what_would_end(request.tx, organization_id, tile.client_id))


async def delete_installation(request: Request) -> Response:
    """The answer is the receipt, sent when nothing of it works any more."""
    organization_id, tile = await _tile(request)
    receipt = await uninstall(
        request.tx,
        request.platform.entropy,
        act_of(request),
        organization_id,
        tile,
        request.credential.user_id,
    )
    if receipt is None:
        raise Conflict("it is not installed")
    return one(receipt)


async def list_receipts(request: Request) -> Response:
    page, organization_id = paging_of(request), await organization_of(request)
    found = await receipts.page(request.tx, organization_id, after=page.after_moment, limit=page.size + 1)
    return many(found, page.size, lambda receipt: f"{receipt.uninstalled_at.isoformat()}~{receipt.id}")


async def read_receipt(request: Request) -> Response:
    organization_id = await organization_of(request)
    found = await receipts.find(request.tx, organization_id, id_of(request, "receipt_id"))
    if found is None:
        raise Missing("receipt")
    return one(found)


async def _tile(request: Request) -> tuple[UUID, Tile]:
    organization_id = await organization_of(request)
    found = await store.find(request.tx, organization_id, id_of(request, "integration_id"))
    if found is None:
        raise Missing("integration")
    return organization_id, found


def _listed(tile: TileLine) -> Listed:
    return Listed(
        tile.id,
        tile.client_id,
        tile.name,
        tile.tagline,
        list(tile.categories),
        tile.partner_name,
        tile.partner_verified,
        tile.installed,
        tile.blocked,
    )


def _integration(tile: Tile) -> Integration:
    return Integration(
        id=tile.id,
        client_id=tile.client_id,
        name=tile.name,
        tagline=tile.tagline,
        categories=list(tile.categories),
        partner_name=tile.partner_name,
        partner_verified=tile.partner_verified,
        installed=tile.installed,
        installed_at=tile.installed_at,
        offered=tile.offered,
        blocked=tile.blocked,
        withheld=list(tile.withheld),
        scopes=list(asks_for(tile)),
        revision=tile.client_revision,
    )


def _usage(usage: Usage, today: date) -> ScopeCalls:
    days = {
        (today - timedelta(days=DAYS - 1 - place)).isoformat(): calls
        for place, calls in enumerate(usage.days)
        if calls
    }
    return ScopeCalls(usage.scope, usage.calls, usage.last_at, days, dict(usage.operations))


_INTEGRATIONS = "/organizations/{organization_id}/integrations"
_INTEGRATION = _INTEGRATIONS + "/{integration_id}"
_RECEIPTS = "/organizations/{organization_id}/uninstall_receipts"
_MANAGE = holding("integrations_manage")

ROUTES: tuple[Route, ...] = (
    row("GET", _INTEGRATIONS, list_integrations, OWN,
        "List integrations that could be installed, or with `installed=true` those that are, in order of names",
        gives=Many[Listed], query={**PAGE, "search": str, "category": str, "installed": bool}),
    row("GET", _INTEGRATION, read_integration, OWN, "Read an integration", gives=One[Integration]),
    row("PUT", _INTEGRATION + "/installation", put_installation, _MANAGE, "Install an integration",
        gives=One[Integration]),
    row("POST", _INTEGRATION + "/connections", create_connection, OWN,
        "Begin to connect an account; the URL is for the browser of the credential's user", gives=One[Connection],
        status=201),
    row("GET", _INTEGRATION + "/calls", read_calls, holding("oauth_apps_read"),
        "Read what an integration called in the last thirty days, by scope", gives=One[Calls]),
    row("GET", _INTEGRATION + "/installation/consequences", preview_uninstallation, _MANAGE,
        "Read what uninstalling would end", gives=One[Ended]),
    row("DELETE", _INTEGRATION + "/installation", delete_installation, _MANAGE,
        "Uninstall an integration, in force everywhere when the receipt is sent", gives=One[Receipt]),
    row("GET", _RECEIPTS, list_receipts, _MANAGE, "List receipts of uninstallations, newest first",
        gives=Many[Receipt], query=PAGE),
    row("GET", _RECEIPTS + "/{receipt_id}", read_receipt, _MANAGE, "Read a receipt", gives=One[Receipt]),
)  # fmt: skip
