"""Every row of the administration API, and its OpenAPI document."""

from latchstring.web.api import (
    app_parts,
    apps,
    coverage,
    credentials,
    explanations,
    integrations,
    manifests,
    openapi,
    organization_data,
    organizations,
    partner_requests,
    people,
    policies,
    review,
    roles,
    runs,
    sites,
    submissions,
    webhooks,
)
from latchstring.web.routing import Route

_ADMINISTRATION: tuple[Route, ...] = (
    *organizations.ROUTES,
    *people.ROUTES,
    *roles.ROUTES,
    *credentials.ROUTES,
    *apps.ROUTES,
    *manifests.ROUTES,
    *app_parts.ROUTES,
    *runs.ROUTES,
    *partner_requests.ROUTES,
    *submissions.ROUTES,
    *review.ROUTES,
    *organization_data.ROUTES,
    *explanations.ROUTES,
    *coverage.ROUTES,
    *webhooks.ROUTES,
    *sites.ROUTES,
    *integrations.ROUTES,
    *policies.ROUTES,
)

ROUTES: tuple[Route, ...] = (*_ADMINISTRATION, openapi.served(_ADMINISTRATION))
