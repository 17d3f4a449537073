"""What this site is and can do, for machines (RFC 8414, RFC 9728)."""

from starlette.responses import Response

from latchstring.protocol.responses import resource_metadata, server_metadata
from latchstring.web.http import Request, json_response

_HEADERS = {"cache-control": "public, max-age=300"}


async def server(request: Request) -> Response:
    """The authorization server's metadata; also where clients look that know only OpenID discovery."""
    site = request.platform.site
    return json_response(
        server_metadata(site.issuer, site.api_origin, request.platform.contract.scopes), 200, _HEADERS
    )


async def resource(request: Request) -> Response:
    """The API's metadata as a protected resource."""
    site = request.platform.site
    return json_response(
        resource_metadata(site.issuer, site.api_origin, request.platform.contract.scopes), 200, _HEADERS
    )
