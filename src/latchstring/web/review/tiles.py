"""What is published on this site: taken back, and rolled back."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from latchstring.accounts.refused import Forbidden, Missing, Refused
from latchstring.apps.changes import changes
from latchstring.protocol.client_authentication import uuid_of
from latchstring.publishing import reviewers, revisions, roll_back, tiles
from latchstring.publishing.tiles import Tile
from latchstring.web.developer.reasons import told
from latchstring.web.http import Request, path_uuid, see_other
from latchstring.web.pages import faults
from latchstring.web.pages.paths import PATHS
from latchstring.web.pages.review.queue import ReviewedTiles, TileLine
from latchstring.web.pages.review.requests import ReviewedTile
from latchstring.web.pages.submissions import ChangeLines, Reached
from latchstring.web.review.desk import act_of, page
from latchstring.web.review.names import names_of
from latchstring.web.routing import Route
from latchstring.web.show import show
from latchstring.web.signed_in import session_of
from latchstring.web.submission_view import revision_lines, told_changes

_SIZE = 50
_PATH = PATHS.review + "/integrations"
_DONE = ("withdrawn", "restored")


async def index(request: Request) -> Response:
    """The tiles of this site."""
    after = uuid_of(request.query_params.get("after", ""))
    found = await tiles.page(request.tx, request.platform.site.key, None, after, _SIZE + 1)
    lines = [
        TileLine(
            path=f"{_PATH}/{one.id}",
            name=one.name,
            partner=one.partner_name,
            audience=one.audience,
            updated_at=one.updated_at,
        )
        for one in found[:_SIZE]
    ]
    older = f"{_PATH}?after={found[_SIZE - 1].id}" if len(found) > _SIZE else None
    return show(request, ReviewedTiles(rows=tuple(lines), older=older))


async def one(request: Request) -> Response:
    """A tile with its client's revisions."""
    return await _answer(request, await _tile(request))


async def withdraw(request: Request) -> Response:
    """Take the tile back."""
    tile, site = await _tile(request), request.platform.site.key

    async def work() -> None:
        reason = request.fields.get("reason") or ""
        await tiles.take_back(request.tx, site, act_of(request), None, tile.id, reason)

    return await _done(request, tile, "withdrawn", work)


async def restore(request: Request) -> Response:
    """Roll the client back by one revision."""
    tile = await _tile(request)
    live, reason = request.fields.get("live") or "", request.fields.get("why") or ""

    async def work() -> None:
        await roll_back.roll_back(
            request.tx, request.platform.house, act_of(request), tile.organization_id, tile.client_id,
            live=int(live) if live.isascii() and live.isdigit() else 0, reason=reason,
        )  # fmt: skip

    return await _done(request, tile, "restored", work)


async def _done(request: Request, tile: Tile, done: str, work: Callable[[], Awaitable[None]]) -> Response:
    await request.tx.execute("SAVEPOINT asked")
    try:
        await reviewers.must_not_be_their_own(request.tx, session_of(request).user_id, tile.organization_id)
        await work()
    except Forbidden:
        return show(request, faults.not_allowed(), 403, path=_PATH)
    except Refused as refused:
        await request.tx.execute("ROLLBACK TO SAVEPOINT asked")
        return await _answer(request, tile, refused)
    return see_other(f"{_PATH}/{tile.id}?done={done}")


async def _answer(request: Request, tile: Tile, refused: Refused | None = None) -> Response:
    tx, house, done = request.tx, request.platform.house, request.query_params.get("done")
    live = await revisions.latest(tx, house.site, tile.client_id)
    before = await roll_back.before_this(tx, house, live[0]) if live else None
    back: ChangeLines | None = None
    if live and before:
        back = told_changes(
            changes(revisions.fields_of(live[0]), revisions.fields_of(before)), live[0].revision
        )
    shown = ReviewedTile(
        path=f"{_PATH}/{tile.id}",
        name=tile.name,
        partner=tile.partner_name,
        client_id=str(tile.client_id),
        reach=Reached(audience=tile.audience, named=await names_of(tx, list(tile.named_organizations))),
        revisions=await revision_lines(tx, house.site, tile.client_id),
        restores=before.revision if before else None,
        back=back,
        own=await reviewers.is_their_own(tx, session_of(request).user_id, tile.organization_id),
        problem=told(refused) if refused else None,
        done=done if done in _DONE else None,
    )
    return show(request, shown, 400 if refused else 200, path=f"{_PATH}/{tile.id}")


async def _tile(request: Request) -> Tile:
    found = path_uuid(request, "integration_id")
    if found is None:
        raise Missing("integration")
    return await tiles.get(request.tx, request.platform.site.key, None, found)


_ONE = "/integrations/{integration_id}"

ROUTES: tuple[Route, ...] = (
    page("GET", "/integrations", index),
    page("GET", _ONE, one),
    page("POST", _ONE + "/withdrawal", withdraw),
    page("POST", _ONE + "/restoration", restore),
)
