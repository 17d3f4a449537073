"""The tab Uninstall of an integration: what will end, the end of it, and the receipt."""

import msgspec
from starlette.responses import Response

from latchstring.accounts.refused import Missing
from latchstring.integrations import receipts
from latchstring.integrations.model import EndedAuthorization, EndedKey, Receipt, Tile
from latchstring.integrations.store import find
from latchstring.integrations.uninstall import uninstall as end
from latchstring.integrations.uninstall import what_would_end
from latchstring.web.http import NO_STORE, Request, path_uuid, see_other
from latchstring.web.organization.tiles import MANAGER, act_of, head_of, page, tile_of, tile_path
from latchstring.web.pages.integrations.uninstalled import (
    EarlierReceipt,
    EndedAccount,
    EndedKeyLine,
    TileUninstallation,
    UninstallReceipt,
)
from latchstring.web.pages.page import Person
from latchstring.web.partner_text import partner_text
from latchstring.web.routing import Route
from latchstring.web.show import show
from latchstring.web.signed_in import organization_of

_EARLIER = 10


async def ask(request: Request) -> Response:
    """What will die, listed with names and last use."""
    session, organization_id, tile = await tile_of(request)
    ended = await what_would_end(request.tx, organization_id, tile.client_id)
    earlier = await receipts.page(request.tx, organization_id, integration_id=tile.id, limit=_EARLIER)
    shown = TileUninstallation(
        tile=head_of(tile, session),
        accounts=tuple(_account(one) for one in ended.authorizations),
        keys=tuple(_key(one) for one in ended.api_keys),
        words=partner_text(tile.uninstallation),
        earlier=tuple(
            EarlierReceipt(_receipt_path(one), one.uninstalled_at, one.uninstalled_by_name) for one in earlier
        ),
    )
    return show(request, shown)


async def uninstall(request: Request) -> Response:
    """End it. The answer is sent when nothing of it works any more; the second of two finds nothing to end."""
    session, organization_id, tile = await tile_of(request)
    platform = request.platform
    receipt = await end(request.tx, platform.entropy, act_of(request), organization_id, tile, session.user_id)
    return see_other(f"{_receipt_path(receipt)}?done=uninstalled" if receipt else _tab(tile))


async def receipt(request: Request) -> Response:
    """Everything that ended, for good; also when the tile is out of sight."""
    session, organization_id = organization_of(request)
    found = await _receipt_of(request)
    tile = await find(request.tx, organization_id, found.integration_id)
    shown = UninstallReceipt(
        id=str(found.id),
        integration=found.integration_name,
        organization=session.organization_name or "",
        client_id=str(found.client_id),
        at=found.uninstalled_at,
        by=found.uninstalled_by_name,
        accounts=tuple(_account(one) for one in found.ended.authorizations),
        keys=tuple(_key(one) for one in found.ended.api_keys),
        document=_receipt_path(found) + "/document",
        tile=tile_path(tile.id) if tile else None,
        fresh=request.query_params.get("done") == "uninstalled",
    )
    return show(request, shown)


async def document(request: Request) -> Response:
    """The receipt in JSON, to be saved."""
    found = await _receipt_of(request)
    headers = {**NO_STORE, "content-disposition": f'attachment; filename="uninstall-receipt-{found.id}.json"'}
    content = msgspec.json.format(msgspec.json.encode(found), indent=2)
    return Response(content, 200, headers, "application/json")


async def _receipt_of(request: Request) -> Receipt:
    _, organization_id = organization_of(request)
    found = await receipts.find(request.tx, organization_id, path_uuid(request, "receipt_id"))
    if found is None or found.integration_id != path_uuid(request, "integration_id"):
        raise Missing("receipt")
    return found


def _receipt_path(found: Receipt) -> str:
    return tile_path(found.integration_id, "receipts", found.id)


def _tab(tile: Tile) -> str:
    return tile_path(tile.id, "uninstallation")


def _account(one: EndedAuthorization) -> EndedAccount:
    return EndedAccount(
        person=Person(one.user_name, one.user_email),
        scopes=len(one.scopes),
        since=one.consented_at,
        last_used_at=one.last_used_at,
        pending=one.state == "pending",
    )


def _key(one: EndedKey) -> EndedKeyLine:
    return EndedKeyLine(
        name=one.name,
        last4=one.last4,
        created_by=one.created_by_name,
        since=one.created_at,
        last_used_at=one.last_used_at,
    )


ROUTES: tuple[Route, ...] = (
    page("GET", "/uninstallation", ask),
    page("POST", "/uninstallation", uninstall, MANAGER),
    page("GET", "/receipts/{receipt_id}", receipt),
    page("GET", "/receipts/{receipt_id}/document", document),
)
