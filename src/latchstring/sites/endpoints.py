"""What there is to talk to at a site: every endpoint by its purpose, from configuration alone."""

from collections.abc import Iterator

import msgspec

from latchstring.sites.model import Site


class Endpoint(msgspec.Struct, frozen=True):
    """One address, what it is for, and the method where there is only one."""

    area: str
    purpose: str
    address: str
    method: str = ""


class Listed(msgspec.Struct, frozen=True):
    """A site as it is told to the world."""

    key: str
    name: str
    region: str
    domain: str
    endpoints: tuple[Endpoint, ...]


def listed(site: Site) -> Listed:
    """The site with its endpoints, in the order in which an integration meets them."""
    return Listed(site.key, site.name, site.region, site.domain, tuple(_endpoints(site)))


def _endpoints(site: Site) -> Iterator[Endpoint]:
    app, api = site.app_origin, site.api_origin
    yield Endpoint("pages", "pages", app)
    yield Endpoint("pages", "documentation", f"{app}/docs")
    yield Endpoint("oauth", "authorize", f"{app}/oauth2/v1/authorize", "GET")
    yield Endpoint("oauth", "token", f"{api}/oauth2/v1/token", "POST")
    yield Endpoint("oauth", "revoke", f"{api}/oauth2/v1/revoke", "POST")
    yield Endpoint("oauth", "introspect", f"{api}/oauth2/v1/introspect", "POST")
    yield Endpoint("api", "api", api)
    yield Endpoint("api", "platform_api", f"{app}/platform/v1")
    for purpose, origin in site.intake.items() or (("intake", api),):
        yield Endpoint("intake", purpose, origin)
    yield Endpoint("metadata", "server_metadata", f"{app}/.well-known/oauth-authorization-server", "GET")
    yield Endpoint("metadata", "resource_metadata", f"{api}/.well-known/oauth-protected-resource", "GET")
    for purpose, address in site.addresses.items():
        yield Endpoint("more", purpose, address)
