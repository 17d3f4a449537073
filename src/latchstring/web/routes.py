"""Every URL that is ours, its handler, and what it needs."""

from latchstring.access.elsewhere import PATH as MISDIRECTED
from latchstring.web import health, network, site_status
from latchstring.web.consent import account, authorize, logo, sign_in
from latchstring.web.developer import app_routes, coverage, manifests, requests, run_routes
from latchstring.web.documentation import handlers as documentation
from latchstring.web.needs import Anyone, Machine, Reviewer, SignedIn, Visitor, permissions
from latchstring.web.oauth import introspect, metadata, misdirected, revoke, token
from latchstring.web.organization import (
    api_keys,
    audit_log,
    configuration,
    integrations,
    oauth_apps,
    policies,
    uninstallation,
)
from latchstring.web.pages.paths import PATHS
from latchstring.web.review import queue, submission
from latchstring.web.review import requests as review_requests
from latchstring.web.review import tiles as review_tiles
from latchstring.web.routing import Route

_READ_APPS = SignedIn(permissions("oauth_apps_read"))
_END_APPS = SignedIn(permissions("oauth_apps_read", "oauth_apps_revoke"))
_READ_KEYS = SignedIn(permissions("api_keys_read"))
_END_KEYS = SignedIn(permissions("api_keys_read", "api_keys_revoke"))
_APP = PATHS.oauth_apps + "/{authorization_id}/revocation"
_APPS_OF = PATHS.oauth_apps + "/of/{client_id}/revocation"
_KEY = PATHS.api_keys + "/{key_id}/revocation"
_UNDECIDED = Visitor(transaction=False)

PLATFORM_ROUTES: tuple[Route, ...] = (
    # The protocol
    Route("GET", "/oauth2/v1/authorize", authorize.ask, _UNDECIDED),
    Route("POST", "/oauth2/v1/authorize", authorize.decide, _UNDECIDED, purpose=authorize.purpose_of),
    Route("POST", "/oauth2/v1/token", token.issue, Machine()),
    Route("POST", "/oauth2/v1/revoke", revoke.end, Machine()),
    Route("POST", "/oauth2/v1/introspect", introspect.tell, Machine()),
    Route("POST", MISDIRECTED, misdirected.hear, Machine()),
    Route("GET", "/.well-known/oauth-authorization-server", metadata.server, Anyone()),
    Route("GET", "/.well-known/openid-configuration", metadata.server, Anyone()),
    Route("GET", "/.well-known/oauth-protected-resource", metadata.resource, Anyone()),
    # The person
    Route("GET", PATHS.clients + "/{client_id}/logo", logo.logo, SignedIn(transaction=False)),
    Route("GET", PATHS.home, account.home, SignedIn()),
    Route("GET", PATHS.sign_in, sign_in.form, Visitor()),
    Route("POST", PATHS.sign_in, sign_in.enter, Visitor()),
    Route("POST", PATHS.sign_out, sign_in.leave, Visitor()),
    Route("POST", PATHS.preferences, sign_in.preferences, Visitor(transaction=False)),
    Route("GET", PATHS.active_organization, sign_in.organizations, SignedIn()),
    Route("POST", PATHS.active_organization, sign_in.switch, SignedIn()),
    Route("GET", PATHS.password, account.password_form, SignedIn()),
    Route("POST", PATHS.password, account.password, SignedIn()),
    Route("GET", PATHS.sessions, account.own_sessions, SignedIn()),
    Route("POST", PATHS.sessions, account.leave_everywhere, SignedIn()),
    # The organization
    Route("GET", PATHS.oauth_apps, oauth_apps.index, _READ_APPS),
    Route("GET", _APP, oauth_apps.confirm, _END_APPS),
    Route("POST", _APP, oauth_apps.revoke, _END_APPS),
    Route("GET", _APPS_OF, oauth_apps.confirm_all, _END_APPS),
    Route("POST", _APPS_OF, oauth_apps.revoke_all, _END_APPS),
    Route("GET", PATHS.api_keys, api_keys.index, _READ_KEYS),
    Route("GET", _KEY, api_keys.confirm, _END_KEYS),
    Route("POST", _KEY, api_keys.revoke, _END_KEYS),
    *integrations.ROUTES,
    *configuration.ROUTES,
    *uninstallation.ROUTES,
    *policies.ROUTES,
    *audit_log.ROUTES,
    # The Developer Platform
    *app_routes.ROUTES,
    *run_routes.ROUTES,
    *manifests.ROUTES,
    *requests.ROUTES,
    *coverage.ROUTES,
    # The host's reviewers
    *queue.ROUTES,
    *submission.ROUTES,
    *review_requests.ROUTES,
    *review_tiles.ROUTES,
    # Documentation for partners
    Route("GET", PATHS.docs, documentation.index, _UNDECIDED),
    Route("GET", PATHS.docs + "/{page}", documentation.page, _UNDECIDED),
    Route("GET", PATHS.network, network.page, _UNDECIDED),
    Route("GET", PATHS.network + ".json", network.data, Anyone()),
    Route("GET", PATHS.site_status, site_status.page, Reviewer()),
    # The process
    Route("GET", "/healthz", health.alive, Anyone()),
    Route("GET", "/readyz", health.ready, Anyone()),
    Route("GET", "/metrics", health.metrics, Anyone()),
    Route("GET", "/static/{file}", health.static, Anyone()),
)
