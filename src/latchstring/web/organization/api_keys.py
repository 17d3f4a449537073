"""Organization Settings → API Keys: search, and revoke."""

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import Response

from latchstring.api_keys import store
from latchstring.api_keys.model import ApiKey
from latchstring.audit.entries import Act, record
from latchstring.protocol.parameters import is_text
from latchstring.web.http import Request, path_uuid, see_other
from latchstring.web.organization.cursors import cursor, cursor_of
from latchstring.web.pages import faults
from latchstring.web.pages.api_keys import ApiKeyRow, ApiKeys, ConfirmKeyRevoke
from latchstring.web.pages.paths import PATHS
from latchstring.web.show import show
from latchstring.web.signed_in import organization_of

_AT_ONCE = 50


async def index(request: Request) -> Response:
    """The organization's keys, newest first, or those that match the search."""
    session, organization_id = organization_of(request)
    search = request.query_params.get("search", "")[:200]
    search = search if is_text(search) else ""
    after = cursor_of(request)
    found = await store.list_keys(
        request.tx, organization_id, search=search or None, after=after, limit=_AT_ONCE + 1
    )
    page = ApiKeys(
        rows=tuple(_row(key) for key in found[:_AT_ONCE]),
        search=search,
        next=_following(found, search),
        continued=after is not None,
        may_revoke="api_keys_revoke" in session.permissions,
        revoked=request.query_params.get("revoked", "")[:20] or None,
    )
    return show(request, page)


async def confirm(request: Request) -> Response:
    """Ask before a key dies."""
    key = await _key(request)
    if key is None:
        return show(request, faults.not_found(), 404, path=PATHS.api_keys)
    return show(request, ConfirmKeyRevoke(row=_row(key)))


async def revoke(request: Request) -> Response:
    """Revoke a key. The answer is sent when no process accepts it any more."""
    session, organization_id = organization_of(request)
    key, now = await _key(request), request.platform.clock.now()
    if key is None:
        return show(request, faults.not_found(), 404, path=PATHS.api_keys)
    await store.revoke(request.tx, organization_id, key.id, by=session.user_id, now=now)
    act = Act(f"user:{session.user_id}", now, request.id)
    await record(request.tx, act, organization_id, "api_key.revoked", subject=key.id, client_id=key.client_id)
    return see_other(f"{PATHS.api_keys}?revoked={key.last4}")


def _following(found: Sequence[ApiKey], search: str) -> str | None:
    if len(found) <= _AT_ONCE:
        return None
    last = found[_AT_ONCE - 1]
    asked = {"search": search, "after": cursor(last.created_at, last.id)}
    return f"{PATHS.api_keys}?{urlencode({name: value for name, value in asked.items() if value})}"


async def _key(request: Request) -> ApiKey | None:
    _, organization_id = organization_of(request)
    key_id: UUID | None = path_uuid(request, "key_id")
    return await store.find(request.tx, organization_id, key_id) if key_id else None


def _row(key: ApiKey) -> ApiKeyRow:
    return ApiKeyRow(
        id=str(key.id),
        name=key.name,
        integration=key.client_name,
        last4=key.last4,
        created_at=key.created_at,
        last_used_at=key.last_used_at,
        revoked_at=key.revoked_at,
        created_by=key.created_by_name,
        creator_gone=key.creator_gone,
        orphaned=key.orphaned,
        blocked=key.blocked_at is not None,
    )
