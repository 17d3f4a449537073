"""The tab Configure of an integration: Connect Accounts, what is connected, and what it does."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from starlette.responses import Response

from latchstring.accounts.sessions import BrowserSession
from latchstring.api_keys import store as api_keys
from latchstring.api_keys.model import ApiKey
from latchstring.integrations.accounts import Account, accounts
from latchstring.integrations.calls import Source, Usages, calls_of, usages_of_client
from latchstring.integrations.connect import Lacking, begin, lacking
from latchstring.integrations.model import Tile
from latchstring.web.http import Request, see_other
from latchstring.web.organization.tiles import head_of, page, tile_of, tile_path
from latchstring.web.pages.integrations.tile import AccountLine, Connecting, KeyLine, TileConfiguration
from latchstring.web.pages.page import Person
from latchstring.web.pages.scopes import LackingPermission
from latchstring.web.pages.usage import UsageLine
from latchstring.web.partner_text import partner_text
from latchstring.web.routing import Route
from latchstring.web.scopes import scope_line
from latchstring.web.show import locale_of, show
from latchstring.web.translations import Text
from latchstring.web.usage import usage_line


async def configuration(request: Request) -> Response:
    """The tab as it stands."""
    session, organization_id, tile = await tile_of(request)
    return await _shown(request, session, organization_id, tile)


async def connect(request: Request) -> Response:
    """To the onboarding URL, told the site; the consent that follows is known to have begun here."""
    session, organization_id, tile = await tile_of(request)
    missing = await lacking(request.tx, organization_id, tile, session.permissions)
    if _connecting(tile, missing) != "ready":
        return await _shown(request, session, organization_id, tile, status=403 if missing else 409)
    target = await begin(
        request.tx,
        request.platform.site,
        organization_id,
        session.user_id,
        tile,
        subdomain=session.organization_subdomain,
        now=request.platform.clock.now(),
    )
    return see_other(target)


async def _shown(
    request: Request, session: BrowserSession, organization_id: UUID, tile: Tile, *, status: int = 200
) -> Response:
    missing = await lacking(request.tx, organization_id, tile, session.permissions)
    sees_all = "oauth_apps_read" in session.permissions
    connected = await accounts(
        request.tx, organization_id, tile.client_id, only_of=None if sees_all else session.user_id
    )
    shown = TileConfiguration(
        tile=head_of(tile, session),
        connecting=_connecting(tile, missing),
        configuration=partner_text(tile.configuration),
        lacking=tuple(_lacking(request, one) for one in missing),
        accounts=await _lines(request, organization_id, connected),
        sees_all=sees_all,
        keys=await _keys(request, session, organization_id, tile),
        host=urlsplit(tile.onboarding_url).netloc,
        done="installed" if request.query_params.get("done") == "installed" and tile.installed else None,
        **await _usage(request, organization_id, tile, wanted=sees_all and tile.installed),
    )
    targets = (tile.onboarding_url,) if tile.onboarding_url else ()
    return show(request, shown, status, form_targets=targets, path=tile_path(tile.id, "configuration"))


def _connecting(tile: Tile, missing: Sequence[Lacking]) -> Connecting:
    if tile.blocked:
        return "blocked"
    if not tile.offered:
        return "not_offered"
    if not tile.installed:
        return "not_installed"
    if missing:
        return "lacking"
    return "ready" if tile.onboarding_url else "no_onboarding"


def _lacking(request: Request, one: Lacking) -> LackingPermission:
    return LackingPermission(_titles(request, [one.scope])[0], one.holders)


def _titles(request: Request, scopes: Sequence[str]) -> tuple[str, ...]:
    contract, locale = request.platform.contract, locale_of(request)
    return tuple(scope_line(contract, scope, locale, frozenset()).title for scope in scopes)


async def _lines(
    request: Request, organization_id: UUID, connected: Sequence[Account]
) -> tuple[AccountLine, ...]:
    sources = [Source(one.listed.id, one.listed.scopes) for one in connected]
    called = await calls_of(request.tx, organization_id, sources, request.platform.clock.now().date())
    return tuple(
        AccountLine(
            person=Person(one.listed.user_name, one.listed.user_email),
            standing=one.standing,
            connected_at=one.listed.redeemed_at,
            last_used_at=one.listed.last_used_at,
            revision=one.listed.revision,
            calls=sum(call.calls for call in called[one.listed.id]),
            lacking=_titles(request, sorted(one.listed.lacking)),
            added=_titles(request, one.listed.added),
            own=request.signed_in is not None and one.listed.user_id == request.signed_in.user_id,
        )
        for one in connected
    )


async def _keys(
    request: Request, session: BrowserSession, organization_id: UUID, tile: Tile
) -> tuple[KeyLine, ...]:
    if "api_keys_read" not in session.permissions:
        return ()
    return tuple(
        _key(key) for key in await api_keys.live_keys_of(request.tx, organization_id, tile.client_id)
    )


def _key(key: ApiKey) -> KeyLine:
    return KeyLine(
        name=key.name,
        last4=key.last4,
        created_at=key.created_at,
        last_used_at=key.last_used_at,
        blocked=key.blocked_at is not None,
    )


async def _usage(request: Request, organization_id: UUID, tile: Tile, *, wanted: bool) -> dict[str, Any]:
    """The parts of the page that tell what it did."""
    if not wanted:
        return {}
    contract, now = request.platform.contract, request.platform.clock.now()
    found = await usages_of_client(
        request.tx, contract, organization_id, tile.client_id, tile.client_scopes, now
    )
    return {"usage": _usage_lines(request, found), "total": usage_line(contract, found.total, "en")}


def _usage_lines(request: Request, found: Usages) -> tuple[UsageLine, ...]:
    contract, locale = request.platform.contract, locale_of(request)
    lines = [usage_line(contract, usage, locale) for usage in found.scopes]
    if found.others.calls:
        lines.append(usage_line(contract, found.others, locale, Text("Calls that need no scope")))
    if found.by_key.calls:
        lines.append(usage_line(contract, found.by_key, locale, Text("Data sent with its API key")))
    return tuple(lines)


ROUTES: tuple[Route, ...] = (
    page("GET", "/configuration", configuration),
    page("POST", "/connection", connect),
)
