"""The places of the signed-in application, in their order: the navigation, and the tabs of Organization Settings."""

from __future__ import annotations

from typing import Final

from latchstring.web.pages.page import Place
from latchstring.web.pages.paths import PATHS
from latchstring.web.translations import Text

#: The navigation. A place shows once its page is mounted, to those whom its route lets in (`web/admission.py`).
PLACES: Final = (
    Place("integrations", Text("Integrations"), PATHS.integrations),
    Place("organization", Text("Organization Settings"), PATHS.organization_settings),
    Place("developer", Text("Developer Platform"), PATHS.developer_apps),
    Place("review", Text("Review"), PATHS.review),
    Place("network", Text("Network"), PATHS.network),
    Place("documentation", Text("Documentation"), PATHS.docs),
)

#: The tabs of Organization Settings. The place of that name leads to the first that is open.
SETTINGS: Final = (
    Place("oauth_apps", Text("OAuth Apps"), PATHS.oauth_apps),
    Place("api_keys", Text("API Keys"), PATHS.api_keys),
    Place("policies", Text("Policies"), PATHS.policies),
    Place("audit", Text("Audit"), PATHS.audit),
)
