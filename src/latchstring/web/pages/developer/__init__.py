"""Pages of the Developer Platform as typed values."""

from __future__ import annotations

from typing import Final

from latchstring.web.pages.developer.apps import (
    AppBasics,
    ConfirmAppDelete,
    DeveloperApps,
    NewApp,
    NewAppKind,
)
from latchstring.web.pages.developer.clients import (
    AppClients,
    ClientDetails,
    ClientSecretOnce,
    ConfirmClientDelete,
    ConfirmSecret,
    NewClientPage,
    PublishedClient,
)
from latchstring.web.pages.developer.coverage import AppCoverage
from latchstring.web.pages.developer.head import NotSandbox
from latchstring.web.pages.developer.manifests import ImportManifest, ManifestApplied, ManifestPlan
from latchstring.web.pages.developer.publishing import Publishing
from latchstring.web.pages.developer.rehearsal import RehearsalPage
from latchstring.web.pages.developer.requests import AppRequests, ExplainedRequest
from latchstring.web.pages.developer.runs import ClientRuns, RunPage
from latchstring.web.pages.developer.sites import OtherSites
from latchstring.web.pages.developer.webhooks import (
    ConfirmWebhookRemoval,
    ConfirmWebhookSecret,
    WebhookDelivery,
    Webhooks,
    WebhookSecretOnce,
)
from latchstring.web.pages.page import Page

DEVELOPER_PAGES: Final[tuple[type[Page], ...]] = (
    NotSandbox,
    DeveloperApps,
    NewAppKind,
    NewApp,
    AppBasics,
    ConfirmAppDelete,
    AppClients,
    NewClientPage,
    ClientSecretOnce,
    ClientDetails,
    PublishedClient,
    ConfirmSecret,
    ConfirmClientDelete,
    ImportManifest,
    ManifestPlan,
    ManifestApplied,
    AppRequests,
    ExplainedRequest,
    AppCoverage,
    ClientRuns,
    RunPage,
    Publishing,
    RehearsalPage,
    Webhooks,
    WebhookSecretOnce,
    WebhookDelivery,
    ConfirmWebhookSecret,
    ConfirmWebhookRemoval,
    OtherSites,
)
