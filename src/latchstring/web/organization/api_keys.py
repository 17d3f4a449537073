"""Organization Settings → API Keys: search, and revoke."""

from uuid import UUID

from starlette.responses import Response

from latchstring.api_keys import store
from latchstring.api_keys.model import ApiKey
from latchstring.audit.entries import Act, record
from latchstring.protocol.parameters import is_text
from latchstring.web.http import Request, path_uuid, see_other
from latchstring.web.pages import faults
from latchstring.web.pages.api_keys import ApiKeyRow, ApiKeys, ConfirmKeyRevoke
from latchstring.web.pages.paths import PATHS
from latchstring.web.show import show
from latchstring.web.signed_in import organization_of


async def index(request: Request) -> Response:
    """The organization's keys, newest first, or those that match the search."""
    session, organization_id = organization_of(request)
    search = request.query_params.get("search", "")[:200]
    found = await store.list_keys(request.tx, organization_id, search=search if is_text(search) else None)
    page = ApiKeys(
        rows=tuple(_row(key) for key in found),
        search=search if is_text(search) else "",
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
    )
