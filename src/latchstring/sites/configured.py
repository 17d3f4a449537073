"""The sites as they are configured: this process's own, and all of them."""

from latchstring.settings import Settings, SiteEntry
from latchstring.sites.model import Site


def site_of(settings: Settings) -> Site:
    """The site that this process serves."""
    return next(site for site in sites_of(settings) if site.key == settings.site)


def sites_of(settings: Settings) -> tuple[Site, ...]:
    """All sites, in the order of the list; without a list there is one."""
    if settings.sites:
        return tuple(_site(key, entry) for key, entry in settings.sites.items())
    own = Site(settings.site, settings.site_name, settings.domain, settings.app_origin, settings.api_origin)
    return (own,)


def _site(key: str, entry: SiteEntry) -> Site:
    return Site(
        key=key,
        name=entry.name,
        domain=entry.domain,
        app_origin=entry.app_origin,
        api_origin=entry.api_origin,
        region=entry.region,
        intake=entry.intake,
        addresses=entry.addresses,
    )
