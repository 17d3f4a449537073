"""Every page as a typed value. A handler builds one; `web.rendering.Renderer` makes it HTML."""

from __future__ import annotations

from typing import Final

from latchstring.web.pages.account import (
    ChangePassword,
    Home,
    PickOrganization,
    SessionRow,
    Sessions,
    SignedOut,
)
from latchstring.web.pages.api_keys import ApiKeyRow, ApiKeys, ConfirmKeyRevoke
from latchstring.web.pages.audit import Audit
from latchstring.web.pages.consent import Consent
from latchstring.web.pages.developer import DEVELOPER_PAGES
from latchstring.web.pages.documentation import Documentation, DocumentationIndex
from latchstring.web.pages.faults import ErrorPage, Unavailable
from latchstring.web.pages.gallery import Gallery
from latchstring.web.pages.integrations import INTEGRATION_PAGES
from latchstring.web.pages.network import Network, PickSite
from latchstring.web.pages.oauth_apps import ConfirmRevoke, ConfirmRevokeAll, OAuthAppRow, OAuthApps
from latchstring.web.pages.page import Chrome, Page, Person, Sample, Theme
from latchstring.web.pages.paths import PATHS, Paths
from latchstring.web.pages.policies import Policies, PolicyPreview
from latchstring.web.pages.review import REVIEW_PAGES
from latchstring.web.pages.scopes import LackingPermission, OrganizationChoice, ScopeGroup, ScopeLine
from latchstring.web.pages.sign_in import SignIn
from latchstring.web.pages.site_status import SiteStatus

ALL_PAGES: Final[tuple[type[Page], ...]] = (
    SignIn,
    Consent,
    ErrorPage,
    Unavailable,
    Home,
    SignedOut,
    PickOrganization,
    ChangePassword,
    Sessions,
    OAuthApps,
    ConfirmRevoke,
    ConfirmRevokeAll,
    ApiKeys,
    ConfirmKeyRevoke,
    Audit,
    Documentation,
    DocumentationIndex,
    Network,
    PickSite,
    SiteStatus,
    *INTEGRATION_PAGES,
    Policies,
    PolicyPreview,
    *DEVELOPER_PAGES,
    *REVIEW_PAGES,
    Gallery,
)

__all__ = [
    "ALL_PAGES",
    "PATHS",
    "ApiKeyRow",
    "ApiKeys",
    "ChangePassword",
    "Chrome",
    "ConfirmKeyRevoke",
    "ConfirmRevoke",
    "Consent",
    "Documentation",
    "DocumentationIndex",
    "ErrorPage",
    "Gallery",
    "Home",
    "LackingPermission",
    "OAuthAppRow",
    "OAuthApps",
    "OrganizationChoice",
    "Page",
    "Paths",
    "Person",
    "PickOrganization",
    "Sample",
    "ScopeGroup",
    "ScopeLine",
    "SessionRow",
    "Sessions",
    "SignIn",
    "SignedOut",
    "Theme",
    "Unavailable",
]
