"""The paths that pages link and post to; the routes are mounted at the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Paths:
    """URL paths, without a trailing slash. The sub-path of a thing's end is `/{id}/revocation`."""

    home: str = "/"
    sign_in: str = "/sign-in"
    sign_out: str = "/sign-out"
    preferences: str = "/preferences"
    active_organization: str = "/account/organization"
    password: str = "/account/password"
    sessions: str = "/account/sessions"
    clients: str = "/clients"
    integrations: str = "/integrations"
    network: str = "/network"
    site_status: str = "/review/sites"
    review: str = "/review"
    organization_settings: str = "/organization-settings"
    oauth_apps: str = "/organization-settings/oauth-apps"
    api_keys: str = "/organization-settings/api-keys"
    policies: str = "/organization-settings/policies"
    audit: str = "/organization-settings/audit"
    developer: str = "/developer"
    developer_apps: str = "/developer/apps"
    developer_import: str = "/developer/import"
    docs: str = "/docs"


PATHS: Final = Paths()


def explanation_path(app_id: object, request_id: str) -> str:
    """The page that explains a refused request to the owner of the app."""
    return f"{PATHS.developer_apps}/{app_id}/requests/{request_id}"
