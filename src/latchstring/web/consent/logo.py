"""GET /clients/{id}/logo: the picture of whoever asks for consent, as the type that its bytes have and nothing else."""

from uuid import UUID

from starlette.responses import Response

from latchstring.integrations import logos
from latchstring.web.http import Request, errors, path_uuid
from latchstring.web.pages.paths import PATHS
from latchstring.web.signed_in import session_of

_INERT = "default-src 'none'; sandbox"


async def logo(request: Request) -> Response:
    """The picture, for those whom the client may ask."""
    client_id, organization_id = path_uuid(request, "client_id"), session_of(request).organization_id
    client = await request.platform.clients.get(client_id) if client_id else None
    if client is None or organization_id is None or not client.may_be_authorized_by(organization_id):
        return errors(404, "Not found")
    found = await logos.read(request.platform.database, client)
    if found is None:
        return errors(404, "Not found")
    headers = {
        "content-type": found.type,
        "cache-control": "private, max-age=86400",
        "content-security-policy": _INERT,
    }
    return Response(found.content, 200, headers)


def logo_path(client_id: UUID, version: int | None) -> str | None:
    """Where a client's logo is, if it has one; another one has another address."""
    return None if version is None else f"{PATHS.clients}/{client_id}/logo?{version}"
